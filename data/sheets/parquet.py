"""Parquet: columns know their types."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.numbers import is_currency
from looks_like.data.sheets.sheet import Sheet, unit_of

BYTES_MAX = 4_000_000_000  # in memory: a file of kilobytes may say one value millions of times


def _bounded(path: Path) -> pa.Table:
    with pa.parquet.ParquetFile(path) as file:
        batches, size = list[pa.RecordBatch](), 0
        for batch in file.iter_batches():
            batches.append(batch)
            size += batch.nbytes
            if size > BYTES_MAX:
                raise pa.ArrowInvalid(f"more than {BYTES_MAX // 10**9} GB when unpacked")
        return pa.Table.from_batches(batches, file.schema_arrow)


def read_parquet(path: Path) -> Sheet:
    """CatalogueError when it is none."""
    try:
        table = _bounded(path)
        table.validate(full=True)  # a text that is no UTF-8 would be found out much later
    except (pa.ArrowException, OSError) as reason:
        said = (str(reason).splitlines() or [type(reason).__name__])[0][:200]
        raise CatalogueError(f"{path}: can't be read as a table ({said})") from None
    units = {field.name: unit for field in table.schema if is_currency(unit := unit_of(field))}
    rows = list(range(1, table.num_rows + 1))
    return Sheet(list(table.column_names), list(table.columns), rows, typed=True, units=units)
