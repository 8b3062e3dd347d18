"""What points can be coloured by: an attribute, the cluster of a product, or how true its place on the map is."""

from dataclasses import replace
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.explorer.clusters import numbers, state
from looks_like.explorer.core import CATEGORIES_MAX, Colouring, Ground, Lab, by_category, by_number, uncoloured
from looks_like.explorer.errors import AskError
from looks_like.explorer.maps.quality import map_truth, truth_ready

# no attribute has a space in its name
TRUTH, CLUSTER = "how true", "its cluster"
WORDS = {TRUTH: "How true the place is", CLUSTER: "Cluster"}


def ready(lab: Lab, by: str, ground: Ground) -> bool:
    """Whether `colouring` answers at once; if not, what it needs is being found from now on."""
    return by != TRUTH or truth_ready(lab, ground.model)


def colouring(lab: Lab, by: str, ground: Ground) -> Colouring:
    """By an attribute ("" = all alike), TRUTH or CLUSTER. AskError or CatalogueError for what is not there."""
    if by == TRUTH:
        share_n = map_truth(lab, ground.model, ground.map)
        return _of(by_number(TRUTH, pa.chunked_array([pa.array(share_n, from_pandas=True)])), ground)
    if by == CLUSTER:
        now = state(lab, ground.model, ground.clusters)
        names = [now.names.get(int(number)) for number in numbers(lab, ground.model, ground.clusters)]
        return _of(by_category(CLUSTER, pa.chunked_array([pa.array(names, pa.string())])), ground)
    return by_attribute(lab, by)


def by_attribute(lab: Lab, attribute: str) -> Colouring:
    """A colour index for each product; "" = all alike. AskError for an attribute that does not exist."""
    catalogue = lab.catalogue()
    if not attribute:
        return uncoloured(len(catalogue))
    if attribute not in catalogue.attributes:
        raise AskError(f"no attribute {attribute!r}; there are: {', '.join(catalogue.attributes) or 'none'}")

    def make() -> Colouring:
        column = catalogue.rows[attribute]
        number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        if number or pa.types.is_timestamp(column.type):
            return by_number(attribute, column)
        return by_category(attribute, column)

    return lab.once(("colouring", catalogue.version, attribute), make)


def telling_attribute(lab: Lab) -> str:
    """The text attribute to colour by at first: given for most products, of many but not too many values."""
    catalogue = lab.catalogue()

    def make() -> str:
        scores = {name: _tells(catalogue.rows[name]) for name in catalogue.attributes}
        best = max(scores, key=scores.__getitem__, default="")
        return best if best and scores[best] else ""

    return lab.once(("telling", catalogue.version), make)


def _tells(column: pa.ChunkedArray) -> float:
    """How much its colours would say: legible values times the share of products that have one; 0 for no text."""
    values = int(pc.count_distinct(column).as_py()) if pa.types.is_string(column.type) else 0
    legible = values if values <= CATEGORIES_MAX else 2 - values / (2 * CATEGORIES_MAX)  # "others" tell nothing
    return legible * (1 - column.null_count / len(column)) if 2 <= values <= 2 * CATEGORIES_MAX else 0.0


def _of(found: Colouring, ground: Ground) -> Colouring:
    """Its entries are no values of an attribute, so nobody can select by them."""
    where = urlencode({"model": ground.model, "map": ground.map, "clusters": ground.clusters})
    return replace(found, of=where, legend=[replace(entry, one=False) for entry in found.legend])
