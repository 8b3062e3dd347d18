"""What points can be coloured by: an attribute, the cluster of a product, or how true its place on the map is."""

from dataclasses import replace
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions import Times
from looks_like.explorer.clusters import numbers, state
from looks_like.explorer.core import (
    CATEGORIES_MAX,
    Colouring,
    Lab,
    MapContext,
    by_category,
    by_number,
    by_time,
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
        return by_attribute(lab, by)
    if by == RECALL:
        share_n = map_recall(lab, context.model, context.map)
        return _of(by_number(RECALL, pa.chunked_array([pa.array(share_n, from_pandas=True)])), context)
    if by == CLUSTER:
        now = state(lab, context.model, context.clusters)
        names = [now.names.get(int(number)) for number in numbers(lab, context.model, context.clusters)]
        return _of(by_category(CLUSTER, pa.chunked_array([pa.array(names, pa.string())])), context)
    return by_attribute(lab, by)


def by_attribute(lab: Lab, attribute: str) -> Colouring:
    """A colour index for each product; "" = all alike. RequestError for an attribute that does not exist."""
    catalogue = lab.catalogue()
    if not attribute:
        return uncoloured(len(catalogue))
    if attribute not in catalogue.attributes:
        raise RequestError(f"no attribute {attribute!r}; there are: {', '.join(catalogue.attributes) or 'none'}")

    def make() -> Colouring:
        column, unit = catalogue.rows[attribute], catalogue.units.get(attribute, "")
        if pa.types.is_temporal(column.type):
            return by_time(attribute, Times(column))
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            return by_number(attribute, column, unit)
        if pa.types.is_list(column.type):
            return _by_list(attribute, column)
        if pa.types.is_boolean(column.type):
            column = pc.if_else(column, value_words(True), value_words(False))
        return by_category(attribute, column)

    return lab.cache.get_or_make(("colouring", catalogue.version, attribute), make, max_size=16)


def _by_list(attribute: str, column: pa.ChunkedArray) -> Colouring:
    """A colour for all values of a product together, since a point has one, whatever their order."""
    texts = [value_words(_in_order(values)) if values else None for values in column.to_pylist()]
    found = by_category(attribute, pa.chunked_array([pa.array(texts, pa.string())]))
    return replace(found, legend=[replace(entry, one=False) for entry in found.legend])


def _in_order(values: list[str | int | float | None]) -> list[object]:
    """However a product's values are listed, those with the same ones are alike."""
    return sorted({value for value in values if value is not None}, key=lambda value: (isinstance(value, str), value))


def default_colour_attribute(lab: Lab) -> str:
    """The text attribute to colour by at first: given for most products, of many but not too many values."""
    catalogue = lab.catalogue()

    def make() -> str:
        scores = {name: _tells(catalogue.rows[name]) for name in catalogue.attributes}
        best = max(scores, key=scores.__getitem__, default="")
        return best if best and scores[best] else ""

    return lab.cache.get_or_make(("telling", catalogue.version), make, max_size=2)


def _tells(column: pa.ChunkedArray) -> float:
    """How much its colours would say: legible values times the share of products that have one; 0 for no text."""
    values = int(pc.count_distinct(column).as_py()) if pa.types.is_string(column.type) else 0
    legible = values if values <= CATEGORIES_MAX else 2 - values / (2 * CATEGORIES_MAX)  # "others" tell nothing
    return legible * (1 - column.null_count / len(column)) if 2 <= values <= 2 * CATEGORIES_MAX else 0.0


def _of(found: Colouring, context: MapContext) -> Colouring:
    """Its entries are no values of an attribute, so nobody can select by them."""
    where = urlencode({"model": context.model, "map": context.map, "clusters": context.clusters})
    return replace(found, of=where, legend=[replace(entry, one=False) for entry in found.legend])
