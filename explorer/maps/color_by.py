"""What points can be coloured by: an attribute, the cluster of a product, or how true its place on the map is."""

from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data import value_colours
from looks_like.data.catalogue import Catalogue
from looks_like.data.conditions import Times
from looks_like.explorer.clusters import numbers, state
from looks_like.explorer.core import (
    CATEGORIES_MAX,
    MISSING,
    Colouring,
    Lab,
    MapContext,
    by_category,
    by_number,
    by_time,
    repainted,
    uncoloured,
    value_words,
)
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps.quality import map_recall, map_recall_ready

# an attribute that is called like one of them comes before it
RECALL, CLUSTER = "how true", "its cluster"
WORDS = {RECALL: "How true the place is", CLUSTER: "Cluster"}


def ready(lab: Lab, by: str, context: MapContext) -> bool:
    """Whether `colouring` answers at once; if not, what it needs is being found from now on."""
    return by != RECALL or by in lab.catalogue().attributes or map_recall_ready(lab, context.model)


def colouring(lab: Lab, by: str, context: MapContext) -> Colouring:
    """By an attribute ("" = all alike), RECALL or CLUSTER. RequestError or CatalogueError for what is not there."""
    if by in lab.catalogue().attributes:
        return repainted(by_attribute(lab, by), _own_colours(lab).get(by, {}))
    if by == RECALL:
        share_m = map_recall(lab, context.model, context.map)[lab.catalogue().there]
        found = by_number(RECALL, pa.chunked_array([pa.array(share_m, from_pandas=True)]))
        return _of(_over_rows(found, lab.catalogue()), context)
    if by == CLUSTER:
        now = state(lab, context.model, context.clusters)
        numbers_m = numbers(lab, context.model, context.clusters)[lab.catalogue().there]
        names = [now.names.get(int(number)) for number in numbers_m]
        found = by_category(CLUSTER, pa.chunked_array([pa.array(names, pa.string())]))
        return _of(_over_rows(found, lab.catalogue()), context)
    return by_attribute(lab, by)


def by_attribute(lab: Lab, attribute: str) -> Colouring:
    """A colour index for each product; "" = all alike. RequestError for an attribute that does not exist."""
    catalogue = lab.catalogue()
    if not attribute:
        return uncoloured(len(catalogue))
    if attribute not in catalogue.attributes:
        there = ", ".join(catalogue.attributes)[:400]
        raise RequestError(f"no attribute {attribute[:80]!r}; there are: {there or 'none'}")

    def make() -> Colouring:
        found = _over_rows(_of_column(catalogue, attribute), catalogue)
        named = catalogue.visual.get(attribute)
        return replace(found, low=named.low, high=named.high) if named else found

    return lab.cache.get_or_make(("colouring", catalogue.as_of, attribute), make, max_size=16)


def _own_colours(lab: Lab) -> value_colours.ValueColours:
    folder = lab.workspace.folder
    stamp = value_colours.colours_stamp(folder)
    return lab.cache.get_or_make(("own colours", stamp), lambda: value_colours.read_colours(folder), max_size=2)


def set_colour(lab: Lab, attribute: str, value: str, colour: str) -> None:
    """Gives a value of an attribute its colour, "#rrggbb", for everyone. "" takes it back, with "" as the value
    all of them. CatalogueError or RequestError for what can't be.
    """
    if attribute not in lab.catalogue().attributes:
        raise RequestError(f"no attribute {attribute[:80]!r}")
    value_colours.set_colour(lab.workspace, attribute, value, colour)


def _by_list(attribute: str, column: pa.ChunkedArray) -> Colouring:
    """A colour for all values of a product together, since a point has one, whatever their order."""
    texts = [value_words(_in_order(values)) if values else None for values in column.to_pylist()]
    found = by_category(attribute, pa.chunked_array([pa.array(texts, pa.string())]))
    return replace(found, legend=[replace(entry, one=False) for entry in found.legend])


def _in_order(values: list[str | int | float | None]) -> list[object]:
    """However a product's values are listed, those with the same ones are alike."""
    return sorted({value for value in values if value is not None}, key=lambda value: (isinstance(value, str), value))


def legible_attribute(lab: Lab) -> str:
    """The text attribute that is given for most products, of many but not too many values; "" where there is none."""
    catalogue = lab.catalogue()

    def make() -> str:
        scores = {name: _tells(catalogue.column(name)) for name in catalogue.attributes}
        best = max(scores, key=scores.__getitem__, default="")
        return best if best and scores[best] else ""

    return lab.cache.get_or_make(("telling", catalogue.as_of), make, max_size=2)


def _tells(column: pa.ChunkedArray) -> float:
    """How much its colours would say: legible values times the share of products that have one; 0 for no text."""
    values = int(pc.count_distinct(column).as_py()) if pa.types.is_string(column.type) else 0
    legible = values if values <= CATEGORIES_MAX else 2 - values / (2 * CATEGORIES_MAX)  # "others" tell nothing
    return legible * (1 - column.null_count / len(column)) if 2 <= values <= 2 * CATEGORIES_MAX else 0.0


def _of_column(catalogue: Catalogue, attribute: str) -> Colouring:
    """Of the products that are not deleted."""
    column, unit = catalogue.column(attribute), catalogue.units.get(attribute, "")
    if pa.types.is_temporal(column.type):
        return by_time(attribute, Times(column))
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return by_number(attribute, column, unit)
    if pa.types.is_list(column.type):
        return _by_list(attribute, column)
    if pa.types.is_boolean(column.type):
        column = pc.if_else(column, value_words(True), value_words(False))
    return by_category(attribute, column)


def _over_rows(found: Colouring, catalogue: Catalogue) -> Colouring:
    """Of products, by row; the rows of deleted ones, which nobody draws, are as if they lacked a value."""
    index_n = np.full(len(catalogue), MISSING, np.uint8)
    index_n[catalogue.there] = found.index_n
    return replace(found, index_n=index_n)


def _of(found: Colouring, context: MapContext) -> Colouring:
    """Its entries are no values of an attribute, so nobody can select by them."""
    where = urlencode({"model": context.model, "map": context.map, "clusters": context.clusters})
    return replace(found, of=where, legend=[replace(entry, one=False) for entry in found.legend])
