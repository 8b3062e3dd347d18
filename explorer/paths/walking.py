"""A path, decoded, matched with real products and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab, Product, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths.anchors import Anchor, find_anchor
from looks_like.explorer.paths.measures import PathMeasures, measure
from looks_like.explorer.paths.requests import THROUGH_MAX, PathRequest
from looks_like.explorer.search import Filter, mask, rows_where

_KEPT, _BYTES_KEPT = 16, 192 * 2**20  # paths, and their pictures


@dataclass(frozen=True)
class DecodedPath:
    """Step i is frames[i], and nearest[i] is the real product beside it."""

    request: PathRequest
    anchors: tuple[Anchor, ...]  # all it comes to, in order
    z_td: np.ndarray
    frames_thwc: np.ndarray  # uint8
    nearest: list[Product]
    measures: PathMeasures

    @property
    def stop_a(self) -> np.ndarray:
        """(A,) the step at which each anchor stands."""
        return np.round(np.linspace(0, len(self.z_td) - 1, len(self.anchors))).astype(int)


def walk(lab: Lab, request: PathRequest) -> DecodedPath:
    """The last sixteen are kept, fewer where they are large. What is unknown or deleted is a mistake that says so;
    RequestError where the filter leaves no product.
    """
    anchors = tuple(find_anchor(lab, request.model, said) for said in request.stops)
    space = space_within(lab, request.model, anchors, request.within)
    rows_m = shown_rows(lab, request.filter, space)
    kept = max(1, min(_KEPT, _BYTES_KEPT // (3 * request.steps * space.size**2)))
    among = hash(rows_m.tobytes()) if rows_m is not None else None
    key = ("path", request, space, lab.etag(), among, b"".join(anchor.z_d.tobytes() for anchor in anchors))
    return lab.cache.get_or_make(key, lambda: _walk(lab, request, space, anchors, rows_m), max_size=kept)


def require_path(lab: Lab, request: PathRequest) -> None:
    """The mistakes of `walk` that can be told without walking: anchors, attribute and filter."""
    anchors = [find_anchor(lab, request.model, said) for said in request.stops]
    shown_rows(lab, request.filter, space_within(lab, request.model, anchors, request.within))


def match(space: Space, z_td: np.ndarray, rows_m: np.ndarray | None, unique: bool) -> tuple[np.ndarray, np.ndarray]:
    """-> (catalogue rows (T,), distances (T,)): the product beside each point; of `rows_m` alone, if given.

    `unique`: no picture twice, and all together as near as can be; where there are fewer products than steps, some come
    again.
    """
    if not unique:
        rows_t1, distance_t1 = space.nearest(z_td, 1, rows_m)
        return rows_t1[:, 0], distance_t1[:, 0]
    from scipy.optimize import linear_sum_assignment

    places_m = space.one_of_each if rows_m is None else space.one_of_each_among(space.positions(rows_m))
    rows_tk, distance_tk = space.nearest(z_td, len(z_td), space.rows_n[places_m])
    offered_u = np.unique(rows_tk)
    if len(offered_u) < len(z_td):
        return rows_tk[:, 0], distance_tk[:, 0]
    cost_tu = np.full((len(z_td), len(offered_u)), 10 * float(distance_tk.max()) + 1)
    np.put_along_axis(cost_tu, np.searchsorted(offered_u, rows_tk), distance_tk, axis=1)
    at_t = linear_sum_assignment(cost_tu)[1]
    return offered_u[at_t], cost_tu[np.arange(len(z_td)), at_t]


def space_within(lab: Lab, model: str, anchors: Sequence[Anchor], attribute: str) -> Space:
    """The model's space; with an attribute, of the products alone that have the anchors' value of it. RequestError
    where that is not one value.
    """
    space, catalogue = lab.space(model), lab.catalogue()
    if not attribute:
        return space
    if attribute not in catalogue.attributes:
        raise RequestError(f"there is no attribute {attribute[:40]!r} for the path to stay within")
    column = catalogue.rows[attribute]
    values = [column[anchor.row].as_py() for anchor in anchors if anchor.row is not None]
    if not values or None in values or any(value != values[0] for value in values):
        said = ", ".join(sorted({str(value) for value in values}))[:120] or "none"
        raise RequestError(f"a path within {attribute[:40]} needs products of one value of it; these have: {said}")

    def make() -> Space:
        same_n = np.array([value == values[0] for value in column.to_pylist()])
        return space.restricted_to(np.flatnonzero(same_n & catalogue.there_n))

    key = ("space within", space, catalogue.as_of, attribute, repr(values[0]))
    return lab.cache.get_or_make(key, make, max_size=8)


def shared_attributes(lab: Lab, anchors: Sequence[str]) -> list[str]:
    """Names of attributes of which all anchors that are products have one value, and other products too."""
    catalogue = lab.catalogue()
    rows = [catalogue.row(said) for said in anchors if catalogue.has(said)]
    if len(rows) < 2:
        return []
    found = []
    for name in catalogue.attributes:
        values = [catalogue.rows[name][row].as_py() for row in rows]
        if values[0] is not None and not isinstance(values[0], float) and all(v == values[0] for v in values):
            found.append(name)
    return found


def shown_rows(lab: Lab, filter: str, space: Space) -> np.ndarray | None:
    """Catalogue rows that may stand beside a step; None = all. RequestError where the filter leaves none."""
    if not filter.startswith("["):
        rows_m = rows_where(lab, filter) if filter else None
    else:
        chosen = Filter.from_text(filter)
        rows_m = np.flatnonzero(mask(lab, chosen)) if chosen.conditions else None
    if rows_m is None:
        return None
    rows_m = space.rows_n[space.positions(rows_m)]
    if not len(rows_m):
        raise RequestError("no product passes the filter, so none can stand beside the steps: widen it, or clear it")
    return np.asarray(rows_m)


def _walk(
    lab: Lab, request: PathRequest, space: Space, anchors: Sequence[Anchor], rows_m: np.ndarray | None
) -> DecodedPath:
    codes = [anchor.z_d for anchor in anchors]
    z_td = space.path_codes(codes, request.steps, request.curve, request.through / THROUGH_MAX, request.easing)
    rows_t, distance_t = match(space, z_td, rows_m, request.unique)
    frames_thwc = space.decode(z_td)
    nearest = lab.products_at(rows_t, distance_t, space.typical_distance)
    return DecodedPath(request, tuple(anchors), z_td, frames_thwc, nearest, measure(lab, space, z_td, frames_thwc))
