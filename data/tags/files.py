"""Tags made elsewhere: a CSV, TSV, Parquet or JSONL table with a product's id and its tag or tags in each row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from looks_like.data.csv_formulas import unescape_formula
from looks_like.data.errors import CatalogueError
from looks_like.data.sources.table import accepts, headers, load, pick

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
    if not accepts(str(path)):
        raise CatalogueError(f"{path}: tags are read from a table: .csv, .tsv, .parquet or .jsonl")
    have, bad_rows = headers(path), list[str]()
    id_column = pick(path, have, product_id, "product_id", "--id")
    tag_column = pick(path, have, tag, "tag", "--tag")
    at_column = pick(path, have, None, "at", "", needed=False)
    table = load(path, [name for name in (id_column, tag_column, at_column) if name], bad_rows)
    meant = unescape_formula if path.suffix.lower() in (".csv", ".tsv") else str
    ids = [meant(text) for text in _texts(table[id_column])]
    tags = [list(_tags(value, meant is unescape_formula)) for value in table[tag_column].to_pylist()]
    times = [_time(value) for value in table[at_column].to_pylist()] if at_column else [None] * len(ids)
    rows = zip(ids, tags, times, strict=True)
    return [TagFileRow(f"row {i}", product, given, at) for i, (product, given, at) in enumerate(rows, 1)], bad_rows


def _texts(values: pa.ChunkedArray) -> list[str]:
    return ["" if value is None else str(value).strip() for value in values.to_pylist()]


def _tags(value: object, quoted: bool) -> Iterator[str]:
    """From a list, or from text with | between them; blanks are none."""
    parts = (
        value if isinstance(value, list) else [unescape_formula(value) if quoted and isinstance(value, str) else value]
    )
    for part in parts:
        if part is not None:
            yield from (text for text in str(part).split(BETWEEN_TAGS.strip()) if text.strip())


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
