"""Vectors that others made of the products (an image encoder's, a recommender's): .npy or .parquet -> ids and numbers;
and those of a model, written for others.

Nothing that is loaded can run: .npy without pickles, Parquet without extension types. What is wrong is said in a
sentence with how many and the first few.
"""

import csv
import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.atomic import replacing
from looks_like.data.errors import CatalogueError
from looks_like.data.sheets import USUAL
from looks_like.data.sheets.parquet import read_parquet
from looks_like.data.text import has_controls, one_line

VECTOR_ENDINGS = (".npy", ".parquet", ".pq")
IDS_ENDING = ".ids.txt"
NUMBERS_MAX, ROWS_MAX = 4096, 20_000_000
BYTES_MAX = 8_000_000_000  # of them all in memory, as float32
_IDS_BYTES_MAX = 2_000_000_000
_MAGIC = b"\x93NUMPY"
_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    MemoryError,
    OverflowError,
    TypeError,
    SyntaxError,
    RecursionError,
    TokenError,
)
_SAID = 3  # ids named in a sentence
_ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class Vectors:
    """One for each of some products; ids are those of the file."""

    product_ids: list[str]
    v_nv: np.ndarray  # float32, finite
    empty: int = 0  # rows of the file without a vector


def few(ids: Sequence[str]) -> str:
    """ "'a', 'b', 'c' and 9 more" """
    named = ", ".join(repr(one_line(each, 40)) for each in ids[:_SAID])
    return f"{named} and {len(ids) - _SAID:,} more" if len(ids) > _SAID else named


def read_vectors(file: Path, ids: str, product_ids: Sequence[str]) -> Vectors:
    """Of a .npy matrix: with the ids in the text or CSV file `ids`, one a line, else in the order of `product_ids`.

    Of a .parquet table: with the ids of the column `ids`, else of one called as usual; the numbers are one column of
    lists, or a column each. CatalogueError for what is no such file, for numbers that are not finite, for an id twice.
    """
    ending = file.suffix.lower()
    if ending not in VECTOR_ENDINGS:
        raise CatalogueError(f"{file}: vectors are read from {' or '.join(VECTOR_ENDINGS[:2])}")
    if not file.is_file():
        raise CatalogueError(f"{file}: there is no such file")
    found = _from_npy(file, ids, product_ids) if ending == ".npy" else _from_parquet(file, ids, product_ids)
    _check_ids(file, found.product_ids)
    _check_numbers(file, found)
    return found


def _check_ids(file: Path, ids: list[str]) -> None:
    if wrong := [at for at, each in enumerate(ids, 1) if not each or has_controls(each)]:
        raise CatalogueError(f"{file}: {len(wrong):,} ids are empty or no text, the first in row {wrong[0]:,}")
    if twice := [each for each, count in Counter(ids).items() if count > 1]:
        raise CatalogueError(f"{file}: {len(twice):,} ids come more than once: {few(twice)}. Keep one row of each")


def _check_numbers(file: Path, found: Vectors) -> None:
    if not found.product_ids:
        raise CatalogueError(f"{file}: holds no vectors")
    finite_n = np.concatenate(
        [np.isfinite(found.v_nv[i : i + _ROWS_AT_ONCE]).all(1) for i in range(0, len(found.v_nv), _ROWS_AT_ONCE)]
    )
    if not finite_n.all():
        bad = [found.product_ids[i] for i in np.flatnonzero(~finite_n)]
        verb = "vector holds" if len(bad) == 1 else "vectors hold"
        raise CatalogueError(f"{file}: {len(bad):,} {verb} numbers that are not finite (NaN or infinity): {few(bad)}")


