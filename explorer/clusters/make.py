"""Clusters of a catalogue are found and kept, for people to edit."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from looks_like.explorer.clusters.finding import by_density, by_map, likeness_codes, usual_k_means
from looks_like.explorer.clusters.names import cluster_names
from looks_like.explorer.clusters.store import State, keep, require_no_edits, state
from looks_like.explorer.core import Lab, Space, checked_seed
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.tags import masks
from looks_like.model.disk.card import fingerprint

METHODS = ("hdbscan", "k-means")
ProgressCallback = Callable[[float], None]


@dataclass(frozen=True)
class ClusterRequest:
    """Which clusters to find: `k` for k-means, `least` and `map_name` for HDBSCAN; `replace` those of that name."""

    method: str = METHODS[0]
    name: str | None = None  # the method's unless said
    k: int | None = None
    seed: int = 0
    map_name: str | None = None
    least: int | None = None  # products of the smallest cluster
    replace: bool = False


def make_clusters(
    lab: Lab,
    model: str,
    request: ClusterRequest = ClusterRequest(),
    progress: ProgressCallback = lambda share: None,
) -> State:
    """Finds clusters among all products with codes and keeps them.

    HDBSCAN looks at the codes laid out for it, or at a map where one is named, and leaves out who lies between; k-means
    looks at the codes and takes everyone, in as many clusters as are found again unless said. RequestError for an
    unknown method or map, or a number that the method has no use for; also when a clustering of that name has edits of
    people and is not to be replaced.
    """
    space = lab.space(model)
    _check(lab, space.card.name, request)
    name = request.name or request.method
    space.require_codes()
    require_no_edits(lab, space.card.name, name, request.replace)
    started = time.perf_counter()
    rows_n, labels_n = _labels(lab, space, request, lambda share: progress(0.1 + 0.7 * share))
    progress(0.85)
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
        method=request.method,
        k=len(found),
        seed=request.seed,
        map=request.map_name or "",
        catalogue_version=catalogue.version,
        weights=fingerprint(lab.folder(space.card.name)),
        seconds=round(time.perf_counter() - started, 1),
        names=tuple(names),
    )
    return state(lab, space.card.name, name)


def _labels(
    lab: Lab, space: Space, request: ClusterRequest, progress: ProgressCallback
) -> tuple[np.ndarray, np.ndarray]:
    """-> (catalogue rows of those that were looked at, the label of each, -1 for those in none)"""
    places, z_nd = np.arange(len(space.z_nd)), likeness_codes(space)
    if request.map_name:
        xy_n2 = lab.map_view(space.card.name, request.map_name).xy_n2[space.rows_n]
        places = np.flatnonzero(np.isfinite(xy_n2).all(1))
    one = space.one_of_each_among(places)  # by themselves, a hundred copies of a picture would be a cluster
    if request.method == "k-means":
        labels_u = usual_k_means(z_nd[one], request.k, request.seed)
    elif request.map_name:
        labels_u = by_map(xy_n2[one], z_nd[one], request.least)
    else:
        labels_u = by_density(z_nd[one], request.least, request.seed, progress)
    return space.rows_n[places], labels_u[np.unique(space.picture_n[places], return_inverse=True)[1]]


def _check(lab: Lab, model: str, request: ClusterRequest) -> None:
    if request.method not in METHODS:
        raise RequestError(f"there is no method {request.method[:40]!r}; there are: {', '.join(METHODS)}")
    if request.method == "hdbscan" and request.k is not None:
        raise RequestError(
            "HDBSCAN finds out itself how many clusters there are: leave -k out, or choose --method k-means"
        )
    if request.method == "k-means" and (request.least is not None or request.map_name):
        raise RequestError("k-means looks at codes and makes clusters of any size: leave --least and --map out")
    if request.least is not None and request.least < 2:
        raise RequestError(f"a cluster has 2 products or more, got --least {request.least}")
    checked_seed(request.seed)
    cards = lab.maps(model)
    if request.map_name and not any(card.name == request.map_name for card in cards):
        have = ", ".join(card.name for card in cards) or "none"
        raise RequestError(
            f"model {model!r} has no map {request.map_name[:40]!r} (it has: {have}): make one with looks-like map "
            f"{model}, or leave --map out"
        )


def start_clusters(
    jobs: Jobs, model: str, method: str = "hdbscan", map_name: str = "", k: int | None = None, replace: bool = False
) -> Job:
    """As a job, for pages."""
    words = ["clusters", "make", model, "--method", method]
    words += ["--map", map_name] if map_name and method == "hdbscan" else []
    words += ["-k", str(k)] if k is not None else []
    return jobs.start([*words, "--replace"] if replace else words, "Clusters")
