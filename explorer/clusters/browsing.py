"""Clusters as people look at them: with a cover, some examples, an outline on a map and how much of each is tagged."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from looks_like.explorer.clusters.membership import clusters_etag, numbers
from looks_like.explorer.clusters.store import State, clustering_name, state
from looks_like.explorer.core import Lab, Product
from looks_like.model.geometry import Exemplars, Outline, exemplars, outline


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


def clusters(
    lab: Lab, model: str, name: str | None = None, map_name: str | None = None, tagged_n: np.ndarray | None = None
) -> list[Cluster]:
    """By number, hidden ones too; of the newest clustering unless said. CatalogueError when there is none of that name.

    `tagged_n` (bool, a mark for each catalogue row) asks how much of each cluster is marked.
    """
    model = lab.model_name(model)
    name = clustering_name(lab, model, name)
    key = ("clusters", model, name, map_name, clusters_etag(lab, model, name, map_name))
    found = lab.cache.get_or_make(key, lambda: _clusters(lab, model, name, map_name or ""), max_size=16)
    if tagged_n is None:
        return list(found)
    numbers_n = numbers(lab, model, name)
    marked = np.bincount(numbers_n[np.asarray(tagged_n, bool)] + 1, minlength=int(numbers_n.max(initial=-1)) + 2)
    return [replace(cluster, tagged=float(marked[cluster.number + 1] / cluster.size)) for cluster in found]


def _clusters(lab: Lab, model: str, name: str, map_name: str) -> tuple[Cluster, ...]:
    now, numbers_n = state(lab, model, name), numbers(lab, model, name)
    on_map = lab.map_view(model, map_name).etag if map_name else ""
    as_of = (lab.version(), lab.workspace.stamp(f"codes--{model}"), on_map)
    order = np.argsort(numbers_n, kind="stable")
    found = []
    for number in sorted(now.names):
        first, last = np.searchsorted(numbers_n[order], [number, number + 1])
        if last > first:
            rows_m = order[first:last]
            key = ("shape of a cluster", model, map_name, *as_of, hashlib.sha256(rows_m.tobytes()).digest())
            shape = lab.cache.get_or_make(key, partial(_shape, lab, model, map_name, rows_m), max_size=256)
            found.append(_cluster(lab, now, number, last - first, shape))
    return tuple(found)


@dataclass(frozen=True)
class _Shape:
    """What does not change when a cluster is renamed, or another one is merged or split."""

    cover: int  # rows
    examples: tuple[int, ...]
    drawn: Outline


def _shape(lab: Lab, model: str, map_name: str, rows_m: np.ndarray) -> _Shape:
    space, member_n = lab.space(model), np.zeros(len(lab.catalogue()), bool)
    at_m = space.positions(rows_m)
    shown = exemplars(space.z_nd, at_m) if len(at_m) else Exemplars(-1, ())
    cover = int(space.rows_n[shown.medoid]) if len(at_m) else int(rows_m[0])
    member_n[rows_m] = True
    drawn = outline(lab.map_view(model, map_name).xy_n2, member_n) if map_name else Outline((), None)
    return _Shape(cover, tuple(int(space.rows_n[i]) for i in shown.examples), drawn)


def _cluster(lab: Lab, now: State, number: int, size: int, shape: _Shape) -> Cluster:
    return Cluster(
        number=number,
        name=now.names[number],
        size=int(size),
        share=float(size / lab.catalogue().count),
        cover=lab.product_at(shape.cover),
        examples=tuple(lab.product_at(row) for row in shape.examples),
        outline=shape.drawn.islands,
        at=shape.drawn.at,
        hidden=number in now.hidden,
    )