def _bounded(file: Path, rows: int, numbers: int) -> None:
    """CatalogueError for more than is looked at."""
    if not 1 <= numbers <= NUMBERS_MAX:
        raise CatalogueError(f"{file}: vectors of {numbers:,} numbers; 1 to {NUMBERS_MAX:,} can be read")
    if rows > ROWS_MAX or rows * numbers * 4 > BYTES_MAX:
        raise CatalogueError(
            f"{file}: {rows:,} vectors of {numbers:,} numbers are more than {BYTES_MAX // 10**9} GB in memory: "
            "bring fewer numbers, or some of the products at a time"
        )


# -- .npy -------------------------------------------------------------------------------------------------------------


def _from_npy(file: Path, ids: str, product_ids: Sequence[str]) -> Vectors:
    try:
        with file.open("rb") as opened:  # an archive of arrays is none
            if opened.read(len(_MAGIC)) != _MAGIC:
                raise ValueError("it does not begin as one")
        said: Any = np.load(file, mmap_mode="r")  # a header may promise more than there is
    except _UNREADABLE as reason:
        raise CatalogueError(f"{file}: can't be read as .npy ({one_line(str(reason), 160)})") from None
    if said.ndim != 2 or said.dtype.kind not in "fiu":
        shape = f"{said.dtype} {said.shape}"
        raise CatalogueError(f"{file}: a matrix of numbers is needed, a row for each product; this is {shape}")
    _bounded(file, *said.shape)
    named = _ids_in(Path(ids), len(said)) if ids else list(product_ids)
    if len(named) != len(said):
        whose = f"{Path(ids).name} has {len(named):,} ids" if ids else f"the catalogue has {len(named):,} products"
        more = "" if ids else ". Say whose they are: --ids FILE, an id a line"
        raise CatalogueError(f"{file}: {len(said):,} rows, and {whose}{more}")
    v_nv = np.empty(said.shape, np.float32)
    with np.errstate(over="ignore"):  # what float32 can't hold becomes infinite, and is refused as such
        for i in range(0, len(said), _ROWS_AT_ONCE):
            v_nv[i : i + _ROWS_AT_ONCE] = said[i : i + _ROWS_AT_ONCE]
    return Vectors(named, v_nv)


def _ids_in(file: Path, rows: int) -> list[str]:
    """One a line; of a table with commas the column of ids, else the first. A line above them all is its header."""
    try:
        if file.stat().st_size > _IDS_BYTES_MAX:
            raise CatalogueError(f"{file}: too large for a list of ids")
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = [line for line in csv.reader(opened) if any(cell.strip() for cell in line)]
    except (OSError, UnicodeDecodeError, csv.Error) as reason:
        raise CatalogueError(f"{file}: not a text file with a product id in each line ({reason})") from None
    header = [cell.strip().lower().replace(" ", "_") for cell in table[0]] if table else []
    usual = next((header.index(name) for name in USUAL["product_id"] if name in header), None)
    if usual is not None or len(table) == rows + 1:
        table = table[1:]
    return [line[usual or 0].strip() if len(line) > (usual or 0) else "" for line in table]


# -- .parquet ---------------------------------------------------------------------------------------------------------


def _from_parquet(file: Path, ids: str, product_ids: Sequence[str]) -> Vectors:
    sheet = read_parquet(file)
    columns = dict(zip(sheet.headers, sheet.columns, strict=True))
    column = _id_column(file, ids, list(columns))
    named = _texts(file, column, columns.pop(column)) if column else list(product_ids)
    lists = {name: each for name, each in columns.items() if _is_list(each)}
    if len(lists) > 1:
        raise CatalogueError(f"{file}: several columns hold lists ({few(list(lists))}): leave one")
    v_nv, kept_n = _of_lists(file, *lists.items()) if lists else _of_columns(file, columns)
    if len(named) != len(kept_n):
        raise CatalogueError(
            f"{file}: {len(kept_n):,} rows, and the catalogue has {len(named):,} products. Say whose they are: "
            f"a column product_id, or --ids COLUMN"
        )
    return Vectors([named[i] for i in np.flatnonzero(kept_n)], v_nv, int((~kept_n).sum()))


