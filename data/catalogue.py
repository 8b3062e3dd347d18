"""One version of the catalogue: ids, names and attributes are held in memory; pictures are read from the store on
demand.

A deleted product leaves an empty row: no id, no name, no values. So who asks by id never finds it, nor what hangs on an
id (codes, places, clusters, tags); who goes through rows takes those of `there`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.table import Table

from looks_like.data.conditions import Marks, met_by
from looks_like.data.deletion_log import FOLDER, read_deletions
from looks_like.data.errors import CatalogueError
from looks_like.data.schema import OURS, PRODUCT_COLUMNS, PRODUCTS, held_out, names_by_header
from looks_like.data.sheets import unit_of
from looks_like.data.visual_attributes import VisualAttribute
from looks_like.data.workspace import Workspace

_ABOUT_ROWS = ("there_n", "there", "count", "product_ids", "names", "sha256", "held_out", "_place", "_by_picture")
_NUMBER, _UP_TO, _DELETED = "_number", "looks-like deletions", "looks-like deleted"


@dataclass(frozen=True)
class Catalogue:
    """Row i is the i-th product ever imported. Row numbers never change: later versions only append rows."""

    version: int
    rows: pa.Table  # all columns but the pictures, in order; attributes by the names that people gave them. Nulls alone
    # where the product is deleted
    _table: Table  # pinned to this version
    _row_ids: np.ndarray
    units: Mapping[str, str] = field(default_factory=dict)  # of attributes that are money: their currency
    deleted: Mapping[str, int] = field(default_factory=dict)  # the rows of deleted products, by id
    visual: Mapping[str, VisualAttribute] = field(default_factory=dict)  # attributes that were named here, by name
    filled: Mapping[str, np.ndarray] = field(default_factory=dict)  # by attribute, the rows whose value was filled here
    stamps: tuple[object, ...] = ()  # of what those follow from

    def __len__(self) -> int:
        """Rows, those of deleted products too: the length of every array over the catalogue."""
        return int(self.rows.num_rows)

    @property
    def as_of(self) -> tuple[object, ...]:
        """Changes with whatever it holds: the version, and what the attributes that were named here follow from."""
        return self.version, *self.stamps

    def with_columns(
        self, columns: Mapping[str, pa.Array], visual: Mapping[str, VisualAttribute], stamps: tuple[object, ...]
    ) -> "Catalogue":
        """The same with more attributes, a value a row, after those that were imported; `visual`: which were named."""
        rows = self.rows
        for name, values in columns.items():
            rows = rows.append_column(name, values)
        return self._with(rows=rows, visual=visual, stamps=(*self.stamps, *stamps))

    def with_values(
        self, columns: Mapping[str, pa.Array], filled: Mapping[str, np.ndarray], stamps: tuple[object, ...]
    ) -> "Catalogue":
        """The same with these columns in place of those of their names; `filled`: the rows that differ, of each."""
        rows = self.rows
        for name, values in columns.items():
            at = rows.column_names.index(name)
            rows = rows.set_column(at, rows.schema.field(at), values)
        return self._with(rows=rows, filled=filled, stamps=(*self.stamps, *stamps))

    def _with(self, **changes: Any) -> "Catalogue":
        more = replace(self, **changes)
        more.__dict__.update({name: self.__dict__[name] for name in _ABOUT_ROWS if name in self.__dict__})
        return more

    @cached_property
    def imported_attributes(self) -> list[str]:
        """Those that came with the products; the others were named here, and follow from a model's codes."""
        return [name for name in self.attributes if name not in self.visual]

    @cached_property
    def there_n(self) -> np.ndarray:
        """bool (N,), read-only: whose product is not deleted."""
        there_n = np.ones(len(self), bool)
        there_n[list(self.deleted.values())] = False
        there_n.flags.writeable = False
        return there_n

    @cached_property
    def there(self) -> np.ndarray:
        """int64, ascending: the rows of all products that are not deleted."""
        return np.flatnonzero(self.there_n)

    @cached_property
    def count(self) -> int:
        """Products; deleted ones are none."""
        return int(np.count_nonzero(self.there_n))

    def column(self, name: str) -> pa.ChunkedArray:
        """The values of all products that are not deleted, in the order of `there`."""
        return self.rows[name] if self.count == len(self) else self.rows[name].filter(pa.array(self.there_n))

    @cached_property
    def product_ids(self) -> list[str]:
        """By row; "" where the product is deleted, as for names and pictures."""
        return _texts(self.rows["product_id"])

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
        half = max(1, self.count // 2)

        def varies(name: str) -> bool:
            column = self.rows[name]
            if pa.types.is_list(column.type):  # which Arrow does not count
                return bool(column.null_count < len(column))
            different = int(pc.count_distinct(column, mode="only_valid").as_py())
            return different > 1 and (different <= half or not pa.types.is_string(column.type))

        return [name for name in self.attributes if varies(name)]

    @cached_property
    def _attribute_rows(self) -> pa.RecordBatch:
        return self.rows.select(self.attributes).combine_chunks().to_batches()[0]

    @cached_property
    def sha256(self) -> list[str]:
        return _texts(self.rows["_picture_sha256"])

    @cached_property
    def held_out(self) -> np.ndarray:
        """bool (N,): the products that no model learns from."""
        held_out_n: np.ndarray = held_out(self.product_ids) & self.there_n
        return held_out_n

    @cached_property
    def to_learn(self) -> np.ndarray:
        """bool (N,): the others."""
        return np.asarray(self.there_n & ~self.held_out)

    @cached_property
    def ever_to_learn(self) -> np.ndarray:
        """bool (N,): the same with products that are deleted by now: what a model may have learnt from."""
        ids = list(self.product_ids)
        for product_id, row in self.deleted.items():
            ids[row] = product_id
        return ~held_out(ids)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {self.product_ids[row]: row for row in self.there.tolist()}

    @cached_property
    def _by_picture(self) -> dict[str, int]:
        return {self.sha256[row]: row for row in self.there[::-1].tolist()}

    def row(self, product_id: str) -> int:
        """The row number of a product id. CatalogueError if the catalogue has no such product."""
        if product_id not in self._place:
            raise CatalogueError(f"there is no product {product_id[:80]!r} in this catalogue of {self.count:,}")
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
        found = pc.index_in(wanted, value_set=self.rows["product_id"].combine_chunks())
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
        return np.flatnonzero(met_by(sql, rows, self.units, marks) & self.there_n).astype(np.int64)

    def pictures(self, rows: Sequence[int] | np.ndarray) -> list[bytes]:
        """Encoded pictures, in the order asked; about 1 ms per 60."""
        wanted = self._row_ids[np.asarray(rows, dtype=np.int64)]
        unique = np.unique(wanted)
        found = self._table.take_row_ids([int(v) for v in unique]).select(["_picture"]).with_row_id().to_arrow()
        content = dict(zip(found["_rowid"].to_pylist(), found["_picture"].to_pylist(), strict=True))
        return [content[int(row_id)] for row_id in wanted]


def open_catalogue(workspace: Workspace, version: int | None = None) -> Catalogue:
    """The newest version or an older one. CatalogueError while there are no products, or that version is gone."""
    found = open_rows(workspace, version)
    if found is None or not found.count:
        raise CatalogueError(f"{workspace.folder} holds no products yet. Put some in: looks-like import SOURCE")
    return found


def open_rows(workspace: Workspace, version: int | None = None) -> Catalogue | None:
    """The same, also where all products are deleted; None before the first import."""
    table = workspace.table(PRODUCTS)
    if table is None or table.count_rows() == 0:
        return None
    try:
        table.checkout(version or table.version)
    except (RuntimeError, ValueError):
        raise CatalogueError(f"{workspace.folder} no longer holds catalogue version {version}") from None
    columns = [name for name in table.schema.names if name != "_picture"]
    rows = table.search().select(columns).with_row_id(True).to_arrow()
    numbers_n = rows[_NUMBER].to_numpy()
    if (np.diff(numbers_n) < 0).any():  # as after an update; sorting a million rows takes a second
        rows = rows.take(np.argsort(numbers_n, kind="stable"))
    rows = rows.combine_chunks()
    row_ids = rows["_rowid"].to_numpy()
    names = names_by_header(table.schema)
    units = {header: unit for header, name in names.items() if (unit := unit_of(table.schema.field(name)))}
    shown = rows.select([*(name for name in PRODUCT_COLUMNS.names if name != "_picture"), *names.values()])
    shown = shown.rename_columns([*shown.column_names[: -len(names) or None], *names])
    up_to = deletions_heeded(table)
    if not up_to:
        return Catalogue(table.version, shown, table, row_ids, units)
    log = read_deletions(workspace.folder)
    if up_to > log.newest:  # with an empty one, what was deleted would be there again, and numbers begin anew
        raise CatalogueError(f"{workspace.folder / FOLDER} lacks entries of the log: put those of a backup there")
    deleted_n = log.deleted_rows(up_to, len(shown))
    gone = np.flatnonzero(deleted_n)
    deleted = dict(zip(shown["product_id"].take(pa.array(gone)).to_pylist(), gone.tolist(), strict=True))
    return Catalogue(table.version, _emptied(shown, deleted_n), table, row_ids, units, deleted)


def catalogue_version(workspace: Workspace) -> int:
    """The newest catalogue version, 0 while there are no products; cheap enough to call on every page view."""
    table = workspace.table(PRODUCTS)
    if table is None:
        return 0
    said = table.schema.field(_NUMBER).metadata or {}
    gone = bool(said) and table.count_rows() <= int(said.get(_DELETED.encode(), 0))
    return 0 if gone else int(table.version)


def deletions_heeded(table: Table) -> int:
    """Up to which entry of the log of deletions this version of the products is without what was deleted."""
    return int((table.schema.field(_NUMBER).metadata or {}).get(_UP_TO.encode(), 0))


def heed_deletions(workspace: Workspace) -> None:
    """A version of the catalogue for what the log says by now: one commit, and none where nothing is new. To be called
    under the lock of writers.
    """
    table, log = workspace.table(PRODUCTS), read_deletions(workspace.folder)
    newest = log.newest_of_products
    if table is not None and deletions_heeded(table) < newest:
        gone = int(np.count_nonzero(log.deleted_rows(newest, table.count_rows())))
        said = {_UP_TO: str(newest), _DELETED: str(gone)}
        table.update_field_metadata({"path": _NUMBER, "metadata": said})


def _emptied(rows: pa.Table, deleted_n: np.ndarray) -> pa.Table:
    """The rows with nulls in all columns but the number, where a product is deleted."""
    kept = pa.array(~deleted_n)
    for at, (name, column) in enumerate(zip(rows.column_names, rows.columns, strict=True)):
        if name != _NUMBER:
            column = pc.if_else(kept, column, pa.scalar(None, column.type))
            rows = rows.set_column(at, pa.field(name, column.type), column)
    return rows.combine_chunks()


def _texts(column: pa.ChunkedArray) -> list[str]:
    return list(pc.fill_null(column, "").to_pylist())
