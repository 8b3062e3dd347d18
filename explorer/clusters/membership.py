"""Who belongs to which cluster now.

Products that came later belong where most of their five nearest clustered products belong; nobody who was in a cluster
is ever moved by an import.
"""

import hashlib

import numpy as np

from looks_like.explorer.clusters.finding import likeness_codes
from looks_like.explorer.clusters.store import clustering_name, stamps, state
from looks_like.explorer.core import Lab
from looks_like.model.disk.card import fingerprint
from looks_like.model.geometry import NearestNeighbours, k_means, majority_vote, propose_k

_VOTERS = 5
_PARTS = (2, 3, 4, 5, 6)  # that a cluster may fall into by itself


def clusters_etag(lab: Lab, model: str, name: str, map_name: str | None = None) -> str:
    """Changes when the answer of `clusters` does."""
    on_map = lab.map_view(model, map_name).etag if map_name else ""
    told = (lab.version(), lab.workspace.stamp(f"codes--{model}"), stamps(lab, model, name), on_map)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def numbers(lab: Lab, model: str, name: str | None = None) -> np.ndarray:
    """(N,) int32 for each catalogue row: the number of its cluster, -1 for a product in none."""
    model = lab.model_name(model)
    name = clustering_name(lab, model, name)
    key = ("numbers of clusters", model, name, clusters_etag(lab, model, name))
    return lab.cache.get_or_make(key, lambda: _numbers(lab, model, name), max_size=16)


def _numbers(lab: Lab, model: str, name: str) -> np.ndarray:
    now, catalogue = state(lab, model, name), lab.catalogue()
    rows_n = catalogue.rows_of(now.product_ids)
    numbers_n = np.full(len(catalogue), -1, np.int32)
    numbers_n[rows_n[rows_n >= 0]] = now.numbers_n[rows_n >= 0]
    space, clustered_n = lab.space(model), np.zeros(len(catalogue), bool)
    clustered_n[rows_n[rows_n >= 0]] = True
    voter_n = clustered_n[space.rows_n]
    late = np.flatnonzero(~voter_n)
    if len(late) and voter_n.any():
        voters = space.one_of_each_among(np.flatnonzero(voter_n))
        near_mk, _ = NearestNeighbours(space.z_nd[voters]).nearest(space.z_nd[late], _VOTERS)
        number_of = numbers_n[space.rows_n[voters]]
        picture_m = np.minimum(np.searchsorted(space.picture_n[voters], space.picture_n[late]), len(voters) - 1)
        copy_m = space.picture_n[voters][picture_m] == space.picture_n[late]  # it is where its copy is
        numbers_n[space.rows_n[late]] = np.where(copy_m, number_of[picture_m], majority_vote(near_mk, number_of))
    numbers_n.flags.writeable = False
    return numbers_n


def members(lab: Lab, model: str, name: str | None, number: int) -> np.ndarray:
    """Catalogue rows of a cluster, ascending. RequestError when there is none of that number."""
    model = lab.model_name(model)
    state(lab, model, clustering_name(lab, model, name)).need(number)
    return np.flatnonzero(numbers(lab, model, name) == number)


def outdated_reason(lab: Lab, model: str, name: str | None = None) -> str:
    """One sentence on why a clustering is out of date (other weights, products added since); "" if it is up to date."""
    model = lab.model_name(model)
    card = state(lab, model, clustering_name(lab, model, name)).card
    if card.weights != fingerprint(lab.folder(model)):
        return f"clusters {card.name!r} were made with other weights of model {model!r}: make them again"
    catalogue = lab.catalogue()
    later = catalogue.count - int((catalogue.rows_of(state(lab, model, card.name).product_ids) >= 0).sum())
    if card.catalogue_version == catalogue.version or later <= 0:
        return ""
    return f"{later:,} products are in clusters {card.name!r} by their neighbours alone"


def split_by_k_means(lab: Lab, model: str, rows_m: np.ndarray, parts: int | None, seed: int = 0) -> list[np.ndarray]:
    """Products with codes (catalogue rows, ascending), by k-means in `parts` groups, the largest first; unless said
    in as many as are found again.
    """
    space = lab.space(model)
    at_m = space.positions(rows_m)
    if not len(at_m):
        return []
    z_md = likeness_codes(space)[at_m]
    labels_m = k_means(z_md, propose_k(z_md, seed, _PARTS)[0] if parts is None else parts, seed)
    return [space.rows_n[at_m[labels_m == i]] for i in range(int(labels_m.max()) + 1)]
