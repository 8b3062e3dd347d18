"""Tags made elsewhere: a CSV, TSV, Parquet or JSONL table with a product's id and its tag or tags in each row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets import cells_of, is_sheet, names_of, open_sheet, pick, pieces, texts_of

BETWEEN_TAGS = " | "


@dataclass(frozen=True)
class TagFileRow:
    """One row of such a table; `at` where it says when."""

    where: str  # for people: "row 17"
    product_id: str
    tags: list[str]
    at: datetime | None


def read_tag_file(
    path: Path, product_id: str | None = None, tag: str | None = None
) -> tuple[list[TagFileRow], list[str]]:
    """Its rows, and a sentence for each that is torn; columns by their usual names unless said.

    CatalogueError when it is no table or lacks a column.
    """
    if not is_sheet(path):
        raise CatalogueError(f"{path}: tags are read from a table: .csv, .tsv, .xlsx, .parquet or .jsonl")
    sheet = open_sheet(path)
    have = names_of(sheet.headers)[0]
    id_column = pick(path, have, product_id, "product_id", "--id")
    tag_column = pick(path, have, tag, "tag", "--tag")
    at_column = pick(path, have, None, "at", "", needed=False)
    cells = dict(zip(have, sheet.columns, strict=True))
    ids, tags = texts_of(cells[id_column]), pieces(cells[tag_column])
    times = [_time(value) for value in cells_of(cells[at_column])] if at_column else [None] * len(ids)
    rows = zip(sheet.rows, ids, tags, times, strict=True)
    refused = [f"{row.where}: {row.reason}" for row in sheet.refused]
    return [TagFileRow(f"row {row}", product, given, at) for row, product, given, at in rows], refused


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
