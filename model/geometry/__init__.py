"""Points in space: nearest neighbours, axes, directions, paths, mixtures, samples, clusters, outlines, placing."""

from looks_like.model.geometry.axes import Axes, drop_axes, find_axes, own_axes, read_axes, write_axes
from looks_like.model.geometry.clusters import (
    Exemplars,
    Standing,
    default_k,
    exemplars,
    hdbscan,
    joined_by_vote,
    k_means,
    majority_vote,
    propose_k,
    propose_least,
    standing,
    vote,
)
from looks_like.model.geometry.directions import (
    apart,
    apart_by_chance,
    held_out_apart,
    moved_with,
    principal_directions,
    read_between,
    scaled,
)
from looks_like.model.geometry.kept import replacing_tensors
from looks_like.model.geometry.mixture import FITTED_MAX, Mixture, fit_mixture, read_mixture, write_mixture
from looks_like.model.geometry.neighbours import KnnArrays, NearestNeighbours
from looks_like.model.geometry.outlines import Outline, inside, outline
from looks_like.model.geometry.paths import CURVES, Curve, Roads, path_points
from looks_like.model.geometry.placing import among_neighbours
from looks_like.model.geometry.procrustes import procrustes_align
from looks_like.model.geometry.sampling import mid_points, prior_codes

__all__ = [
    "CURVES",
    "FITTED_MAX",
    "Axes",
    "Curve",
    "Exemplars",
    "KnnArrays",
    "Mixture",
    "NearestNeighbours",
    "Outline",
    "Roads",
    "Standing",
    "among_neighbours",
    "apart",
    "apart_by_chance",
    "default_k",
    "drop_axes",
    "exemplars",
    "find_axes",
    "fit_mixture",
    "hdbscan",
    "held_out_apart",
    "inside",
    "joined_by_vote",
    "k_means",
    "majority_vote",
    "mid_points",
    "moved_with",
    "outline",
    "own_axes",
    "path_points",
    "principal_directions",
    "prior_codes",
    "procrustes_align",
    "propose_k",
    "propose_least",
    "read_axes",
    "read_between",
    "read_mixture",
    "replacing_tensors",
    "scaled",
    "standing",
    "vote",
    "write_axes",
    "write_mixture",
]
