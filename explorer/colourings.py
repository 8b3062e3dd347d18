"""What points can be coloured by: an attribute, the cluster of a product, or how true its place on the map is."""

from dataclasses import replace
from urllib.parse import urlencode

import pyarrow as pa

from explorer.cluster_store import state
from explorer.clustering import numbers
from explorer.colours import Colouring, by_category, by_number
from explorer.lab import Lab
from explorer.mapping import map_truth
from explorer.steps import Ground

# no attribute has a space in its name
TRUTH, CLUSTER = "how true", "its cluster"
WORDS = {TRUTH: "How true the place is", CLUSTER: "Cluster"}


def colouring(lab: Lab, by: str, ground: Ground) -> Colouring:
    """By an attribute ("" = all alike), TRUTH or CLUSTER. AskError or CatalogueError for what is not there."""
    if by == TRUTH:
        share_n = map_truth(lab, ground.model, ground.map)
        return _of(by_number(TRUTH, pa.chunked_array([pa.array(share_n, from_pandas=True)])), ground)
    if by == CLUSTER:
        now = state(lab, ground.model, ground.clusters)
        names = [now.names.get(int(number)) for number in numbers(lab, ground.model, ground.clusters)]
        return _of(by_category(CLUSTER, pa.chunked_array([pa.array(names, pa.string())])), ground)
    return lab.colouring(by)


def _of(found: Colouring, ground: Ground) -> Colouring:
    """Its entries are no values of an attribute, so nobody can select by them."""
    where = urlencode({"model": ground.model, "map": ground.map, "clusters": ground.clusters})
    return replace(found, of=where, legend=[replace(entry, one=False) for entry in found.legend])
