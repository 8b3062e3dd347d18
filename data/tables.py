"""Tables that leave the workspace: CSV, Parquet or JSON lines, batch by batch, so that memory does not grow with them.

Read again, they are the same values (`data/sheets/writing.py`). In CSV no cell is a formula; JSON has no NaN.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from looks_like.data.csv_formulas import escape_formula_cell, escape_formulas
from looks_like.data.sheets import json_cells, unit_of, written_cells
from looks_like.data.tags import BETWEEN_TAGS

JOINED = b"joined"  # of a field's metadata: a list that CSV writes with " | " between its texts
_ROWS = 10_000  # turned into Python's values at once
Write = Callable[[pa.Table], None]


@contextmanager
def _csv(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    names = escape_formulas(pa.array(schema.names, pa.string())).to_pylist()
    with pa.csv.CSVWriter(out, pa.schema([(name, pa.string()) for name in names])) as to:

        def write(table: pa.Table) -> None:
            cells = [_cells(field, column) for field, column in zip(schema, table.columns, strict=True)]
            to.write_table(pa.table(cells, names=names))

        yield write


def _cells(field: pa.Field, column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return escape_formulas(column)
    if (field.metadata or {}).get(JOINED):
        return escape_formulas(pc.binary_join(column, BETWEEN_TAGS))
    return pa.array(written_cells(column, unit_of(field)), pa.string())


@contextmanager
def _parquet(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    with pa.parquet.ParquetWriter(out, schema, compression="zstd") as to:
        yield to.write_table


@contextmanager
def _jsonl(out: BinaryIO, schema: pa.Schema) -> Iterator[Write]:
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

    def write(table: pa.Table) -> None:
        for batch in table.to_batches(max_chunksize=_ROWS):
            cells = [json_cells(column, unit_of(field)) for field, column in zip(schema, batch.columns, strict=True)]
            for values in zip(*cells, strict=True):
                out.write(encode(dict(zip(schema.names, values, strict=True))).encode("utf-8") + b"\n")

    yield write


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
