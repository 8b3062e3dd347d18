"""Clusters of a catalogue: made once, then browsed, renamed, merged, split and hidden by people.

Products that came later belong where most of their five nearest clustered products belong; nobody who was in a cluster
is ever moved by an import.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from looks_like.explorer.clusters.names import cluster_names
from looks_like.explorer.clusters.store import State, clustering_name, keep, require_no_edits, stamps, state
from looks_like.explorer.core import Lab, Product, checked_seed
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.tags import masks
from looks_like.model.card import fingerprint
from looks_like.model.geometry import (
    Exemplars,
    NearestNeighbours,
    Outline,
    default_k,
    exemplars,
    hdbscan,
    k_means,
    majority_vote,
    outline,
)
from looks_like.model.maps import shows_clusters

METHODS = ("hdbscan", "k-means")
_VOTERS = 5
ProgressCallback = Callable[[float], None]


@dataclass(frozen=True)
class Cluster:
    number: int
    name: str
    size: int  # products
    share: float  # of the catalogue
    cover: Product  # nearest to the middle
    examples: tuple[Product, ...]  # up to five others that show the range
    outline: tuple[np.ndarray, ...]  # polygons (V, 2) on the map, the largest first; none without a map
    at: tuple[float, float] | None  # where its name goes: a point in the first polygon
    hidden: bool
    tagged: float | None = None  # share of it that is marked, where somebody asked


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
    rows_n, labels_n = space.rows_n, np.empty(0, np.int32)
    if on_map:
        xy_n2 = lab.map_view(space.card.name, on_map).xy_n2[rows_n]
        placed_n = np.isfinite(xy_n2).all(1)
        rows_n, labels_n = rows_n[placed_n], hdbscan(xy_n2[placed_n])
    else:
        labels_n = k_means(space.z_nd, usual_k(lab, space.card.name) if k is None else k, seed)
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


def usual_k(lab: Lab, model: str) -> int:
    """How many clusters k-means makes of the products with codes, unless said."""
    return default_k(len(lab.space(model).z_nd))


def clusters(
    lab: Lab, model: str, name: str | None = None, map_name: str | None = None, tagged_n: np.ndarray | None = None
) -> list[Cluster]:
    """By number, hidden ones too; of the newest clustering unless said. CatalogueError when there is none of that name.

    `tagged_n` (bool, a mark for each catalogue row) asks how much of each cluster is marked.
    """
    model = lab.model_name(model)
    name = clustering_name(lab, model, name)
    found = _clusters(lab, model, name, map_name or "", clusters_etag(lab, model, name, map_name))
    if tagged_n is None:
        return list(found)
    numbers_n = numbers(lab, model, name)
    marked = np.bincount(numbers_n[np.asarray(tagged_n, bool)] + 1, minlength=int(numbers_n.max(initial=-1)) + 2)
    return [replace(cluster, tagged=float(marked[cluster.number + 1] / cluster.size)) for cluster in found]


def clusters_etag(lab: Lab, model: str, name: str, map_name: str | None = None) -> str:
    """Changes when the answer of `clusters` does."""
    on_map = lab.map_view(model, map_name).etag if map_name else ""
    told = (lab.version(), lab.workspace.stamp(f"codes--{model}"), stamps(lab, model, name), on_map)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def numbers(lab: Lab, model: str, name: str | None = None) -> np.ndarray:
    """(N,) int32 for each catalogue row: the number of its cluster, -1 for a product in none."""
    model = lab.model_name(model)
    name = clustering_name(lab, model, name)
    return _numbers(lab, model, name, clusters_etag(lab, model, name))


def members(lab: Lab, model: str, name: str | None, number: int) -> np.ndarray:
    """Catalogue rows of a cluster, ascending. RequestError when there is none of that number."""
    model = lab.model_name(model)
    state(lab, model, clustering_name(lab, model, name)).need(number)
    return np.flatnonzero(numbers(lab, model, name) == number)


def outdated_reason(lab: Lab, model: str, name: str | None = None) -> str:
    """What a clustering was made from and is no longer so, in a sentence; "" when it is up to date."""
    model = lab.model_name(model)
    card = state(lab, model, clustering_name(lab, model, name)).card
    if card.weights != fingerprint(lab.folder(model)):
        return f"clusters {card.name!r} were made with other weights of model {model!r}: make them again"
    later = len(lab.catalogue()) - len(state(lab, model, card.name).product_ids)
    if card.catalogue_version == lab.version() or not later:
        return ""
    return f"{later:,} products are in clusters {card.name!r} by their neighbours alone"


def start_clusters(
    jobs: Jobs, model: str, method: str = "hdbscan", map_name: str = "", k: int | None = None, replace: bool = False
) -> Job:
    """As a job, for pages."""
    words = ["clusters", "make", model, "--method", method]
    words += ["--map", map_name] if map_name and method == "hdbscan" else []
    words += ["-k", str(k)] if k is not None else []
    return jobs.start([*words, "--replace"] if replace else words, "Clusters")


def split_by_k_means(lab: Lab, model: str, rows_m: np.ndarray, parts: int, seed: int = 0) -> list[np.ndarray]:
    """Products with codes (catalogue rows, ascending), by k-means in `parts` groups, the largest first."""
    space = lab.space(model)
    at_m = space.positions(rows_m)
    if not len(at_m):
        return []
    labels_m = k_means(space.z_nd[at_m], parts, seed)
    return [space.rows_n[at_m[labels_m == i]] for i in range(int(labels_m.max()) + 1)]


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


@lru_cache(maxsize=16)
def _numbers(lab: Lab, model: str, name: str, tag: str) -> np.ndarray:
    now, catalogue = state(lab, model, name), lab.catalogue()
    rows_n = catalogue.rows_of(now.product_ids)
    numbers_n = np.full(len(catalogue), -1, np.int32)
    numbers_n[rows_n[rows_n >= 0]] = now.numbers_n[rows_n >= 0]
    space, clustered_n = lab.space(model), np.zeros(len(catalogue), bool)
    clustered_n[rows_n[rows_n >= 0]] = True
    voter_n = clustered_n[space.rows_n]
    late = np.flatnonzero(~voter_n)
    if len(late) and voter_n.any():
        near_mk, _ = NearestNeighbours(space.z_nd[voter_n]).nearest(space.z_nd[late], _VOTERS)
        numbers_n[space.rows_n[late]] = majority_vote(near_mk, numbers_n[space.rows_n[voter_n]])
    numbers_n.flags.writeable = False
    return numbers_n


@dataclass(frozen=True)
class _Members:
    """Catalogue rows that can be a key."""

    digest: bytes
    rows_m: np.ndarray = field(compare=False)


@dataclass(frozen=True)
class _Shape:
    """What does not change when a cluster is renamed, or another one is merged or split."""

    cover: int  # rows
    examples: tuple[int, ...]
    drawn: Outline


@lru_cache(maxsize=16)
def _clusters(lab: Lab, model: str, name: str, map_name: str, tag: str) -> tuple[Cluster, ...]:
    now, numbers_n = state(lab, model, name), numbers(lab, model, name)
    on_map = lab.map_view(model, map_name).etag if map_name else ""
    as_of = (lab.version(), lab.workspace.stamp(f"codes--{model}"), on_map)
    order = np.argsort(numbers_n, kind="stable")
    found = []
    for number in sorted(now.names):
        first, last = np.searchsorted(numbers_n[order], [number, number + 1])
        if last > first:
            rows_m = order[first:last]
            mine = _Members(hashlib.sha256(rows_m.tobytes()).digest(), rows_m)
            shape = _shape(lab, model, map_name, as_of, mine)
            found.append(_cluster(lab, now, number, last - first, shape))
    return tuple(found)


@lru_cache(maxsize=256)
def _shape(lab: Lab, model: str, map_name: str, as_of: tuple[object, ...], mine: _Members) -> _Shape:
    space, member_n = lab.space(model), np.zeros(len(lab.catalogue()), bool)
    at_m = space.positions(mine.rows_m)
    shown = exemplars(space.z_nd, at_m) if len(at_m) else Exemplars(-1, ())
    cover = int(space.rows_n[shown.medoid]) if len(at_m) else int(mine.rows_m[0])
    member_n[mine.rows_m] = True
    drawn = outline(lab.map_view(model, map_name).xy_n2, member_n) if map_name else Outline((), None)
    return _Shape(cover, tuple(int(space.rows_n[i]) for i in shown.examples), drawn)


def _cluster(lab: Lab, now: State, number: int, size: int, shape: _Shape) -> Cluster:
    return Cluster(
        number=number,
        name=now.names[number],
        size=int(size),
        share=float(size / len(lab.catalogue())),
        cover=lab.product_at(shape.cover),
        examples=tuple(lab.product_at(row) for row in shape.examples),
        outline=shape.drawn.islands,
        at=shape.drawn.at,
        hidden=number in now.hidden,
    )


def check_numbers(now: State, asked: Sequence[int]) -> None:
    """RequestError names the first that there is not."""
    for number in asked:
        now.need(number)