def _id_column(file: Path, asked: str, headers: Collection[str]) -> str:
    if asked and asked not in headers:
        raise CatalogueError(f"{file}: has no column {one_line(asked, 40)!r}; it has {few(list(headers))}")
    small = {name.lower().replace(" ", "_"): name for name in headers}
    return asked or next((small[name] for name in USUAL["product_id"] if name in small), "")


def _texts(file: Path, name: str, column: Any) -> list[str]:
    try:
        return [each or "" for each in pc.cast(column, pa.string()).to_pylist()]
    except pa.ArrowException:
        raise CatalogueError(f"{file}: the column {one_line(name, 40)!r} holds no ids") from None


def _is_list(column: Any) -> bool:
    kind = column.type
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _of_lists(file: Path, found: tuple[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """-> (float32 (N, V), bool (R,): which rows have one)"""
    name, column = found
    if not _is_number(column.type.value_type):
        raise CatalogueError(f"{file}: the lists of column {one_line(name, 40)!r} hold no numbers")
    kept_n = np.asarray(column.is_valid().to_numpy(zero_copy_only=False), bool)
    there = column.drop_null()
    lengths = pc.unique(pc.list_value_length(there)).to_pylist()
    if len(lengths) > 1:
        raise CatalogueError(f"{file}: vectors of different lengths ({', '.join(map(str, sorted(lengths)[:4]))})")
    numbers = int(lengths[0]) if lengths else 1
    _bounded(file, len(there), numbers)
    flat = pc.list_flatten(there)
    v_m = np.asarray(pc.cast(flat, pa.float32(), safe=False).to_numpy(zero_copy_only=False), np.float32)
    return v_m.reshape(len(there), numbers), kept_n


def _of_columns(file: Path, columns: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The same of a column for each number, in their order; a row of nothing but gaps has no vector."""
    if others := [name for name, each in columns.items() if not _is_number(each.type)]:
        raise CatalogueError(
            f"{file}: the columns {few(others)} hold neither numbers nor lists of them: leave them out"
        )
    rows = len(next(iter(columns.values()))) if columns else 0
    _bounded(file, rows, len(columns))
    v_rv = np.empty((rows, len(columns)), np.float32)
    for at, each in enumerate(columns.values()):
        v_rv[:, at] = pc.cast(each, pa.float32(), safe=False).to_numpy(zero_copy_only=False)
    kept_n = np.asarray(~np.isnan(v_rv).all(1))
    return v_rv[kept_n], kept_n


def write_matrix(file: Path, ids: Sequence[str], z_nd: np.ndarray) -> None:
    """`file`, an .npy of float32 (N, D), and `<name>.ids.txt` beside it: a header and an id per row, as read above."""
    ids_file = file.with_suffix(IDS_ENDING)
    with replacing(ids_file) as ids_aside, replacing(file) as aside:
        with open(ids_aside, "w", encoding="utf-8", newline="") as out:
            lines = csv.writer(
                out, lineterminator="\n"
            )  # as they are read: an id may have commas, or be a header's word
            lines.writerows([product_id] for product_id in ("product_id", *ids))
        with open(aside, "wb") as numbers:
            np.save(numbers, np.asarray(z_nd, np.float32), allow_pickle=False)
        ids_file.unlink(
            missing_ok=True
        )  # a kill between the two leaves numbers without ids, never with those of others


def write_lance(folder: Path, ids: Sequence[str], z_nd: np.ndarray) -> None:
    """A Lance table that is not there yet: product_id, and `vector` of D float32. Whole, or not there."""
    import lancedb

    vectors = pa.FixedSizeListArray.from_arrays(pa.array(np.asarray(z_nd, np.float32).ravel()), z_nd.shape[1])
    table, aside = pa.table({"product_id": pa.array(ids), "vector": vectors}), folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        lancedb.connect(str(aside)).create_table("codes", table)
        (aside / "codes.lance").replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
