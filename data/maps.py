"""Maps, one table each: map--<model>--<name>. A place, once given, is never moved by what comes later.

A row is a product with its place, the picture that it stands for, and whether it was laid out with the map or placed on
it later. Maps of before products could be placed lack these columns; they get them with the first that is placed.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.table import Table

from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace

_CARD = b"looks-like map"
_COLUMNS = [
    pa.field("product_id", pa.string()),
    pa.field("x", pa.float32()),
    pa.field("y", pa.float32()),
    pa.field("_picture_sha256", pa.string()),
    pa.field("_placed", pa.int32()),
    pa.field("_far", pa.bool_()),
]
_COUNTED = ("products", "placed", "up_to")
PLACED_WITH_IT = -1  # in place of a version: a map of a sample, to which the others came when it was made


@dataclass(frozen=True)
class MapCard:
    """Metadata of a map: model, method, seed, catalogue version, and the quality measured when it was made."""

    model: str
    name: str
    method: str
    seed: int
    catalogue_version: int
    weights: str  # fingerprint of the model's weights
    made: str  # ISO 8601, UTC
    seconds: float
    since: str = ""  # when the first map of this name was made that later ones were registered to; "" = this is it
    moved: float | None = None  # by which, on average, when it was made again; the map is 2 wide
    trustworthiness: float | None = None  # these three when it was made; None = not measured
    neighbours_kept: float | None = None  # of 10, 0..1
    measured_on: int = 0  # products
    sample: int = 0  # pictures that were laid out, all others placed among them; 0 = all were
    lonely: float | None = None  # within it 99 of 100 laid-out products have another one, by their codes
    products: int = field(default=0, compare=False)  # these three are counted when it is read: products with a place,
    placed: int = field(default=0, compare=False)  # how many of them were placed later,
    up_to: int = field(default=0, compare=False)  # and the newest catalogue version that any place was given at


@dataclass(frozen=True)
class Map:
    card: MapCard
    product_ids: list[str]
    xy_n2: np.ndarray  # float32
    version: int  # of this table
    sha256: list[str | None]  # of the picture that each place was given for; None = not known
    placed_n: np.ndarray  # int32: the catalogue version at which a product was placed; 0 = laid out with the map,
    # PLACED_WITH_IT = placed among those when it was made
    far_n: np.ndarray  # bool: like nothing on the map when it was placed

    @property
    def knows_pictures(self) -> bool:
        """False for a map that was written before products could be placed."""
        return not self.sha256 or any(self.sha256)


@dataclass(frozen=True)
class Places:
    """Products with their places on a map (M, 2), and the pictures that these are for."""

    product_ids: list[str]
    sha256: list[str | None]
    xy_m2: np.ndarray
    placed_m: np.ndarray  # int32, as in Map
    far_m: np.ndarray


def write_map(
    workspace: Workspace,
    card: MapCard,
    product_ids: list[str],
    xy_n2: np.ndarray,
    sha256: Sequence[str | None] = (),
) -> None:
    """One commit; a map of the same name is replaced."""
    count = len(product_ids)
    known = [*sha256] or [None] * count
    _write(workspace, card, Places(product_ids, known, xy_n2, np.zeros(count, np.int32), np.zeros(count, bool)))


def add_places(workspace: Workspace, before: Map, places: Places) -> None:
    """Adds products to a map, or moves those that it has, in one commit; no other place changes by a bit.

    CatalogueError when there is no such map.
    """
    name = map_table(before.card.model, before.card.name)
    table = workspace.table(name)
    if table is None:
        raise CatalogueError(f"model {before.card.model!r} has no map {before.card.name!r} any more")
    if not {column.name for column in _COLUMNS} <= set(table.schema.names):
        _write(workspace, before.card, _merged(before, places))
    elif set(places.product_ids) & set(before.product_ids):
        rows = _rows(places, table.schema)
        table.merge_insert("product_id").when_matched_update_all().when_not_matched_insert_all().execute(rows)
    else:
        table.add(_rows(places, table.schema))


def rewrite_card(workspace: Workspace, found: Map, card: MapCard) -> None:
    """Replaces the metadata of a map in one commit; its coordinates stay the same."""
    _write(workspace, card, Places(found.product_ids, found.sha256, found.xy_n2, found.placed_n, found.far_n))


def read_map(workspace: Workspace, model: str, name: str) -> Map:
    """CatalogueError when there is no such map."""
    table = workspace.table(map_table(model, name))
    if table is None:
        have = [card.name for card in list_maps(workspace, model)]
        raise CatalogueError(f"model {model!r} has no map {name!r}; it has: {', '.join(have) or 'none'}")
    rows = table.to_arrow()
    xy_n2 = np.column_stack([rows["x"].to_numpy(), rows["y"].to_numpy()])
    placed_n, far_n = np.zeros(len(rows), np.int32), np.zeros(len(rows), bool)
    sha256: list[str | None] = [None] * len(rows)
    if "_placed" in rows.column_names:
        placed_n = pc.fill_null(rows["_placed"], 0).to_numpy().astype(np.int32)
        far_n = pc.fill_null(rows["_far"], False).to_numpy()
        sha256 = rows["_picture_sha256"].to_pylist()
    card = _counted(_card(table.schema), len(rows), int((placed_n > 0).sum()), int(placed_n.max(initial=0)))
    return Map(card, rows["product_id"].to_pylist(), xy_n2, table.version, sha256, placed_n, far_n)


def list_maps(workspace: Workspace, model: str) -> list[MapCard]:
    """Oldest first."""
    names = [name for name in workspace.table_names() if name.startswith(f"map--{model}--")]
    tables = [workspace.table(name) for name in names]
    return sorted((_card_of(table) for table in tables if table is not None), key=lambda card: card.made)


def map_table(model: str, name: str) -> str:
    """What `Workspace.stamp` takes."""
    return f"map--{model}--{name}"


def _write(workspace: Workspace, card: MapCard, places: Places) -> None:
    said = {key: value for key, value in asdict(card).items() if key not in _COUNTED}
    schema = pa.schema(_COLUMNS, metadata={_CARD: json.dumps(said).encode()})
    name = map_table(card.model, card.name)
    mode = "overwrite" if name in workspace.table_names() else "create"
    workspace.tables.create_table(name, _rows(places, schema), mode=mode)


def _rows(places: Places, schema: pa.Schema) -> pa.Table:
    x_n, y_n = np.ascontiguousarray(places.xy_m2.T, dtype=np.float32)
    arrays = [
        pa.array(places.product_ids, pa.string()),
        pa.array(x_n),
        pa.array(y_n),
        pa.array(places.sha256, pa.string()),
        pa.array(places.placed_m.astype(np.int32)),
        pa.array(places.far_m.astype(bool)),
    ]
    return pa.table(arrays, schema=schema)


def _merged(before: Map, places: Places) -> Places:
    """All rows of a map with some replaced and others added."""
    row_of = {product_id: i for i, product_id in enumerate(before.product_ids)}
    kept = np.setdiff1d(np.arange(len(before.product_ids)), [row_of.get(key, -1) for key in places.product_ids])
    return Places(
        [before.product_ids[i] for i in kept] + places.product_ids,
        [before.sha256[i] for i in kept] + places.sha256,
        np.concatenate([before.xy_n2[kept], places.xy_m2]),
        np.concatenate([before.placed_n[kept], places.placed_m]),
        np.concatenate([before.far_n[kept], places.far_m]),
    )


def _card_of(table: Table) -> MapCard:
    placed = (
        table.search().select(["_placed"]).where("_placed > 0").to_arrow() if "_placed" in table.schema.names else ()
    )
    newest = max((int(version) for version in placed["_placed"].to_pylist()), default=0) if placed else 0
    return _counted(_card(table.schema), table.count_rows(), len(placed), newest)


def _counted(card: MapCard, products: int, placed: int, newest: int) -> MapCard:
    return replace(card, products=products, placed=placed, up_to=max(card.catalogue_version, newest))


def _card(schema: pa.Schema) -> MapCard:
    known = {each.name for each in fields(MapCard)} - {*_COUNTED}
    try:
        said = json.loads((schema.metadata or {})[_CARD])
        card = MapCard(**{key: value for key, value in said.items() if key in known})
        # of a stranger they may be anything
        told = isinstance(card.lonely, float) and 0 <= card.lonely < math.inf
        counted = type(card.sample) is int and card.sample >= 0
        return replace(card, lonely=card.lonely if told else None, sample=card.sample if counted else 0)
    except (KeyError, ValueError, TypeError, AttributeError) as reason:
        raise CatalogueError(f"a map in this workspace has no card ({reason}): make it again") from None
