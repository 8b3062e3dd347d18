"""What to tag next: products whose nearest ones carry a tag."""

import numpy as np

from looks_like.explorer.core import KNN_GRAPH_MAX, Lab, Space
from looks_like.explorer.tags.carried import known_tag

_SPEAKERS_MAX, _CANDIDATES_MAX = 1_000, 2_000
_SCATTER = 2_654_435_761  # Knuth's multiplicative hash


def ready(lab: Lab, model: str, tag: str) -> bool:
    """Whether `suggestions` answers at once; if not, who is near to whom is being found from now on. Ask again."""
    space, carried_n, open_n = _asked(lab, model, tag)
    if len(space.z_nd) <= KNN_GRAPH_MAX:
        return space.knn.all_ready()
    speakers = _speakers(carried_n)
    return space.knn.ready(speakers) and space.knn.ready(_beside(space, speakers, open_n))


def suggestions(lab: Lab, model: str, tag: str, limit: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """-> (catalogue rows (M,), scores (M,) of 0 to 1): products that might carry the tag too, best first.

    The score is the share of a product's 15 nearest ones, in the model's codes, that carry the tag, each counted by
    1 / (1 + its distance in typical distances); of copies of one picture the share that carries it counts, and what
    copies of a product carry is suggested first. Those that were rejected are left out. Of more than KNN_GRAPH_MAX
    products, only 2,000 near to up to 1,000 tagged ones are looked at.
    """
    space, carried_n, open_n = _asked(lab, model, tag)
    if not carried_n.any():
        return np.empty(0, np.int64), np.empty(0)
    whole = len(space.z_nd) <= KNN_GRAPH_MAX
    open_m = np.flatnonzero(open_n) if whole else _beside(space, _speakers(carried_n), open_n)
    near = space.knn.of(open_m)
    typical = space.typical_distance or 1.0
    weight_mk = typical / (near.distance_nk + typical)
    carried_u = np.bincount(space.picture_n, carried_n) / np.bincount(space.picture_n)
    weighed_m = (weight_mk * carried_u[space.picture_n[near.index_nk]]).sum(1)
    score_m = np.maximum(weighed_m / np.maximum(weight_mk.sum(1), 1e-9), carried_u[space.picture_n[open_m]])
    best = np.argsort(-score_m, kind="stable")[:limit]
    best = best[score_m[best] > 0]
    return np.asarray(space.rows_n[open_m[best]]), score_m[best]


def _asked(lab: Lab, model: str, tag: str) -> tuple[Space, np.ndarray, np.ndarray]:
    """-> (the space, bool by place who carries the tag, bool by place who neither does nor was rejected)"""
    known, space = known_tag(lab, tag), lab.space(model)
    space.require_codes()
    carried_n, rejected_n = known.carried.mask()[space.rows_n], known.rejected.mask()[space.rows_n]
    return space, carried_n, ~(carried_n | rejected_n)


def _speakers(carried_n: np.ndarray) -> np.ndarray:
    """A stable pseudo-random sample of the tagged products, used when there are too many to query."""
    carried_c = np.flatnonzero(carried_n)
    scattered_c = (carried_c * _SCATTER) % (1 << 32)
    return np.sort(carried_c[np.argsort(scattered_c, kind="stable")[:_SPEAKERS_MAX]])


def _beside(space: Space, speakers: np.ndarray, open_n: np.ndarray) -> np.ndarray:
    """Candidate products ranked by how many tagged products have them among their nearest neighbours."""
    near_mk = space.picture_n[space.knn.of(speakers).index_nk]
    times_u = np.bincount(near_mk.ravel(), minlength=len(space.one_of_each))
    times_u[space.picture_n[speakers]] += len(speakers) + 1  # their copies first of all
    times_n = times_u[space.picture_n]
    beside = np.flatnonzero(times_n)
    often = beside[np.argsort(-times_n[beside], kind="stable")]
    return np.asarray(often[open_n[often]][:_CANDIDATES_MAX])
