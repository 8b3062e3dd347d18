"""One door for all kinds of table: by its ending."""

from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.excel import ENDINGS as EXCEL_ENDINGS
from looks_like.data.sheets.excel import read_excel
from looks_like.data.sheets.json_lines import read_json_lines
from looks_like.data.sheets.parquet import read_parquet
from looks_like.data.sheets.separated import read_separated
from looks_like.data.sheets.sheet import Sheet, refuse_too_wide

_READ = {".csv": read_separated, ".tsv": read_separated, ".jsonl": read_json_lines, ".ndjson": read_json_lines}
_READ |= {".parquet": read_parquet, ".pq": read_parquet}
ENDINGS = (*_READ, *EXCEL_ENDINGS)


def open_sheet(path: Path, name: str = "") -> Sheet:
    """The table in a file; `name`: which sheet of a workbook. CatalogueError when it can't be read, with what to do."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise CatalogueError(f"{path}: can't be read as a table; these can: {', '.join(ENDINGS)}")
    sheet = read_excel(path, name) if ending in EXCEL_ENDINGS else _READ[ending](path)
    refuse_too_wide(path, len(sheet.headers))
    return sheet


def is_sheet(path: Path) -> bool:
    """Whether it is a file that `open_sheet` may read."""
    return path.is_file() and path.suffix.lower() in ENDINGS
