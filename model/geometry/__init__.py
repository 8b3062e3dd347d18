"""Points in space: nearest neighbours, curves, mixtures, samples, clusters, outlines, placing, Procrustes."""

from looks_like.model.geometry.clusters import Faces, default_k, faces, hdbscan, k_means, majority
from looks_like.model.geometry.curves import CURVES, path_points
from looks_like.model.geometry.mixture import FITTED_MAX, Mixture, fit_mixture, read_mixture, write_mixture
from looks_like.model.geometry.neighbours import Graph, Neighbours
from looks_like.model.geometry.outlines import Outline, inside, outline
from looks_like.model.geometry.placing import among_neighbours
from looks_like.model.geometry.procrustes import register
from looks_like.model.geometry.sampling import mid_points, prior_codes

__all__ = [
    "CURVES",
    "FITTED_MAX",
    "Faces",
    "Graph",
    "Mixture",
    "Neighbours",
    "Outline",
    "among_neighbours",
    "default_k",
    "faces",
    "fit_mixture",
    "hdbscan",
    "inside",
    "k_means",
    "majority",
    "mid_points",
    "outline",
    "path_points",
    "prior_codes",
    "read_mixture",
    "register",
    "write_mixture",
]
