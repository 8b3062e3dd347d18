"""Maps, one table each: map--<model>--<name>. Frozen once made: a place, never moved by what comes later."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from data.errors import CatalogueError
from data.workspace import Workspace

_CARD = b"looks-like map"


@dataclass(frozen=True)
class MapCard:
    """What a map was made from."""

    model: str
    name: str
    method: str
    seed: int
    catalogue_version: int
    weights: str  # fingerprint of the model's weights
    made: str  # ISO 8601, UTC
    seconds: float


@dataclass(frozen=True)
class Map:
    card: MapCard
    product_ids: list[str]
    xy_n2: np.ndarray  # float32
    version: int  # of this table


def write_map(workspace: Workspace, card: MapCard, product_ids: list[str], xy_n2: np.ndarray) -> None:
    """One commit; a map of the same name is replaced."""
    schema = pa.schema(
        [pa.field("product_id", pa.string()), pa.field("x", pa.float32()), pa.field("y", pa.float32())],
        metadata={_CARD: json.dumps(asdict(card)).encode()},
    )
    x_n, y_n = np.ascontiguousarray(xy_n2.T, dtype=np.float32)
    batch = pa.table([pa.array(product_ids), pa.array(x_n), pa.array(y_n)], schema=schema)
    name = _table(card.model, card.name)
    workspace.tables.create_table(name, batch, mode="overwrite" if name in workspace.table_names() else "create")


def read_map(workspace: Workspace, model: str, name: str) -> Map:
    """CatalogueError when there is no such map."""
    table = workspace.table(_table(model, name))
    if table is None:
        have = [card.name for card in list_maps(workspace, model)]
        raise CatalogueError(f"model {model!r} has no map {name!r}; it has: {', '.join(have) or 'none'}")
    rows = table.to_arrow()
    xy_n2 = np.column_stack([rows["x"].to_numpy(), rows["y"].to_numpy()])
    return Map(_card(table.schema), rows["product_id"].to_pylist(), xy_n2, table.version)


def list_maps(workspace: Workspace, model: str) -> list[MapCard]:
    """Oldest first."""
    names = [name for name in workspace.table_names() if name.startswith(f"map--{model}--")]
    tables = [workspace.table(name) for name in names]
    return sorted((_card(table.schema) for table in tables if table is not None), key=lambda card: card.made)


def _table(model: str, name: str) -> str:
    return f"map--{model}--{name}"


def _card(schema: pa.Schema) -> MapCard:
    try:
        return MapCard(**json.loads((schema.metadata or {})[_CARD]))
    except (KeyError, ValueError, TypeError) as reason:
        raise CatalogueError(f"a map in this workspace has no card ({reason}): make it again") from None
