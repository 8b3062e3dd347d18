"""Procrustes alignment (Schönemann 1966) of a new map to the previous one: rotation, reflection, scale, translation."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ProcrustesFit:
    xy_n2: np.ndarray  # float32
    moved: float | None  # mean distance of the products on both maps; None when there are none


def procrustes_align(xy_n2: np.ndarray, old_n2: np.ndarray) -> ProcrustesFit:
    """A new map over the old places of its products (N, 2), NaN for those that had none.

    The scale is that of the two spreads, not of least squares, which shrinks a map the more, the less it is like the
    old one.
    """
    both_n = np.isfinite(old_n2).all(1)
    if not both_n.any():
        return ProcrustesFit(np.asarray(xy_n2, np.float32), None)
    new_m2, old_m2 = xy_n2[both_n].astype(np.float64), old_n2[both_n].astype(np.float64)
    middle_2, target_2 = new_m2.mean(0), old_m2.mean(0)
    left_22, _, right_22 = np.linalg.svd((new_m2 - middle_2).T @ (old_m2 - target_2))
    spread, wanted = np.linalg.norm(new_m2 - middle_2), np.linalg.norm(old_m2 - target_2)
    scale = wanted / spread if spread > 0 and wanted > 0 else 1.0
    xy_n2 = (xy_n2 - middle_2) @ (left_22 @ right_22) * scale + target_2
    return ProcrustesFit(xy_n2.astype(np.float32), float(np.linalg.norm(xy_n2[both_n] - old_m2, axis=1).mean()))
