"""Points in space: nearest neighbours, axes, directions, paths, mixtures, clusters, outlines, places, holes."""

from looks_like.model.geometry.axes import Axes, drop_axes, find_axes, own_axes, read_axes, write_axes
from looks_like.model.geometry.clusters import (
    Exemplars,
    Standing,
    Trust,
    default_k,
    exemplars,
    hdbscan,
    joined_by_vote,
    k_means,
    learn_trust,
    majority_vote,
    nearness,
    propose_k,
    propose_least,
    standing,
    vote,
    weighed_quantile,
    weighed_vote,
)
from looks_like.model.geometry.directions import moved_with, read_between, scaled
from looks_like.model.geometry.holes import codes_of_known, membrane, seamless
from looks_like.model.geometry.kept import replacing_tensors
from looks_like.model.geometry.mixture import FITTED_MAX, Mixture, fit_mixture, read_mixture, write_mixture
from looks_like.model.geometry.neighbours import KnnArrays, NearestNeighbours
from looks_like.model.geometry.outlines import Outline, inside, outline
from looks_like.model.geometry.paths import CURVES, DECODER, EASINGS, NOWHERE, ROADS, Curve, Ground, Roads, path_points
from looks_like.model.geometry.placing import among_neighbours
from looks_like.model.geometry.procrustes import procrustes_align
from looks_like.model.geometry.sampling import mid_points, prior_codes

__all__ = [
    "CURVES",
    "DECODER",
    "EASINGS",
    "FITTED_MAX",
    "NOWHERE",
    "ROADS",
    "Axes",
    "Curve",
    "Exemplars",
    "Ground",
    "KnnArrays",
    "Mixture",
    "NearestNeighbours",
    "Outline",
    "Roads",
    "Standing",
    "Trust",
    "among_neighbours",
    "codes_of_known",
    "default_k",
    "drop_axes",
    "exemplars",
    "find_axes",
    "fit_mixture",
    "hdbscan",
    "inside",
    "joined_by_vote",
    "k_means",
    "learn_trust",
    "majority_vote",
    "membrane",
    "mid_points",
    "moved_with",
    "nearness",
    "outline",
    "own_axes",
    "path_points",
    "prior_codes",
    "procrustes_align",
    "propose_k",
    "propose_least",
    "read_axes",
    "read_between",
    "read_mixture",
    "replacing_tensors",
    "scaled",
    "seamless",
    "standing",
    "vote",
    "weighed_quantile",
    "weighed_vote",
    "write_axes",
    "write_mixture",
]
