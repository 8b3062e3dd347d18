"""Tables as strangers write them: a file becomes columns of cells, and a column of cells becomes values of one kind.

Reading order: sheet (what was read), opening (a file -> a Sheet) with separated, excel, json_lines, parquet; headers;
kinds (cells -> values) with numbers and times; writing (values -> cells that are read as the same values again).
"""

from looks_like.data.sheets.headers import USUAL, distinct, matched, names_of, pick
from looks_like.data.sheets.kinds import (
    KINDS,
    Reading,
    cells_of,
    convert,
    kind_of,
    pieces,
    plain_kind,
    sniff,
    stored,
    texts_of,
)
from looks_like.data.sheets.opening import ENDINGS, is_sheet, open_sheet
from looks_like.data.sheets.sheet import UNIT, Cell, Cells, Refused, Sheet, unit_of
from looks_like.data.sheets.writing import (
    FILLED,
    RESULT,
    json_cells,
    marked_headers,
    unmarked,
    with_units,
    written_cells,
)

__all__ = [
    "ENDINGS",
    "FILLED",
    "KINDS",
    "RESULT",
    "UNIT",
    "USUAL",
    "Cell",
    "Cells",
    "Reading",
    "Refused",
    "Sheet",
    "cells_of",
    "convert",
    "distinct",
    "is_sheet",
    "json_cells",
    "kind_of",
    "marked_headers",
    "matched",
    "names_of",
    "open_sheet",
    "pick",
    "pieces",
    "plain_kind",
    "sniff",
    "stored",
    "texts_of",
    "unit_of",
    "unmarked",
    "with_units",
    "written_cells",
]
