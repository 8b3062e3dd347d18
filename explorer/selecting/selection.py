"""Selections: steps that the server replays, so that ids never travel and a link restores what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.explorer import tags
from looks_like.explorer.core import Lab, MapContext, Product, attribute_titles
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search import Filter, mask
from looks_like.explorer.selecting.steps import SelectionStep, steps_from_text, steps_text


@dataclass(frozen=True)
class Selection:
    """Steps on one map of one model, seen through a filter."""

    context: MapContext
    steps: tuple[SelectionStep, ...] = ()
    filter: Filter = field(default_factory=Filter)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Selection":
        """model, map, clusters, steps (JSON: [[op, kind, value], …]) and filter, as a link has them."""
        steps = steps_from_text(query.get("steps", ""))
        return cls(MapContext.from_query(query), steps, Filter.from_text(query.get("filter", "")))

    def to_query(self) -> dict[str, str]:
        """What `from_query` reads."""
        return self.context.to_query() | {"steps": steps_text(self.steps), "filter": self.filter.text()}


def rows(lab: Lab, chosen: Selection) -> np.ndarray:
    """int64, sorted: the catalogue rows selected, of those that the filter shows."""
    return np.asarray(np.flatnonzero(selected(lab, chosen)))


def selected(lab: Lab, chosen: Selection) -> np.ndarray:
    """bool (N,), by catalogue row; read-only, kept until anything that it depends on changes."""
    shown_n = mask(lab, chosen.filter)
    key = ("selection", _stamp(lab, chosen), chosen)

    def make() -> np.ndarray:
        chosen_n: np.ndarray = _replayed(lab, chosen, shown_n) & shown_n
        chosen_n.flags.writeable = False
        return chosen_n

    return lab.cache.get_or_make(key, make)


def words(lab: Lab, chosen: Selection) -> str:
    """ "lasso on map tsne, plus brand Alder; shown: price 10 to 50" """
    parts = [step.words(lab, chosen.context) for step in chosen.steps]
    through = chosen.filter.words(lab.catalogue().units)
    return ", ".join(parts) + (f"; shown: {through}" if through and parts else through)


@dataclass(frozen=True)
class Page:
    """Some of the products selected."""

    count: int  # of all
    products: list[Product]


_ORDERS = {"typical": "Typical first", "odd": "Odd ones first", "new": "New first"}
_UP, _DOWN = "up ", "down "  # before the name of an attribute


def orders(lab: Lab) -> dict[str, str]:
    """What products can be sorted by, and what each is called: numbers and days too, visual attributes first."""
    catalogue = lab.catalogue()
    sorted_by = [name for name in catalogue.attributes if _is_sorted(catalogue.rows[name].type)]
    titles = attribute_titles(sorted_by)
    found = dict(_ORDERS)
    for name in sorted(sorted_by, key=lambda name: name not in catalogue.visual):
        low, high = "low", "high"
        if name in catalogue.visual:
            low, high = catalogue.visual[name].low, catalogue.visual[name].high
        elif pa.types.is_temporal(catalogue.rows[name].type):
            low, high = "old", "new"
        found[f"{_DOWN}{name}"] = f"{titles[name]}: {high} first"
        found[f"{_UP}{name}"] = f"{titles[name]}: {low} first"
    return found


def _is_sorted(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_temporal(kind))


def page(lab: Lab, chosen: Selection, order: str, number: int, size: int) -> Page:
    """The products selected, `size` at a time from page 0. RequestError for an unknown order."""
    if order not in orders(lab):
        raise RequestError(f"unknown order {order[:40]!r}; there are: {', '.join(orders(lab))[:400]}")
    key = ("selection in order", _stamp(lab, chosen), chosen, order)

    def make() -> np.ndarray:
        return _in_order(lab, chosen.context.model, rows(lab, chosen), order)

    rows_m = lab.cache.get_or_make(key, make, max_size=8)
    return Page(len(rows_m), [lab.product_at(int(row)) for row in rows_m[number * size : (number + 1) * size]])


def _in_order(lab: Lab, model: str, rows_m: np.ndarray, order: str) -> np.ndarray:
    """Typical = near to the mean of the selection's codes; those without a code, or a value, come last."""
    if order == "new":
        return rows_m[::-1]
    if order not in _ORDERS:
        way, before = ("ascending", _UP) if order.startswith(_UP) else ("descending", _DOWN)
        values = lab.catalogue().rows[order.removeprefix(before)].take(pa.array(rows_m)).combine_chunks()
        order_m: np.ndarray = pc.array_sort_indices(values, order=way, null_placement="at_end").to_numpy()
        return np.asarray(rows_m[order_m])
    distance_m = lab.space(model).distances_from_mean(rows_m)
    return rows_m[np.argsort(distance_m if order == "typical" else -distance_m, kind="stable")]


def _stamp(lab: Lab, chosen: Selection) -> tuple[object, ...]:
    """Changes with whatever the answer depends on."""
    model, context = chosen.context.model, chosen.context
    maps = {context.map} | {step.value.map for step in chosen.steps if step.kind == "lasso"}
    clusters = [f"{table}--{model}--{context.clusters}" for table in ("clusters", "cluster-edits")]
    tables = [f"codes--{model}", *clusters, *sorted(f"map--{model}--{name}" for name in maps)]
    return lab.catalogue().as_of, tags.stamp(lab), *(lab.workspace.stamp(table) for table in tables)


def _replayed(lab: Lab, chosen: Selection, shown_n: np.ndarray) -> np.ndarray:
    now_n = np.zeros(len(shown_n), bool)
    for step in chosen.steps:
        found_n = step.find(lab, chosen.context, now_n & shown_n if step.picks else now_n)
        kept_n = now_n if step.op != "=" else np.zeros_like(now_n)
        now_n = kept_n & ~found_n if step.op == "-" else kept_n | found_n
    return now_n
