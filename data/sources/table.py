"""CSV, TSV, Parquet and JSONL: a row is a product; one column names its picture; the others are attributes, typed."""

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.schema import attribute_column, attribute_name
from looks_like.data.sources import Columns, Listing, read_inside

SENTENCE = "a table: .csv, .tsv, .parquet, .jsonl"
_ENDINGS = {".csv", ".tsv", ".parquet", ".pq", ".jsonl", ".ndjson"}
_USUAL = {
    "product_id": ("product_id", "id", "sku", "product", "item_id"),
    "image": ("image", "picture", "file", "filename", "image_path", "path", "photo"),
    "name": ("name", "title", "product_name"),
    "tag": ("tag", "tags", "label", "labels"),
    "at": ("at", "tagged_at"),
}
_NULLS = ["", "N/A", "#N/A", "NaN", "nan", "NULL", "null"]


def accepts(address: str) -> bool:
    return Path(address).is_file() and Path(address).suffix.lower() in _ENDINGS


def read(address: str, columns: Columns) -> Listing:
    path, on_bad_row = Path(address), list[str]()
    have = headers(path)
    id_column = pick(path, have, columns.product_id, "product_id", "--id")
    image_column = pick(path, have, columns.image, "image", "--image")
    name_column = pick(path, have, columns.name, "name", "--name", needed=columns.name is not None)
    ours = [column for column in (id_column, image_column, name_column) if column]
    table = load(path, ours, on_bad_row)
    if not table.num_rows:
        raise CatalogueError(f"{path}: no rows in this table")
    files = texts(table[image_column])
    attributes: dict[str, pa.ChunkedArray] = {}
    for header, values in zip(table.column_names, table.columns, strict=True):
        if header not in ours:
            attributes[attribute_name(header, set(attributes))] = attribute_column(values)
    root = path.parent
    return Listing(
        where=[f"row {i + 1}" for i in range(table.num_rows)],
        product_ids=texts(table[id_column]),
        names=texts(table[name_column]) if name_column else [""] * table.num_rows,
        files=files,
        attributes=pa.table(attributes),
        picture=lambda i: _picture(root, files[i]),
        refused=[("a row", "", "", reason) for reason in on_bad_row],
    )


def _picture(root: Path, file: str) -> bytes:
    """Beside the table, or in the folder `images` beside it."""
    if not file:
        raise PictureError("no picture is named")
    beside_it = f"images/{file}"
    if not _is_file(root / file) and _is_file(root / beside_it):
        return read_inside(root, beside_it)
    return read_inside(root, file)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def headers(path: Path) -> list[str]:
    """The names of its columns. CatalogueError when it is no table."""
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return list(pa.parquet.read_schema(path).names)
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return list(pa.json.read_json(path).column_names)
        with pa.csv.open_csv(path, parse_options=_parsing(path, [])) as reader:
            return list(reader.schema.names)
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, OSError) as reason:
        raise _unreadable(path, reason) from None


def load(path: Path, ours: list[str], on_bad_row: list[str]) -> pa.Table:
    """All of it, `ours` as text; `torn` takes a sentence for each row that is left out. CatalogueError as above."""
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pa.parquet.read_table(path)
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return pa.json.read_json(path)
        table = pa.csv.read_csv(
            path,
            parse_options=_parsing(path, on_bad_row),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(ours, pa.string()),  # an id of 0042 stays 0042
                null_values=_NULLS,
                strings_can_be_null=True,
            ),
        )
        if torn_text := [field.name for field in table.schema if pa.types.is_binary(field.type)]:
            raise pa.ArrowInvalid(f"column {torn_text[0]!r} is not UTF-8")
        return table
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as reason:
        raise _unreadable(path, reason) from None


def _parsing(path: Path, on_bad_row: list[str]) -> pa.csv.ParseOptions:
    def skip(row: pa.csv.InvalidRow) -> str:
        on_bad_row.append(
            f"{row.actual_columns} cells where the header has {row.expected_columns}: {(row.text or '')[:80]}"
        )
        return "skip"

    return pa.csv.ParseOptions(
        delimiter="\t" if path.suffix.lower() == ".tsv" else ",", newlines_in_values=True, invalid_row_handler=skip
    )


def pick(path: Path, have: list[str], asked: str | None, what: str, option: str, needed: bool = True) -> str:
    """The header asked for, or the first usual one; "" when there is none and none is needed."""
    lower = {header.lower().strip(): header for header in reversed(have)}
    usual = next((lower[name] for name in _USUAL[what] if name in lower), "") if asked is None else ""
    found = asked if asked in have else usual
    if have.count(found) > 1:
        raise CatalogueError(f"{path}: there are two columns {found!r}. Rename one of them")
    if found or not needed:
        return found
    missing = f"no column {asked!r}" if asked else f"which column is the {what}? Say it with {option}"
    raise CatalogueError(f"{path}: {missing}. Its columns are: {', '.join(have) or 'none'}")


def texts(values: pa.ChunkedArray) -> list[str]:
    """Trimmed; "" where there is none."""
    return ["" if value is None else str(value).strip() for value in values.to_pylist()]


def _unreadable(path: Path, reason: Exception) -> CatalogueError:
    hint = " Save it as UTF-8." if re.search("utf-?8", str(reason), re.IGNORECASE) else ""
    return CatalogueError(f"{path}: can't be read as a table ({str(reason).splitlines()[0][:200]}).{hint}")
