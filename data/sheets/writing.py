"""Values -> cells as people write them, such that reading them gives the same values again.

A table of text can't say that 01234 is a number or that 2024-01-31 is a text. Where the cells would be read as another
kind than they are, the header says it: "launched:text". Anybody may write that into a table of their own.
"""

import json
import math
from collections.abc import Collection, Mapping
from datetime import datetime

import pyarrow as pa

from looks_like.data.sheets.kinds import KINDS, kind_of, sniff
from looks_like.data.sheets.numbers import EXACT_INTEGER_MAX
from looks_like.data.sheets.sheet import UNIT, Cell, Cells, unit_of

RESULT = "result"  # in place of a kind: a column that was worked out here, which no import takes for an attribute
FILLED = (
    "filled"  # of a result: the columns whose value in that row was only proposed, and accepted; " | " between them
)


def unmarked(header: str) -> tuple[str, str]:
    """(the name, the kind that its header says or ""): "launched:text" is ("launched", "text")."""
    name, colon, kind = header.rpartition(":")
    return (name, kind.strip()) if colon and kind.strip() in (*KINDS, RESULT) else (header, "")


def marked_headers(table: pa.Table, taken: Collection[str], *, typed: bool | None) -> list[str]:
    """The headers of a table that is to be written, each with its kind where the cells would not say it.

    `taken`: names, in small letters, that a reader would take for something else. `typed`: as in `Sheet`, None where
    the file keeps the type of each column.
    """
    return [
        f"{field.name}:{kind_of(field.type, unit_of(field))}"
        if field.name.lower() in taken
        or unmarked(field.name)[1]
        or (typed is not None and _is_misread(field, column, typed))
        else field.name
        for field, column in zip(table.schema, table.columns, strict=True)
    ]


def written_cells(column: pa.ChunkedArray, unit: str = "") -> list[str | None]:
    """As text: 5, 0.5, € 12.50, 2024-01-31, 2024-01-31 17:30:00+02:00, true, ["s", "m"]."""
    return [_written(value, unit) for value in _plain_floats(column).to_pylist()]


def _written(value: Cell, unit: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{unit} {_amount(value)}" if unit else _number(value)
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) <= EXACT_INTEGER_MAX else repr(value)


def _amount(value: float) -> str:
    cents = f"{value:.2f}"
    return cents if float(cents) == value and abs(value) < 1e13 else repr(value)


def json_cells(column: pa.ChunkedArray | pa.Array, unit: str = "") -> list[Cell]:
    """For JSON: numbers, truths and lists as they are; all else as text; what is no finite number is not given."""
    return [_json(value, unit) for value in _plain_floats(column).to_pylist()]


def _plain_floats(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """With the digits that a short float has, not with those of a double."""
    return column.cast(pa.string()).cast(pa.float64()) if pa.types.is_float32(column.type) else column


def _json(value: Cell, unit: str) -> Cell:
    if isinstance(value, float) and not unit:
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | list) else _written(value, unit)


def _is_misread(field: pa.Field, column: pa.ChunkedArray, typed: bool) -> bool:
    unit = unit_of(field)
    cells: Cells = json_cells(column, unit) if typed else list(written_cells(column, unit))
    read = sniff(field.name, cells, range(len(cells)), typed=typed)
    return (read.kind, read.unit) != (kind_of(field.type, unit), unit)


def with_units(table: pa.Table, units: Mapping[str, str]) -> pa.Table:
    """The table with the currencies of its columns in its fields."""
    fields = [f.with_metadata({UNIT: units[f.name].encode()}) if f.name in units else f for f in table.schema]
    return table.cast(pa.schema(fields))
