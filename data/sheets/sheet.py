"""What was read from a file, before anything is made of it."""

from dataclasses import dataclass
from dataclasses import field as default
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from looks_like.data.errors import CatalogueError

COLUMNS_MAX = 1000
UNIT = b"unit"  # of a field's metadata: the currency of a column of money
Cell: TypeAlias = str | int | float | bool | date | datetime | list | None
Cells: TypeAlias = "list[Cell] | pa.ChunkedArray"  # the latter where the file itself knows the type of a column


class NotOfKind(ValueError):
    """Says why a text is no value of a kind: "begins with a zero"."""


@dataclass(frozen=True)
class Refused:
    """A row that can't be one; `where` is "row 17"."""

    where: str
    reason: str


@dataclass
class Sheet:
    """Columns of cells. Where `typed`, a text is one because its file says so; else every cell is text."""

    headers: list[str]
    columns: list[Cells]
    rows: list[int]  # the number of each row in its file, the first under the headers being 1
    typed: bool
    formulas: bool = False  # whether a cell may be guarded against being run as a formula
    decimal_comma: bool = False  # whether the file is of a country that writes 1,5
    units: dict[str, str] = default(default_factory=dict)  # currencies that the file itself tells
    refused: list[Refused] = default(default_factory=list)
    notes: list[str] = default(default_factory=list)  # what was done to the file, as sentences

    def cells(self, header: str) -> Cells:
        """Of the column with this header."""
        return self.columns[self.headers.index(header)]


def refuse_too_wide(path: Path, columns: int) -> None:
    """CatalogueError for more columns than anybody looks at."""
    if columns > COLUMNS_MAX:
        raise CatalogueError(f"{path}: more than {COLUMNS_MAX:,} columns. Leave out those that nobody needs")


def unit_of(field: pa.Field) -> str:
    """The currency of a column of money, else ""."""
    unit: bytes = (field.metadata or {}).get(UNIT, b"")
    return unit.decode("utf-8", "replace")
