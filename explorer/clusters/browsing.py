"""Clusters as people look at them: with a cover, some examples, an outline on a map, how pure
each is, how far apart it stands and how much of it is tagged."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.clusters.finding import likeness_codes
from looks_like.explorer.clusters.membership import clusters_etag, numbers
from looks_like.explorer.clusters.names import naming_attribute
from looks_like.explorer.clusters.store import State, clustering_name, state
from looks_like.explorer.core import Lab, Product
from looks_like.model.geometry import Exemplars, Outline, Standing, exemplars, outline, standing


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
    purity: float | None = None  # share that has the value which most of it have, of the attribute `pure_in`
    most: str = ""  # that value, made harmless
    pure_in: str = ""
    silhouette: float | None = None  # -1..1; None where it is the only one
    runs_into: str = ""  # the name of the cluster nearest to most of its products


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
    as_of = (lab.catalogue().as_of, lab.workspace.stamp(f"codes--{model}"), on_map)
    order = np.argsort(numbers_n, kind="stable")
    rows_of: dict[int, np.ndarray] = {}
    for number in sorted(now.names):
        first, last = np.searchsorted(numbers_n[order], [number, number + 1])
        if last > first:
            rows_of[number] = order[first:last]
    key = ("quality of clusters", model, *as_of[:2], hashlib.sha256(numbers_n.tobytes()).digest())
    qualities = lab.cache.get_or_make(key, lambda: _qualities(lab, model, rows_of, numbers_n), max_size=16)
    found = []
    for number, rows_m in rows_of.items():
        shape_key = ("shape of a cluster", model, map_name, *as_of, hashlib.sha256(rows_m.tobytes()).digest())
        shape = lab.cache.get_or_make(shape_key, partial(_shape, lab, model, map_name, rows_m), max_size=256)
        found.append(_cluster(lab, now, number, (len(rows_m), shape, qualities[number])))
    return tuple(found)


@dataclass(frozen=True)
class _Quality:
    """What does not change when a cluster is renamed."""

    purity: float | None
    most: str
    pure_in: str
    standing: Standing


def _qualities(lab: Lab, model: str, rows_of: dict[int, np.ndarray], numbers_n: np.ndarray) -> dict[int, _Quality]:
    space, alone = lab.space(model), Standing(float("nan"), -1)
    stands = standing(likeness_codes(space), numbers_n[space.rows_n])
    column = naming_attribute(lab, list(rows_of.values()))
    found = {}
    for number, rows_m in rows_of.items():
        share, most, pure_in = None, "", ""
        if column is not None and (counts_v := column.counts(rows_m))[1:].any():
            at = int(counts_v[1:].argmax())
            share, pure_in = float(counts_v[1 + at] / (len(rows_m) - counts_v[0])), column.name
            most = one_line(column.said(at, column.value(at)), 40)
        found[number] = _Quality(share, most, pure_in, stands.get(number, alone))
    return found


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


def _cluster(lab: Lab, now: State, number: int, known: tuple[int, _Shape, _Quality]) -> Cluster:
    size, shape, quality = known
    stands = quality.standing
    return Cluster(
        number=number,
        name=now.names[number],
        size=size,
        share=float(size / lab.catalogue().count),
        cover=lab.product_at(shape.cover),
        examples=tuple(lab.product_at(row) for row in shape.examples),
        outline=shape.drawn.islands,
        at=shape.drawn.at,
        hidden=number in now.hidden,
        purity=quality.purity,
        most=quality.most,
        pure_in=quality.pure_in,
        silhouette=None if np.isnan(stands.silhouette) else stands.silhouette,
        runs_into=now.names.get(stands.runs_into, ""),
    )
