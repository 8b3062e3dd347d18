"""Latent codes, one table per model (codes--<model>). Each row holds a product id, its code and the SHA-256 of the
encoded picture; of a look also its fine numbers, a byte each.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.table import Table

from looks_like.data.errors import CatalogueError

_FINE = "fine"


class Tables(Protocol):
    """Where codes lie: a workspace, or what many machines share."""

    @property
    def tables(self) -> lancedb.DBConnection: ...

    def table(self, name: str) -> Table | None:
        """The newest committed state of a table, or None."""


@dataclass(frozen=True)
class Embedding:
    product_ids: list[str]
    sha256: list[str]  # of the picture that each code stands for
    z_nd: np.ndarray  # float32
    weights: str  # fingerprint of the model's weights
    version: int  # of this table


def read_embedding(place: Tables, model: str) -> Embedding | None:
    """All codes of a model, in no order; None before the first."""
    return _read(place, model, "z", np.dtype(np.float32))


def read_fine(place: Tables, model: str) -> Embedding | None:
    """The fine numbers of a look in place of its codes, int8; None where it has none."""
    return _read(place, model, _FINE, np.dtype(np.int8))


def _read(place: Tables, model: str, column: str, kind: np.dtype[Any]) -> Embedding | None:
    table = place.table(f"codes--{model}")
    if table is None or column not in table.schema.names:
        return None
    rows = table.search().select(["product_id", "_picture_sha256", column]).to_arrow().combine_chunks()
    numbers = rows[column].combine_chunks()
    z_nd = numbers.flatten().to_numpy().reshape(len(rows), numbers.type.list_size).astype(kind)
    weights = _weights_of(table)
    return Embedding(rows["product_id"].to_pylist(), rows["_picture_sha256"].to_pylist(), z_nd, weights, table.version)


def coded_by(place: Tables, model: str) -> str:
    """The fingerprint of the weights that a model's codes are of; "" where it has none."""
    table = place.table(f"codes--{model}")
    return _weights_of(table) if table is not None and table.count_rows() else ""


def coded_pictures(place: Tables, model: str) -> tuple[pa.Array, pa.Array]:
    """-> (products that have a code, the SHA-256 of the picture that it stands for)"""
    table = place.table(f"codes--{model}")
    if table is None:
        return pa.array([], pa.string()), pa.array([], pa.string())
    rows = table.search().select(["product_id", "_picture_sha256"]).to_arrow().combine_chunks()
    return rows["product_id"].combine_chunks(), rows["_picture_sha256"].combine_chunks()


def _weights_of(table: Table) -> str:
    said: bytes = (table.schema.metadata or {}).get(b"weights", b"")
    return said.decode()


def product_ids_in(place: Tables, name: str) -> list[str]:
    """Whose codes, places or clusters a table holds; of products that are deleted by now too."""
    table = place.table(name)
    return [] if table is None else list(table.search().select(["product_id"]).to_arrow()["product_id"].to_pylist())


def embedding_version(place: Tables, model: str) -> int:
    table = place.table(f"codes--{model}")
    return 0 if table is None else int(table.version)


def write_codes(
    place: Tables,
    model: str,
    weights: str,
    product_ids: list[str],
    sha256: list[str],
    z_nd: np.ndarray,
    fine_nk: np.ndarray | None = None,
) -> None:
    """Adds codes, or replaces those of products whose picture changed, in one commit; fine numbers (int8) too."""
    schema = pa.schema(
        [
            pa.field("product_id", pa.string(), nullable=False),
            pa.field("_picture_sha256", pa.string()),
            pa.field("z", pa.list_(pa.float32(), z_nd.shape[1])),
        ],
        metadata={b"weights": weights.encode()},
    )
    batch = pa.table([pa.array(product_ids), pa.array(sha256), _lists(z_nd.astype(np.float32))], schema=schema)
    if fine_nk is not None and fine_nk.shape[1]:
        batch = batch.append_column(_FINE, _lists(fine_nk.astype(np.int8)))
    table = place.table(f"codes--{model}")
    if table is None:
        place.tables.create_table(f"codes--{model}", batch)
        return
    if _weights_of(table) != weights:
        raise CatalogueError(f"the codes of model {model!r} were made by other weights; encode it again from the start")
    table.merge_insert("product_id").when_matched_update_all().when_not_matched_insert_all().execute(batch)


def _lists(numbers_nd: np.ndarray) -> pa.FixedSizeListArray:
    return pa.FixedSizeListArray.from_arrays(pa.array(numbers_nd.ravel()), numbers_nd.shape[1])


def drop_codes(place: Tables, model: str) -> None:
    if place.table(f"codes--{model}") is not None:
        place.tables.drop_table(f"codes--{model}")
