"""Density gap: how far the density of the products' codes drops along a path between two products."""

from dataclasses import replace

import numpy as np

from looks_like.model.geometry import NearestNeighbours
from looks_like.model.metrics.metric import Metric

NEIGHBOUR = 8
_NEAREST = 1e-12  # distance below which a density would be infinite

_MIXTURE = Metric(
    key="density_gap",
    formerly="chasm",
    judges="space",
    title="Chasm",
    unit="",
    better="lower",
    ideal=0.0,
    sentence="Does the way between two products cross a place where no product is. 0 = it is as crowded all along as "
    "at its ends; near 1 = it leaves the products behind. With many dimensions it is near 1 for most pairs: compare "
    "the depth in nats.",
    source="density along interpolations, with the mixture of Ghosh 2020",
    protocol="1 - least density on the path over the geometric mean of its ends' densities; 33 points of a matched "
    "curve between two products; density by the mixture fitted on the codes; median and 95th percentile over pairs; "
    "depth = the same in nats, -log(1 - chasm).",
)
MEASURES = (
    _MIXTURE,
    replace(
        _MIXTURE,
        key="density_gap_knn",
        formerly="chasm_neighbours",
        title="Chasm, by neighbours",
        source="density along interpolations, from the k-th nearest neighbour (Loftsgaarden 1965)",
        protocol=_MIXTURE.protocol.replace(
            "by the mixture fitted on the codes", f"from the distance to the {NEIGHBOUR}th nearest product, r^-D"
        ),
    ),
)


def depth(log_density_pt: np.ndarray) -> np.ndarray:
    """(P,) nats: how far the log density at the points of a path falls below the mean of its ends, first and last."""
    return np.asarray((log_density_pt[:, 0] + log_density_pt[:, -1]) / 2 - log_density_pt.min(1))


def density_gap(depth_p: np.ndarray) -> np.ndarray:
    """(P,) density gap in 0..1, 1 - exp(-depth). Near 1 compare the depth in nats instead."""
    return np.asarray(-np.expm1(-depth_p))


def neighbour_log_density(neighbours: NearestNeighbours, z_md: np.ndarray) -> np.ndarray:
    """(M,) nats, up to a constant, among nine products or more; none is a neighbour of its own."""
    distance_mk = neighbours.nearest(z_md, NEIGHBOUR + 1)[1].astype(np.float64)
    itself_m = distance_mk[:, 0] == 0
    reach_m = np.where(itself_m, distance_mk[:, -1], distance_mk[:, -2])
    return np.asarray(-z_md.shape[1] * np.log(np.maximum(reach_m, _NEAREST)))
