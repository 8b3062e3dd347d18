"""One version of the catalogue: ids, names and attributes are held in memory; pictures are read from the store on
demand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute
from lancedb.table import Table

from looks_like.data.conditions import Marks, met_by
from looks_like.data.errors import CatalogueError
from looks_like.data.schema import OURS, PRODUCT_COLUMNS, PRODUCTS, held_out, names_by_header
from looks_like.data.sheets import unit_of
from looks_like.data.workspace import Workspace


@dataclass(frozen=True)
class Catalogue:
    """Row i is the i-th product ever imported. Row numbers never change: later versions only append rows."""

    version: int
    rows: pa.Table  # all columns but the pictures, in order; attributes by the names that people gave them
    _table: Table  # pinned to this version
    _row_ids: np.ndarray
    units: Mapping[str, str] = field(default_factory=dict)  # of attributes that are money: their currency

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @cached_property
    def product_ids(self) -> list[str]:
        return list(self.rows["product_id"].to_pylist())

    @cached_property
    def names(self) -> list[str]:
        """The name, or the id where there is none."""
        return [name or key for name, key in zip(self.rows["name"].to_pylist(), self.product_ids, strict=True)]

    @cached_property
    def attributes(self) -> list[str]:
        return [name for name in self.rows.column_names if name not in OURS]

    @cached_property
    def comparable_attributes(self) -> list[str]:
        """Attributes worth comparing: two or more distinct values, and not text in which more than half of the
        values are unique (ids).
        """
        half = max(1, len(self) // 2)

        def varies(name: str) -> bool:
            column = self.rows[name]
            if pa.types.is_list(column.type):  # which Arrow does not count
                return bool(column.null_count < len(column))
            different = int(pa.compute.count_distinct(column, mode="only_valid").as_py())
            return different > 1 and (different <= half or not pa.types.is_string(column.type))

        return [name for name in self.attributes if varies(name)]

    @cached_property
    def _attribute_rows(self) -> pa.RecordBatch:
        return self.rows.select(self.attributes).combine_chunks().to_batches()[0]

    @cached_property
    def sha256(self) -> list[str]:
        return list(self.rows["_picture_sha256"].to_pylist())

    @cached_property
    def held_out(self) -> np.ndarray:
        return held_out(self.product_ids)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {product_id: i for i, product_id in enumerate(self.product_ids)}

    @cached_property
    def _by_picture(self) -> dict[str, int]:
        return {digest: i for i, digest in reversed(list(enumerate(self.sha256)))}

    def row(self, product_id: str) -> int:
        """The row number of a product id. CatalogueError if the catalogue has no such product."""
        if product_id not in self._place:
            raise CatalogueError(f"there is no product {product_id[:80]!r} in this catalogue of {len(self):,}")
        return self._place[product_id]

    def row_of_picture(self, sha256: str) -> int | None:
        return self._by_picture.get(sha256)

    def has(self, product_id: str) -> bool:
        return product_id in self._place

    def rows_of(self, product_ids: Iterable[str]) -> np.ndarray:
        """(M,) int64 row numbers of product ids, -1 for an unknown id. A million ids take 0.3 s."""
        product_ids = list(product_ids)
        try:
            wanted = pa.array(product_ids, pa.string())
        except UnicodeEncodeError:  # what was typed is no text, so it names no product
            return np.array([self._place.get(product_id, -1) for product_id in product_ids], np.int64)
        found = pa.compute.index_in(wanted, value_set=self.rows["product_id"].combine_chunks())
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)

    def values(self, row: int) -> dict[str, object]:
        """The attributes of a product that has them."""
        return self.values_of([row])[0]

    def values_of(self, rows: Sequence[int] | np.ndarray) -> list[dict[str, object]]:
        """The same of several products, far faster than one by one."""
        taken = self._attribute_rows.take(pa.array(np.asarray(rows, dtype=np.int64)))
        if not self.attributes:
            return [{} for _ in rows]
        return [{name: value for name, value in values.items() if value is not None} for values in taken.to_pylist()]

    def rows_where(self, sql: str, marks: Mapping[str, Marks] | None = None) -> np.ndarray:
        """int64, sorted: the rows that meet a condition on id, name and attributes. CatalogueError for a mistake in it.

        The condition may be a stranger's: nothing but these columns, and `marks` beside them, can be read. A million
        rows take some hundredths of a second.
        """
        rows = self.rows.select(["product_id", "name", *self.attributes])
        return np.flatnonzero(met_by(sql, rows, self.units, marks)).astype(np.int64)

    def pictures(self, rows: Sequence[int] | np.ndarray) -> list[bytes]:
        """Encoded pictures, in the order asked; about 1 ms per 60."""
        wanted = self._row_ids[np.asarray(rows, dtype=np.int64)]
        unique = np.unique(wanted)
        found = self._table.take_row_ids([int(v) for v in unique]).select(["_picture"]).with_row_id().to_arrow()
        content = dict(zip(found["_rowid"].to_pylist(), found["_picture"].to_pylist(), strict=True))
        return [content[int(row_id)] for row_id in wanted]


def open_catalogue(workspace: Workspace, version: int | None = None) -> Catalogue:
    """The newest version or an older one. CatalogueError when nothing was imported yet, or that version is gone."""
    table = workspace.table(PRODUCTS)
    if table is None or table.count_rows() == 0:
        raise CatalogueError(f"{workspace.folder} holds no products yet. Put some in: looks-like import SOURCE")
    try:
        table.checkout(version or table.version)
    except (RuntimeError, ValueError):
        raise CatalogueError(f"{workspace.folder} no longer holds catalogue version {version}") from None
    columns = [name for name in table.schema.names if name != "_picture"]
    rows = table.search().select(columns).with_row_id(True).to_arrow()
    numbers_n = rows["_number"].to_numpy()
    if (np.diff(numbers_n) < 0).any():  # as after an update; sorting a million rows takes a second
        rows = rows.take(np.argsort(numbers_n, kind="stable"))
    rows = rows.combine_chunks()
    row_ids = rows["_rowid"].to_numpy()
    names = names_by_header(table.schema)
    units = {header: unit for header, name in names.items() if (unit := unit_of(table.schema.field(name)))}
    shown = rows.select([*(name for name in PRODUCT_COLUMNS.names if name != "_picture"), *names.values()])
    return Catalogue(
        table.version, shown.rename_columns([*shown.column_names[: -len(names) or None], *names]), table, row_ids, units
    )


def catalogue_version(workspace: Workspace) -> int:
    """The newest catalogue version, 0 before the first import; cheap enough to call on every page view."""
    table = workspace.table(PRODUCTS)
    return 0 if table is None else int(table.version)
