"""Tables: a row is a product; one column names its picture; the others are attributes, each of the kind that it is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.decoding import ENDINGS
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.schema import shown_header
from looks_like.data.sheets import (
    FILLED,
    RESULT,
    Reading,
    Sheet,
    convert,
    distinct,
    is_sheet,
    matched,
    names_of,
    open_sheet,
    pick,
    pieces,
    sniff,
    texts_of,
    with_units,
)
from looks_like.data.sources import Columns, Listing, read_inside

SENTENCE = "a table: .csv, .tsv, .xlsx, .parquet, .jsonl"


def accepts(address: str) -> bool:
    return is_sheet(Path(address))


def read(address: str, columns: Columns) -> Listing:
    path = Path(address)
    sheet = open_sheet(path, columns.sheet)
    if not sheet.rows:
        raise CatalogueError(f"{path}: no rows in this table" + _torn(sheet))
    names, marks = names_of(sheet.headers)
    plain = [name for name, mark in zip(names, marks, strict=True) if not mark]
    id_column = pick(path, plain, columns.product_id, "product_id", "--id")
    image_column = pick(path, plain, columns.image, "image", "--image", needed=False)
    if columns.image is None and not image_column:
        image_column = _of_pictures(sheet, names)
    if not image_column and not columns.known_products:
        pick(path, plain, columns.image, "image", "--image")
    name_column = pick(path, plain, columns.name, "name", "--name", needed=bool(columns.name))
    tags_column = _tags_column(path, plain, columns.tags)
    ours = [column for column in (id_column, image_column, name_column, tags_column) if column]
    sheet, filled = _without_filled(sheet, names, marks, ours)
    cells = {name: sheet.columns[at] for at, name in enumerate(names) if name in ours and not marks[at]}
    results = marks.count(RESULT)
    attributes = [at for at, name in enumerate(names) if marks[at] != RESULT and (name not in ours or marks[at])]
    readings = _readings(sheet, attributes, columns)
    _refuse_unknown(path, columns, [reading.header for reading in readings])
    count, root = len(sheet.rows), _folder_of_pictures(path, columns)
    files = texts_of(cells[image_column]) if image_column else [""] * count
    return Listing(
        where=[f"row {row}" for row in sheet.rows],
        product_ids=texts_of(cells[id_column]),
        names=texts_of(cells[name_column]) if name_column else [""] * count,
        files=files,
        attributes=with_units(
            pa.table({reading.header: reading.values for reading in readings}),
            {reading.header: reading.unit for reading in readings if reading.unit},
        ),
        picture=lambda i: _picture(root, files[i]),
        refused=[(row.where, "", "", row.reason) for row in sheet.refused],
        readings=readings,
        headers=names,
        notes=[*sheet.notes, *_left_out(results, filled)],
        tags=pieces(cells[tags_column]) if tags_column else None,
        ours={"id": id_column, "picture": image_column, "name": name_column, "tags": tags_column},
    )


def _without_filled(sheet: Sheet, names: Sequence[str], marks: Sequence[str], ours: Sequence[str]) -> tuple[Sheet, int]:
    """-> the sheet without values that were proposed and accepted, as its column `filled:result` says, and how many
    those are: taken in, they would be given ones, and could no longer be undone.
    """
    said = [at for at, (name, mark) in enumerate(zip(names, marks, strict=True)) if (name, mark) == (FILLED, RESULT)]
    if not said:
        return sheet, 0
    filled, columns, count = pieces(sheet.columns[said[0]]), list(sheet.columns), 0
    for at, name in enumerate(names):
        given = pa.array([name not in each for each in filled])
        if marks[at] == RESULT or name in ours or (left_out := len(given) - given.true_count) == 0:
            continue
        cells = columns[at]
        if isinstance(cells, pa.ChunkedArray):
            columns[at] = pa.chunked_array([pc.if_else(given, cells.combine_chunks(), None)])
        else:
            columns[at] = [cell if is_given else None for cell, is_given in zip(cells, given.to_pylist(), strict=True)]
        count += left_out
    return replace(sheet, columns=columns), count


def _left_out(results: int, filled: int) -> list[str]:
    """Sentences."""
    said = [f"{results:,} columns of results are left out"] if results else []
    return said + ([f"{filled:,} values that were filled, not given, are left out"] if filled else [])


def _torn(sheet: Sheet) -> str:
    return f" ({sheet.refused[0].where}: {sheet.refused[0].reason})" if sheet.refused else ""


def _of_pictures(sheet: Sheet, names: Sequence[str]) -> str:
    """The one column whose cells are names of picture files, where no header says so."""
    found = []
    for name, cells in zip(names, sheet.columns, strict=True):
        first = [text for text in texts_of(cells[:50]) if text]
        if first and all(text.lower().endswith(ENDINGS) for text in first):
            found.append(name)
    return found[0] if len(found) == 1 else ""


def _tags_column(path: Path, have: Sequence[str], asked: str | None) -> str:
    if asked:
        return pick(path, have, asked, "tag", "--tags")
    return "tags" if asked is None and "tags" in have else ""


def _readings(sheet: Sheet, attributes: Sequence[int], columns: Columns) -> list[Reading]:
    """Each as somebody chose, as its header says, as the catalogue has it already, or as its cells look."""
    names, marks = names_of(sheet.headers)
    headers = distinct([names[at] for at in attributes])
    already = matched(list(map(shown_header, headers)), columns.known)
    readings = []
    for at, header in zip(attributes, headers, strict=True):
        cells, rows, comma = sheet.columns[at], sheet.rows, sheet.decimal_comma
        if kind := columns.kinds.get(header) or marks[at]:
            reading = convert(header, cells, rows, kind, comma=comma)
        elif have := already.get(shown_header(header)):
            known = columns.known[have]
            reading = convert(header, cells, rows, known, comma=comma, because="in this catalogue")
        else:
            reading = sniff(header, cells, rows, typed=sheet.typed, comma=comma)
        unit = sheet.units.get(sheet.headers[at], "")
        of_money = unit and reading.kind in ("number", "money")
        readings.append(replace(reading, unit=unit, kind="money") if of_money else reading)
    return readings


def _refuse_unknown(path: Path, columns: Columns, headers: Sequence[str]) -> None:
    for name in columns.kinds:
        if name not in headers:
            raise CatalogueError(
                f"{path}: no column {name!r} to read as something else. There are: {', '.join(headers) or 'none'}"
            )


def _folder_of_pictures(path: Path, columns: Columns) -> Path:
    """Nothing outside it is read, whatever a table says."""
    if columns.images and not Path(columns.images).is_dir():
        raise CatalogueError(f"{columns.images[:200]}: not a folder, so no picture can be looked for in it")
    return Path(columns.images) if columns.images else path.parent


def _picture(root: Path, file: str) -> bytes:
    """Beside the table, or in the folder `images` beside it."""
    if not file:
        raise PictureError("no picture is named")
    return read_inside(root, file, f"images/{file}")
