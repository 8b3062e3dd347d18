"""Tables of text, .csv and .tsv: which encoding, which delimiter, and rows as their writer meant them."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from looks_like.data.csv_formulas import unescape_formula
from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.sheet import Refused, Sheet

CELL_CHARACTERS_MAX, ROW_LINES_MAX = 1_000_000, 1000
_DELIMITERS = ",;\t|"
_LOOKED_AT = 100  # rows, to find the delimiter
_SHOWN = 80  # characters of a row that is refused
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAID = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass
class _Row:
    cells: list[str]
    lone_quote: bool = False  # read as it is: a quote in it opens and never closes
    reason: str = ""  # why it can't be read at all


def read_separated(path: Path) -> Sheet:
    """CatalogueError when it is no text, or holds no header."""
    text, notes = _decoded(path)
    first, _, rest = text.partition("\n")
    said = first.strip().lower().removeprefix("sep=") if first.lower().startswith("sep=") else ""
    if said and said in _DELIMITERS:
        text = rest  # Excel's own word for it
    delimiter = said or ("\t" if path.suffix.lower() == ".tsv" else _delimiter(text))
    rows = (row for row in _rows(text, delimiter) if row.cells or row.reason)
    header = next(rows, None)
    if header is None or header.reason:
        raise CatalogueError(f"{path}: can't be read as a table (there is no header in its first row)")
    if delimiter != ("\t" if path.suffix.lower() == ".tsv" else ","):
        notes.append(f"cells are separated by {_SAID[delimiter]}")
    headers = [unescape_formula(cell) for cell in header.cells]
    sheet = Sheet(headers, [[] for _ in headers], [], typed=False, formulas=True, notes=notes)
    sheet.decimal_comma = delimiter == ";"
    _fill(sheet, rows, delimiter)
    return sheet


def _fill(sheet: Sheet, rows: Iterator[_Row], delimiter: str) -> None:
    lone = list[int]()
    for number, row in enumerate(rows, 1):
        cells, width = row.cells, len(sheet.headers)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        reason = row.reason
        if not reason and len(cells) != width:
            shown = delimiter.join(cells)[:_SHOWN]
            reason = f"{len(cells)} cells where the header has {width}: {shown}"
        if reason:
            sheet.refused.append(Refused(f"row {number}", reason))
            continue
        if row.lone_quote:
            lone.append(number)
        for column, cell in zip(sheet.columns, cells, strict=True):
            assert isinstance(column, list)
            column.append(unescape_formula(cell) or None)
        sheet.rows.append(number)
    if lone:
        few = ", ".join(f"{number:,}" for number in lone[:5]) + (" …" if len(lone) > 5 else "")
        sheet.notes.append(f"a quote opens and never closes in row {few}: read as it stands there")


def _decoded(path: Path) -> tuple[str, list[str]]:
    try:
        content = path.read_bytes()
    except OSError as reason:
        raise CatalogueError(f"{path}: can't be read as a table ({reason.strerror})") from None
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError:
        pass
    try:
        if b"\0" in content:
            raise ValueError("it is no text")
        return content.decode("cp1252"), ["it is not UTF-8, so it was read as Windows-1252: look at its accents"]
    except ValueError:
        raise CatalogueError(
            f"{path}: can't be read as a table (it is neither UTF-8 nor Windows-1252). Save it as UTF-8"
        ) from None


def _delimiter(text: str) -> str:
    """The one that cuts most rows into as many cells as the header has, and those into most."""

    def score(delimiter: str) -> int:
        rows = [row for row in itertools.islice(_rows(text, delimiter), _LOOKED_AT) if row.cells]
        if len(rows) == 0 or (width := len(rows[0].cells)) < 2:
            return 0
        alike = sum(len(row.cells) == width for row in rows)
        return width if 2 * alike > len(rows) else 1

    return max(_DELIMITERS, key=score)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """Row by row. A row that can't be read by the rules is read without them: its quotes are inches, then."""
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    lines = io.StringIO(text, newline="")
    taken = 0

    def within_a_row() -> Iterator[str]:
        nonlocal taken
        for line in iter(lines.readline, ""):
            taken += 1
            if taken > ROW_LINES_MAX:  # the quote was none: to look for its end in all that follows takes forever
                raise csv.Error("too many lines")
            yield line

    while True:
        begin, taken = lines.tell(), 0
        reader = csv.reader(within_a_row(), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield _Row(cells)
                begin, taken = lines.tell(), 0
            return
        except csv.Error:
            lines.seek(begin)
            yield _literally(lines.readline(), delimiter)


def _literally(line: str, delimiter: str) -> _Row:
    line = line.rstrip("\r\n")
    if len(line) > CELL_CHARACTERS_MAX:
        return _Row([], reason=f"more than {CELL_CHARACTERS_MAX:,} characters: {line[:_SHOWN]}")
    return _Row(next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), lone_quote=True)
