"""Writes the k nearest products of every product to CSV, Parquet or JSONL, for use in other systems.

Worked out and written in chunks, so that memory does not grow with the catalogue, and written aside, so that the file
is whole or not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from looks_like.atomic import replacing
from looks_like.data.tables import KINDS, table_writer
from looks_like.explorer.core import Lab, Space, require_writable
from looks_like.explorer.errors import RequestError

K_MAX = 1000
_CHUNK = 2048
_SPARE = 8  # asked for and dropped: products as far as the last one, which the first pass may confuse
_COLUMNS = pa.schema(
    [
        ("product_id", pa.string()),
        ("rank", pa.int32()),  # 1 = the nearest
        ("similar_id", pa.string()),
        ("distance", pa.float32()),  # in latent space
        ("typical", pa.float32()),  # the same over that from a typical product to its nearest other one
        ("copies", pa.int64()),  # other products with the picture of the similar one, which stands for them
    ]
)
_ENDINGS = [f".{kind}" for kind in KINDS]


@dataclass(frozen=True)
class SimilarRows:
    """The k nearest others of some products, by catalogue row."""

    rows_m: np.ndarray
    similar_mk: np.ndarray  # -1 where there are fewer than k
    distance_mk: np.ndarray  # NaN there


def recommend(space: Space, k: int, rows_m: np.ndarray | None = None) -> Iterator[SimilarRows]:
    """The k nearest others of every product that has a code, in chunks, in the order of the catalogue.

    Of copies of one picture one is a neighbour, and a product's own copies are none of its. `rows_m`: only these rows
    are neighbours. Exact. RequestError for an impossible k, ModelError without codes.
    """
    if not 1 <= k <= K_MAX:
        raise RequestError(f"-k must be between 1 and {K_MAX:,} for the whole catalogue, got {k}")
    places = np.arange(len(space.z_nd)) if rows_m is None else space.positions(rows_m)
    one = space.one_of_each_among(places)
    shown = space if len(one) == len(space.z_nd) else space.restricted_to(space.rows_n[one])
    picture_of = np.full(int(space.rows_n.max(initial=-1)) + 1, -1)
    picture_of[space.rows_n] = space.picture_n
    for i in range(0, len(space.z_nd), _CHUNK):
        z_md, row_m = space.z_nd[i : i + _CHUNK], space.rows_n[i : i + _CHUNK]
        similar_mk, distance_mk = shown.nearest(z_md, k + 1 + _SPARE)
        itself_mk = picture_of[similar_mk] == picture_of[row_m][:, None]
        last = np.argsort(itself_mk, axis=1, kind="stable")[:, :k]  # the others first, in their order
        gone_mk = np.take_along_axis(itself_mk, last, 1)
        found_mk = np.full((len(row_m), k), -1), np.full((len(row_m), k), np.nan, np.float32)
        found_mk[0][:, : last.shape[1]] = np.where(gone_mk, -1, np.take_along_axis(similar_mk, last, 1))
        found_mk[1][:, : last.shape[1]] = np.where(gone_mk, np.nan, np.take_along_axis(distance_mk, last, 1))
        yield SimilarRows(row_m, *found_mk)


def write_similar(
    lab: Lab, model: str, k: int, file: Path, rows_m: np.ndarray | None = None
) -> Iterator[tuple[int, int]]:
    """(done, total) of the products, while FILE.csv, .parquet or .jsonl grows. RequestError for another ending."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise RequestError(f"{str(file)!r}: recommendations are written as {', '.join(_ENDINGS)}")
    space, ids = lab.space(model), np.array(lab.catalogue().product_ids, dtype=object)
    space.require_codes()
    first_n = lab.copies().first_n
    shown_m = space.rows_n if rows_m is None else space.rows_n[space.positions(rows_m)]
    copies_n = np.bincount(first_n[shown_m], minlength=len(first_n))[first_n] - 1
    done, total = 0, len(space.z_nd)
    yield done, total
    with replacing(file) as part, part.open("wb") as out, table_writer(out, kind, _COLUMNS) as write:
        for found in recommend(space, k, rows_m):
            table = _table(found, ids, space.typical_distance, copies_n)
            write(table if kind == "parquet" else _rounded(table))
            done += len(found.rows_m)
            yield done, total


def require_writable_table(file: Path) -> None:
    """RequestError or OSError before the work, not after it."""
    require_writable(file, "recommendations are", _ENDINGS)


def _table(found: SimilarRows, ids: np.ndarray, typical: float, copies_n: np.ndarray) -> pa.Table:
    there_mk = found.similar_mk >= 0
    rank_mk = np.broadcast_to(np.arange(1, there_mk.shape[1] + 1, dtype=np.int32), there_mk.shape)
    row_mk = np.broadcast_to(found.rows_m[:, None], there_mk.shape)
    distance = found.distance_mk[there_mk].astype(np.float32)
    values = (ids[row_mk[there_mk]], rank_mk[there_mk], ids[found.similar_mk[there_mk]], distance)
    near = distance / np.float32(typical) if typical else np.full(len(distance), np.nan, np.float32)
    arrays = [
        pa.array(column, field.type)
        for column, field in zip((*values, near, copies_n[found.similar_mk[there_mk]]), _COLUMNS, strict=True)
    ]
    return pa.table(arrays, schema=_COLUMNS)


def _rounded(table: pa.Table) -> pa.Table:
    """For people: six digits of every distance."""
    for at in (3, 4):
        value = table.column(at).to_numpy().astype(np.float64)
        unit = 10.0 ** (np.floor(np.log10(np.maximum(np.abs(value), 1e-30))) - 5)
        table = table.set_column(at, _COLUMNS[at], pa.array((np.round(value / unit) * unit).astype(np.float32)))
    return table
