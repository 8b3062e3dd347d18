"""A catalogue that lies where many machines reach it: Lance tables at an address, a folder or s3://, gs://, az://.

    products             product_id, _picture_sha256, _picture: of each product its square picture, JPEG or PNG
    codes--<weights>     as a workspace has of a model, by the fingerprint of its weights

One address is of one catalogue: a product that is put there takes the place of one of its id.

Who else writes the first one needs nothing of this program. Addresses of servers and keys are read by Lance from the
environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT, GOOGLE_SERVICE_ACCOUNT …), never from a file of ours.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lancedb.index import IvfFlat
from lancedb.table import Table

from looks_like.data.catalogue import Catalogue
from looks_like.data.embeddings import coded_pictures
from looks_like.data.errors import CatalogueError
from looks_like.data.schema import PRODUCT_COLUMNS, PRODUCTS

_COLUMNS = pa.schema([PRODUCT_COLUMNS.field(name) for name in ("product_id", "_picture_sha256", "_picture")])
_ABOUT = ("product_id", "_picture_sha256")
_CHUNK = 2048  # products of one commit: some 20 MB
_GONE_AT_ONCE = 500  # ids in one condition
_INDEXED_FROM = 50_000  # codes; fewer are compared one by one in some hundredths of a second
_PROBES_MAX = 64  # of the index's parts, that an answer looks into
_ASKED, _ASKED_K = 100, 10  # codes by which the index is judged, and how many nearest of each


@dataclass(frozen=True)
class SharedPictures:
    """What a worker reads: the products at an address as they were at a version."""

    address: str
    version: int

    @cached_property
    def _table(self) -> Table:
        table = SharedTables(self.address).require_products()
        table.checkout(self.version)
        return table

    def __getitem__(self, row_ids_m: np.ndarray) -> pa.Table:
        """product_id, _picture_sha256 and _picture of those at these row ids, in their order."""
        asked = self._table.take_row_ids([int(row_id) for row_id in row_ids_m]).select([*_COLUMNS.names])
        rows = asked.with_row_id().to_arrow()
        return rows.take(pc.index_in(pa.array(row_ids_m, pa.uint64()), value_set=rows["_rowid"].combine_chunks()))


class SharedTables:
    """The tables at an address. CatalogueError where there is no way to it, or they are none of ours."""

    def __init__(self, address: str) -> None:
        self.address = address if "://" in address else str(Path(address).resolve())

    @cached_property
    def tables(self) -> lancedb.DBConnection:
        return lancedb.connect(self.address)

    def table(self, name: str) -> Table | None:
        """The newest committed state of a table, or None."""
        try:
            return self.tables.open_table(name) if name in self._names() else None
        except (RuntimeError, ValueError, OSError) as reason:
            raise self._unreachable(reason) from None

    def _names(self) -> Iterator[str]:
        page = self.tables.list_tables(limit=100)
        yield from page.tables
        while page.page_token:
            page = self.tables.list_tables(limit=100, page_token=page.page_token)
            yield from page.tables

    def _unreachable(self, reason: Exception) -> CatalogueError:
        said = (str(reason).splitlines() or [""])[0][:300]
        return CatalogueError(f"{self.address} can't be read or written ({said}): check the address, and the keys")

    def require_products(self) -> Table:
        """CatalogueError where no products lie there, or not in these columns."""
        table = self.table(PRODUCTS)
        if table is None:
            raise CatalogueError(f"no products lie at {self.address}: put some there from a workspace that has them")
        lacking = [name for name in _COLUMNS.names if name not in table.schema.names]
        if lacking:
            raise CatalogueError(f"the products at {self.address} have no column {' and no column '.join(lacking)}")
        return table

    def put(self, catalogue: Catalogue) -> Iterator[tuple[int, int]]:
        """Adds products that are not there, and those that have another picture by now; -> (done, total).

        What others put there stays. Killed midway, the next run goes on.
        """
        table = self.table(PRODUCTS)
        lies = pa.schema([_COLUMNS.field(name) for name in _ABOUT]).empty_table()
        if table is not None:
            lies = table.search().select([*_ABOUT]).to_arrow()
        own = catalogue.rows.select([*_ABOUT])
        at_n = pc.index_in(own["product_id"].combine_chunks(), value_set=lies["product_id"].combine_chunks())
        same_n = pc.equal(lies["_picture_sha256"].combine_chunks().take(at_n), own["_picture_sha256"].combine_chunks())
        rows_m = np.flatnonzero(catalogue.there_n & ~pc.fill_null(same_n, False).to_numpy(zero_copy_only=False))
        known_m = at_n.is_valid().to_numpy(zero_copy_only=False)[rows_m]
        yield 0, len(rows_m)
        if table is not None:
            _take_out(table, [catalogue.product_ids[row] for row in rows_m[known_m]])
        for i in range(0, len(rows_m), _CHUNK):
            chunk = rows_m[i : i + _CHUNK]
            columns = [own[name].take(pa.array(chunk)) for name in _ABOUT]
            pictures = pa.array(catalogue.pictures(chunk), pa.large_binary())
            batch = pa.table([*columns, pictures], schema=_COLUMNS)
            try:
                if table is None:
                    table = self.tables.create_table(PRODUCTS, batch)
                else:
                    table.add(batch)
            except (RuntimeError, OSError) as reason:
                raise self._unreachable(reason) from None
            yield min(i + _CHUNK, len(rows_m)), len(rows_m)

    def without_codes(self, weights: str) -> tuple[SharedPictures, np.ndarray]:
        """-> (the products as they are now, uint64 row ids of those whose picture has no code of these weights).

        Of rows with one id, as two who put it there at once leave them, the last counts; one without an id is none.
        """
        table = self.require_products()
        rows = table.search().select([*_ABOUT]).with_row_id(True).to_arrow()
        ids, pictures = coded_pictures(self, weights)
        at_n = pc.index_in(rows["product_id"].combine_chunks(), value_set=ids)
        coded_n = pc.fill_null(pc.equal(pictures.take(at_n), rows["_picture_sha256"].combine_chunks()), False)
        last = {key: at for at, key in enumerate(rows["product_id"].to_pylist()) if key}
        is_last_n = np.zeros(len(rows), bool)
        is_last_n[list(last.values())] = True
        left_n = is_last_n & ~coded_n.to_numpy(zero_copy_only=False)
        return SharedPictures(self.address, table.version), rows["_rowid"].to_numpy()[left_n]

    def row_ids(self, product_ids: list[str]) -> tuple[SharedPictures, np.ndarray]:
        """-> (the products as they are now, uint64 row ids of these). CatalogueError where one does not lie there."""
        table = self.require_products()
        rows = table.search().select(["product_id"]).with_row_id(True).to_arrow()
        at_m = pc.index_in(pa.array(product_ids, pa.string()), value_set=rows["product_id"].combine_chunks())
        if at_m.null_count:
            raise CatalogueError(
                f"{at_m.null_count:,} of these products do not lie at {self.address}: put them there again"
            )
        return SharedPictures(self.address, table.version), rows["_rowid"].take(at_m).to_numpy()

    def index_codes(self, weights: str) -> float | None:
        """Makes the index of these codes, or takes in what is new; -> the share of the nearest that it finds.

        An inverted file (IVF; Jégou et al., 2011) of as many parts as the root of their number, which lies beside them
        and is never held in memory. None for few codes, which need none.
        """
        table = self._codes(weights)
        count, indices = table.count_rows(), table.list_indices()
        if count < _INDEXED_FROM:
            return None
        if indices and 2 * indices[0].num_indexed_rows > count:
            table.optimize()
        else:
            table.create_index("z", config=IvfFlat(distance_type="l2", num_partitions=math.isqrt(count)))
        asked = table.take_offsets(np.linspace(0, count - 1, _ASKED).astype(int).tolist()).select(["z"]).to_arrow()
        found = 0
        for z_d in asked["z"].to_pylist():
            by_index, by_all = (_nearest(table, z_d, _ASKED_K, exact=exact) for exact in (False, True))
            found += len({*by_index["product_id"].to_pylist()} & {*by_all["product_id"].to_pylist()})
        return found / (_ASKED * _ASKED_K)

    def code(self, weights: str, product_id: str) -> np.ndarray:
        """float32 (D,). CatalogueError where that product has none."""
        rows = (
            self._codes(weights).search().where(f"product_id = {_quoted(product_id)}").select(["z"]).limit(1).to_arrow()
        )
        if not len(rows):
            raise CatalogueError(f"no product {product_id[:80]!r} with a code lies at {self.address}")
        return np.array(rows["z"][0].as_py(), np.float32)

    def nearest(self, weights: str, z_d: np.ndarray, k: int) -> list[tuple[str, float]]:
        """-> (product, distance) of the k codes nearest to one, nearest first; by the index where there is one."""
        rows = _nearest(self._codes(weights), z_d.tolist(), k)
        return [*zip(rows["product_id"].to_pylist(), np.sqrt(rows["_distance"].to_numpy()).tolist(), strict=True)]

    def _codes(self, weights: str) -> Table:
        table = self.table(f"codes--{weights}")
        if table is None:
            raise CatalogueError(
                f"no codes of this model lie at {self.address}: looks-like encode --at ADDRESS makes them"
            )
        return table


def _nearest(table: Table, z_d: list[float], k: int, *, exact: bool = False) -> pa.Table:
    asked = table.search(z_d, vector_column_name="z").distance_type("l2").select(["product_id", "_distance"]).limit(k)
    return (asked.bypass_vector_index() if exact else asked.nprobes(_PROBES_MAX)).to_arrow()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _take_out(table: Table, product_ids: list[str]) -> None:
    for i in range(0, len(product_ids), _GONE_AT_ONCE):
        quoted = ", ".join(map(_quoted, product_ids[i : i + _GONE_AT_ONCE]))
        table.delete(f"product_id IN ({quoted})")
