"""Parquet: columns know their types."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.numbers import is_currency
from looks_like.data.sheets.sheet import Sheet, unit_of


def read_parquet(path: Path) -> Sheet:
    """CatalogueError when it is none."""
    try:
        table = pa.parquet.read_table(path)
    except (pa.ArrowException, OSError) as reason:
        said = (str(reason).splitlines() or [type(reason).__name__])[0][:200]
        raise CatalogueError(f"{path}: can't be read as a table ({said})") from None
    units = {field.name: unit for field in table.schema if is_currency(unit := unit_of(field))}
    rows = list(range(1, table.num_rows + 1))
    return Sheet(list(table.column_names), list(table.columns), rows, typed=True, units=units)
