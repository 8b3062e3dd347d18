"""Clusters of a catalogue are found: by HDBSCAN on a map, by k-means among the codes; then kept, for people to edit."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from looks_like.explorer.clusters.names import cluster_names
from looks_like.explorer.clusters.store import State, keep, require_no_edits, state
from looks_like.explorer.core import Lab, checked_seed
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.tags import masks
from looks_like.model.card import fingerprint
from looks_like.model.geometry import default_k, hdbscan, k_means
from looks_like.model.maps import shows_clusters

METHODS = ("hdbscan", "k-means")
ProgressCallback = Callable[[float], None]


@dataclass(frozen=True)
class ClusterRequest:
    """Which clusters to find: `k` and `seed` for k-means, `map_name` for HDBSCAN; `replace` those of that name."""

    method: str = METHODS[0]
    name: str | None = None  # the method's unless said
    k: int | None = None
    seed: int = 0
    map_name: str | None = None
    replace: bool = False


def make_clusters(
    lab: Lab,
    model: str,
    request: ClusterRequest = ClusterRequest(),
    progress: ProgressCallback = lambda share: None,
) -> State:
    """Finds clusters among all products with codes and keeps them.

    HDBSCAN looks at a map, the newest UMAP unless said (else t-SNE, else any), and leaves out who lies between; k-means
    looks at the codes and takes everyone. RequestError for an unknown method, no map, or a k for HDBSCAN, which finds
    its own; also when a clustering of that name has edits of people and is not to be replaced.
    """
    method, k, seed = request.method, request.k, request.seed
    if method not in METHODS:
        raise RequestError(f"there is no method {method[:40]!r}; there are: {', '.join(METHODS)}")
    if method == "hdbscan" and k is not None:
        raise RequestError(
            "HDBSCAN finds out itself how many clusters there are: leave -k out, or choose --method k-means"
        )
    checked_seed(seed)
    name, space = request.name or method, lab.space(model)
    space.require_codes()
    require_no_edits(lab, space.card.name, name, request.replace)
    started = time.perf_counter()
    on_map = _map_name(lab, space.card.name, request.map_name) if method == "hdbscan" else ""
    places = np.arange(len(space.z_nd))
    if on_map:
        xy_n2 = lab.map_view(space.card.name, on_map).xy_n2[space.rows_n]
        places = np.flatnonzero(np.isfinite(xy_n2).all(1))
    one = space.one_of_each_among(places)  # by themselves, a hundred copies of a picture would be a cluster
    if on_map:
        labels_u = hdbscan(xy_n2[one])
    else:
        labels_u = k_means(space.z_nd[one], usual_k(lab, space.card.name) if k is None else k, seed)
    rows_n, labels_n = space.rows_n[places], labels_u[np.unique(space.picture_n[places], return_inverse=True)[1]]
    progress(0.7)
    found = range(int(labels_n.max()) + 1)
    members_of = [rows_n[labels_n == i] for i in found]
    names = cluster_names(lab, [i + 1 for i in found], members_of, tags=masks(lab))
    progress(0.95)
    catalogue = lab.catalogue()
    keep(
        lab,
        [catalogue.product_ids[row] for row in rows_n],
        np.where(labels_n < 0, -1, labels_n + 1),
        replace=request.replace,
        model=space.card.name,
        name=name,
        method=method,
        k=len(found),
        seed=seed,
        map=on_map,
        catalogue_version=catalogue.version,
        weights=fingerprint(lab.folder(space.card.name)),
        seconds=round(time.perf_counter() - started, 1),
        names=tuple(names),
    )
    return state(lab, space.card.name, name)


def _map_name(lab: Lab, model: str, asked: str | None) -> str:
    cards = lab.maps(model)
    if asked or not cards:
        if not any(card.name == asked for card in cards):
            have = ", ".join(card.name for card in cards) or "none"
            raise RequestError(
                f"HDBSCAN looks at a map, and model {model!r} has no map {(asked or '')[:40]!r} (it has: {have}): "
                f"make one with looks-like map {model}, or choose --method k-means"
            )
        return str(asked)
    return max(enumerate(cards), key=lambda pair: (shows_clusters(pair[1].method), pair[0]))[1].name


def usual_k(lab: Lab, model: str) -> int:
    """How many clusters k-means makes of the products with codes, unless said."""
    return default_k(len(lab.space(model).one_of_each))


def start_clusters(
    jobs: Jobs, model: str, method: str = "hdbscan", map_name: str = "", k: int | None = None, replace: bool = False
) -> Job:
    """As a job, for pages."""
    words = ["clusters", "make", model, "--method", method]
    words += ["--map", map_name] if map_name and method == "hdbscan" else []
    words += ["-k", str(k)] if k is not None else []
    return jobs.start([*words, "--replace"] if replace else words, "Clusters")
