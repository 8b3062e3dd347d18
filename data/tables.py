"""Tables that leave the workspace: CSV, Parquet or JSON lines, batch by batch, so that memory does not grow with them.

In CSV no cell is a formula; texts of a list have " | " between them. JSON has times as text and no NaN.
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from looks_like.data.csv_formulas import escape_formula_cell, escape_formulas
from looks_like.data.tags import BETWEEN_TAGS

_ROWS = 10_000  # turned into Python's values at once
Write = Callable[[pa.Table], None]


@contextmanager
def _csv(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    names = escape_formulas(pa.array(schema.names, pa.string())).to_pylist()
    kinds = [pa.string() if pa.types.is_list(field.type) else field.type for field in schema]
    with pa.csv.CSVWriter(out, pa.schema(list(zip(names, kinds, strict=True)))) as to:

        def write(table: pa.Table) -> None:
            to.write_table(pa.table([_cells(column) for column in table.columns], names=names))

        yield write


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_list(column.type):
        column = pc.binary_join(column, BETWEEN_TAGS)
    return escape_formulas(column) if pa.types.is_string(column.type) else column


@contextmanager
def _parquet(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    with pa.parquet.ParquetWriter(out, schema, compression="zstd") as to:
        yield to.write_table


@contextmanager
def _jsonl(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

    def write(table: pa.Table) -> None:
        for batch in table.to_batches(max_chunksize=_ROWS):
            for values in zip(*map(_json_values, batch.columns), strict=True):
                out.write(encode(dict(zip(schema.names, values, strict=True))).encode("utf-8") + b"\n")

    yield write


def _json_values(column: pa.Array) -> list[Any]:
    """Times as text; what is no finite number is not given."""
    if pa.types.is_timestamp(column.type):
        return [None if at is None else at.isoformat() for at in column.to_pylist()]
    if pa.types.is_float32(column.type):  # with the digits that it has, not with those of a double
        column = column.cast(pa.string()).cast(pa.float64())
    values: list[Any] = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [value if value is None or math.isfinite(value) else None for value in values]
    return values


_WRITERS = {"csv": _csv, "parquet": _parquet, "jsonl": _jsonl}
KINDS = tuple(_WRITERS)


def table_writer(out: BinaryIO, kind: str, schema: pa.Schema) -> AbstractContextManager[Write]:
    """A function that writes tables of this schema, as often as it is called. KeyError for none of KINDS."""
    return _WRITERS[kind](out, schema)


def write_lines(out: TextIO, lines: Iterable[Sequence[object]]) -> None:
    """A short report as CSV, with what is text made escape_formulas; `out` is opened with newline=""."""
    csv.writer(out).writerows(
        [escape_formula_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in lines
    )
