"""Whether products that came later are such as a model has learnt from: when it is time to train again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.data.pixels import pixel_reader
from looks_like.data.schema import held_out
from looks_like.explorer.core import Lab, Space
from looks_like.model.geometry import NearestNeighbours
from looks_like.model.images import to_float

_DRAWN, _OLD_MAX, _NEW_MAX = 10_000, 400, 1000  # products of which errors and distances are found
_NEW_MIN, _OLD_MIN = 5, 50  # fewer tell nothing
_QUANTILE = 0.995  # of old products, of each of two measures: about 1 in 100 of them is beyond one
_USUAL = 0.01
_STALE_SHARE, _STALE_MIN, _STALE_P = 0.05, 5, 1e-3
_CHUNK = 256


@dataclass(frozen=True)
class Novelty:
    """New products beside old ones that no model learns from (all, where they are too few)."""

    model: str
    new: int  # products that were looked at
    unlike: int  # of them, beyond what 99 of 100 old ones are
    product_ids: tuple[str, ...]  # of those, strangest first
    error_new: float | None  # mean squared error of rebuilt pictures; None for a look
    error_old: float | None
    distance_new: float  # median distance to the nearest old product, in the distance usual among old ones
    stale: bool

    def words(self) -> str:
        """One sentence."""
        said = f"{self.unlike:,} of {self.new:,} new products look unlike anything model {self.model} has seen"
        if self.error_new is not None and self.error_old:
            said += f" (rebuilt with {self.error_new / self.error_old:.2g} times the error of older ones)"
        advice = "train it again" if self.error_new is not None else "make it again"
        return f"{said}: {advice}" if self.stale else said


def novelty(lab: Lab, model: str, rows_m: Sequence[int] | np.ndarray) -> Novelty | None:
    """Of the products in these catalogue rows, the newest 1,000 at most. None where they, or the others, are too few.

    A product is unlike the others where its nearest one is farther, or its picture is rebuilt worse, than of 995 in
    1,000 old products. The model is stale where more than 5 % are, and chance would not give that in 1,000 updates.
    """
    space, catalogue = lab.space(model), lab.catalogue()
    new_m = np.array([row for row in rows_m if space.has(int(row))], np.int64)[-_NEW_MAX:]
    old_n = np.ones(len(catalogue), bool)
    old_n[np.asarray(rows_m, np.int64)] = False
    one_of_each = space.rows_n[space.one_of_each]
    old_m = one_of_each[old_n[one_of_each]]
    if len(new_m) < _NEW_MIN or len(old_m) < _OLD_MIN:
        return None
    beside_m = _beside(old_m, catalogue.product_ids)
    far_new, far_old = _distances(space, old_m, new_m, beside_m)
    unlike_m = far_new > np.quantile(far_old, _QUANTILE)
    strange_m = far_new / max(float(np.median(far_old)), 1e-12)
    error_new = error_old = None
    if space.decodes:
        errors_new, errors_old = (_errors(lab, space, rows) for rows in (new_m, beside_m))
        unlike_m |= errors_new > np.quantile(errors_old, _QUANTILE)
        error_new, error_old = float(errors_new.mean()), float(errors_old.mean())
        strange_m = strange_m * errors_new / max(error_old, 1e-12)
    strangest = np.flatnonzero(unlike_m)[np.argsort(-strange_m[unlike_m], kind="stable")]
    return Novelty(
        model=model,
        new=len(new_m),
        unlike=int(unlike_m.sum()),
        product_ids=tuple(catalogue.product_ids[row] for row in new_m[strangest]),
        error_new=error_new,
        error_old=error_old,
        distance_new=float(np.median(far_new) / max(float(np.median(far_old)), 1e-12)),
        stale=_is_stale(int(unlike_m.sum()), len(new_m)),
    )


def _is_stale(unlike: int, new: int) -> bool:
    """Whether so many are beyond what 1 in 100 usually is."""
    from scipy.stats import binom

    by_chance = float(binom.sf(unlike - 1, new, _USUAL))
    return unlike >= _STALE_MIN and unlike > _STALE_SHARE * new and by_chance < _STALE_P


def _beside(old_m: np.ndarray, product_ids: list[str]) -> np.ndarray:
    """Rows of old products that new ones are compared with: a model knows those better that it learnt from."""
    drawn_m = old_m[np.linspace(0, len(old_m) - 1, min(len(old_m), _DRAWN)).astype(np.int64)]
    apart_m = drawn_m[held_out([product_ids[row] for row in drawn_m])]
    from_m = apart_m if len(apart_m) >= _OLD_MIN else drawn_m
    return from_m[np.linspace(0, len(from_m) - 1, min(len(from_m), _OLD_MAX)).astype(np.int64)]


def _distances(
    space: Space, old_m: np.ndarray, new_m: np.ndarray, beside_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """To the nearest old product, which is another one: of each new product, and of old ones."""
    places_p = space.positions(old_m)
    near = NearestNeighbours(space.z_nd[places_p])
    far_new = near.nearest(space.codes(new_m), 1)[1][:, 0]
    at_m = np.searchsorted(places_p, space.positions(beside_m))
    return far_new, near.others(at_m, 1).distance_nk[:, 0]


def _errors(lab: Lab, space: Space, rows_m: np.ndarray) -> np.ndarray:
    """(M,): mean squared error of rebuilt pictures, pixels in [0, 1]."""
    read = pixel_reader(lab.workspace, lab.catalogue(), space.size, len(rows_m), keep=False)
    found = []
    for begin in range(0, len(rows_m), _CHUNK):
        some_m = rows_m[begin : begin + _CHUNK]
        channels = space.net.settings.channels
        picture_nchw = to_float(read(some_m), "cpu", channels)
        rebuilt_nchw = to_float(space.decode(space.codes(some_m)), "cpu", channels)
        found.append(((picture_nchw - rebuilt_nchw) ** 2).mean((1, 2, 3)).numpy())
    return np.concatenate(found)
