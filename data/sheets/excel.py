"""Sheets of Excel. A cell has a type there; whole numbers lose the .0 that Excel keeps for itself."""

import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.sheet import Cell, Sheet

ENDINGS = (".xlsx", ".xlsm", ".xls")
UNPACKED_BYTES_MAX = 2_000_000_000
CELLS_MAX = 30_000_000  # of the rectangle that holds all cells, which the reader makes whole
_CELL = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
_PIECE = 4_000_000
_ERRORS = frozenset(["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"])
_HEADER_FILLED = 0.5  # of the cells of the widest row: what stands above is a title


def read_excel(path: Path, name: str = "") -> Sheet:
    """The sheet with this name, else the first that holds anything. CatalogueError when it can't be read."""
    from python_calamine import CalamineError, CalamineWorkbook  # 10 ms, only where it is needed

    try:
        _refuse_a_bomb(path)
        with CalamineWorkbook.from_path(str(path)) as book:
            have = book.sheet_names
            if name and name not in have:
                raise CatalogueError(f"{path}: there is no sheet {name!r}. Its sheets are: {', '.join(have)}")
            for each in [name] if name else have:
                found = book.get_sheet_by_name(each)
                rows = [[_cell(value) for value in row] for row in found.to_python(skip_empty_area=False)]
                if any(cell is not None for row in rows for cell in row):
                    return _sheet(path, each, have, rows, found.merged_cell_ranges or [])
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile, zlib.error) as reason:
        if isinstance(reason, CatalogueError):
            raise
        raise CatalogueError(f"{path}: can't be read as a table ({_why(reason)})") from None
    raise CatalogueError(f"{path}: no rows in this table")


def _why(reason: Exception) -> str:
    said = (str(reason).splitlines() or [type(reason).__name__])[0][:200]
    return "it has a password: save it without one" if "password" in said.lower() else said


def _refuse_a_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > UNPACKED_BYTES_MAX:
            raise CatalogueError(f"{path}: more than {UNPACKED_BYTES_MAX // 10**9} GB when unpacked")
        for member in archive.infolist():
            if member.filename.startswith("xl/worksheets/") and (far := _farthest(archive, member)):
                raise CatalogueError(f"{path}: a cell at {far} makes its sheet too large to read: remove it")


def _farthest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Where the last column and row meet, if that is too far away; else ""."""
    column, row, tail = 0, 0, b""
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            for letters, number in _CELL.findall(tail + piece):
                column, row = max(column, _column_number(letters)), max(row, int(number))
            if column * row > CELLS_MAX:
                return f"column {column:,}, row {row:,}"
            tail = piece[-20:]
    return ""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _sheet(path: Path, name: str, have: list[str], rows: list[list[Cell]], merged: list) -> Sheet:
    top = _header_row(rows)
    filled = _fill_merged(rows, merged, top)
    columns = [at for at, header in enumerate(rows[top]) if header is not None or _holds(rows[top + 1 :], at)]
    headers = ["" if rows[top][at] is None else str(rows[top][at]) for at in columns]
    sheet = Sheet(headers, [[] for _ in columns], [], typed=True)
    if top:
        sheet.notes.append(f"row {top + 1} of the sheet holds the headers; what stands above is left out")
    if filled:
        sheet.notes.append(f"{filled:,} cells of merged ranges hold what the first of each does")
    if len(have) > 1:
        others = ", ".join(repr(each) for each in have if each != name)
        sheet.notes.append(f"sheet {name!r} was read, not {others}")
    for number, row in enumerate((row for row in rows[top + 1 :] if any(cell is not None for cell in row)), 1):
        for column, at in zip(sheet.columns, columns, strict=True):
            assert isinstance(column, list)
            column.append(row[at])
        sheet.rows.append(number)
    for column in sheet.columns:
        assert isinstance(column, list)
        _as_moments(column)
    return sheet


def _as_moments(column: list[Cell]) -> None:
    """The reader gives a moment at midnight as a day: among moments it is one."""
    if {type(cell) for cell in column} - {type(None)} == {date, datetime}:
        column[:] = [datetime.combine(c, time()) if type(c) is date else c for c in column]


def _header_row(rows: list[list[Cell]]) -> int:
    """The first row that is filled nearly as the widest is: titles above a table are not."""
    filled = [sum(cell is not None for cell in row) for row in rows]
    widest = max(filled)
    return next(i for i, count in enumerate(filled) if count >= _HEADER_FILLED * widest and count)


def _fill_merged(rows: list[list[Cell]], merged: list, top: int) -> int:
    """A merged range says the same of all its rows; -> how many cells were filled."""
    filled = 0
    for (first_row, first_column), (last_row, last_column) in merged:
        if first_row <= top:
            continue
        for row in rows[first_row : last_row + 1]:
            for at in range(first_column, min(last_column + 1, len(row))):
                if row[at] is None:
                    row[at] = rows[first_row][first_column]
                    filled += 1
    return filled


def _holds(rows: list[list[Cell]], at: int) -> bool:
    return any(row[at] is not None for row in rows)


def _cell(value: object) -> Cell:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, str):
        return None if not value or value in _ERRORS else value
    if isinstance(value, datetime | date | bool | int):
        return value
    return str(value) if isinstance(value, time | timedelta) else None
