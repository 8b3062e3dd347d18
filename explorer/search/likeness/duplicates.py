"""Products that may be one: the same picture under two ids, saved again, framed anew, mirrored; to be looked through.

The look says which pictures are near, their pixels whether they are of one photograph. Every product of a group was
held beside its first one, so a chain of pictures that are merely alike never becomes a group.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from looks_like.data.duplicates import (
    Found,
    Group,
    found_stamp,
    pair_of,
    read_found,
    said_none,
    say_none,
    write_found,
)
from looks_like.data.near_copies import EDGE_PX, Compared, compare
from looks_like.data.tables import KINDS, table_writer
from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.geometry import NearestNeighbours

DUPLICATE = "duplicate"  # the tag, unless another is said
_SECONDS_EACH = 0.01  # that a search takes for a product, on two cores
SAME, SAVED, FRAMED, MIRRORED = "same picture", "saved again", "framed anew", "mirrored"
_NEAR = 8  # pictures that each is compared with; .98 of copies are among them (docs/log.md)
_CHUNK = 4096  # products between two reports
_PAIRS_AT_ONCE = 2048
_COLUMNS = pa.schema([("group", pa.int32()), ("product_id", pa.string()), ("name", pa.string()), ("how", pa.string())])
Compare = Callable[[np.ndarray], Compared]


@dataclass(frozen=True)
class DuplicateGroup:
    """Products of one photograph that are in the catalogue."""

    rows_m: np.ndarray  # int64; the first is what the others were held beside
    how: list[str]  # of each; "" of the first
    tagged_m: np.ndarray  # bool: carries the tag asked about

    @property
    def settled(self) -> bool:
        """Whether at most one of them is without the tag."""
        return bool((~self.tagged_m).sum() <= 1)


@dataclass(frozen=True)
class Duplicates:
    """What was found last, as it stands now."""

    groups: list[DuplicateGroup]  # the largest first
    behind: int  # products that came after the search
    refused: int  # groups that somebody said are none

    @property
    def products(self) -> int:
        """In all groups."""
        return sum(len(group.rows_m) for group in self.groups)


def find_duplicates(lab: Lab) -> Iterator[tuple[int, int]]:
    """(done, total) of the products looked at; what is found is kept in the workspace, and read by `duplicates`.

    RequestError without a look of the products. A kill leaves what was found before.
    """
    space, catalogue = lab.space(_look(lab)), lab.catalogue()
    space.require_codes()
    pixels_nhwc, links = lab.pixels(EDGE_PX, catalogue), []
    refused = said_none(lab.workspace)

    def compared(rows_p2: np.ndarray) -> Compared:
        return compare(pixels_nhwc[rows_p2[:, 0]], pixels_nhwc[rows_p2[:, 1]])

    one_u = space.one_of_each
    neighbours, near, count = NearestNeighbours(space.z_nd[one_u]), [], len(one_u)
    for i in range(0, count, _CHUNK):
        yield i // 2, count
        here_m = np.arange(i, min(i + _CHUNK, count))
        near_mk = neighbours.others(here_m, min(_NEAR, count - 1)).index_nk
        near.append(np.column_stack([np.repeat(here_m, near_mk.shape[1]), near_mk.ravel()]))
    rows_p2 = space.rows_n[one_u[np.unique(np.sort(np.concatenate(near), axis=1), axis=0)]]
    for i in range(0, len(rows_p2), _PAIRS_AT_ONCE):
        yield count // 2 + i * (count - count // 2) // len(rows_p2), count
        part_p2 = rows_p2[i : i + _PAIRS_AT_ONCE]
        links.append(part_p2[compared(part_p2).same_p])
    none = np.empty((0, 2), np.int64)
    groups = _groups(np.concatenate([none, *links]), compared)
    kept = [_with_copies(lab, rows, how, refused) for rows, how in groups]
    alone = np.setdiff1d(_rows_with_copies(lab), np.array([row for rows, _ in groups for row in rows], np.int64))
    kept += [_with_copies(lab, [row], [""], refused) for row in alone.tolist()]
    write_found(lab.workspace, Found(catalogue.version, catalogue.count, [each for each in kept if each]))
    yield count, count


def needs_look(lab: Lab) -> bool:
    """Whether no look has seen the products yet."""
    return not _looks(lab)


def _looks(lab: Lab) -> list[str]:
    looks = [name for name in lab.models() if lab.encodes(name) and not lab.decodes(name)]
    return [name for name in looks if len(lab.space(name).z_nd)]


def _look(lab: Lab) -> str:
    for name in _looks(lab):
        return name
    raise RequestError("near duplicates are found by the look of the products: looks-like look")


def _groups(rows_p2: np.ndarray, compared: Compare) -> list[tuple[list[int], list[str]]]:
    """Rows that are linked, split until each was held beside the first of its group, which has most links."""
    beside: dict[int, set[int]] = {}
    for one, other in rows_p2.tolist():
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    found, left = [], set(beside)
    for start in sorted(beside):
        linked = _linked(beside, start, left)
        while len(linked) > 1:
            first = min(linked, key=lambda row: (-len(beside[row] & linked), row))
            others = np.array(sorted(linked - {first}), np.int64)
            said = compared(np.column_stack([np.full(len(others), first), others]))
            same = others[said.same_p].tolist()
            if same:
                how = np.select([said.mirrored_p, said.framed_p], [MIRRORED, FRAMED], SAVED)[said.same_p]
                found.append(([first, *same], ["", *how.tolist()]))
            linked -= {first, *same}
    return found


def _linked(beside: dict[int, set[int]], start: int, left: set[int]) -> set[int]:
    """All that hang together with one of those that are left, which they leave."""
    found, ahead = set[int](), [start]
    while ahead:
        row = ahead.pop()
        if row in left:
            left.remove(row)
            found.add(row)
            ahead += beside[row]
    return found


def _rows_with_copies(lab: Lab) -> np.ndarray:
    """int64: the first of each picture that several products have."""
    copies = lab.copies()
    return np.flatnonzero((copies.count_n > 1) & (copies.first_n == np.arange(len(copies.first_n))))


def _with_copies(lab: Lab, rows: list[int], how: list[str], refused: set[tuple[str, str]]) -> Group | None:
    """A group by id, with all products that have one of its pictures; without those that are none, beside the first."""
    copies, catalogue = lab.copies(), lab.catalogue()
    members = [(row, said) for row, said in zip(rows, how, strict=True)]
    more = [(int(row), said or SAME) for first, said in members for row in copies.of(first) if row != first]
    named = [(catalogue.product_ids[row], said) for row, said in (*members, *more)]
    first = named[0][0]
    named = [each for each in named if each[0] == first or pair_of(first, each[0]) not in refused]
    return Group(*map(list, zip(*named, strict=True))) if len(named) > 1 else None


# -- what was found ---------------------------------------------------------------------------------------------------


def duplicates(lab: Lab, tag: str = DUPLICATE) -> Duplicates | None:
    """What was found last, without what was deleted since or said to be none; None where nobody looked yet."""
    stamp = found_stamp(lab.workspace)
    found = lab.cache.get_or_make(("duplicates", stamp), lambda: read_found(lab.workspace), max_size=2)
    if found is None:
        return None
    none = lab.cache.get_or_make(("no duplicates", stamp), lambda: said_none(lab.workspace), max_size=2)
    catalogue, groups, refused = lab.catalogue(), list[DuplicateGroup](), 0
    tagged_n = np.zeros(len(catalogue), bool)
    with suppress(RequestError):  # nobody gave it yet
        tagged_n = tags.mask(lab, tag)
    for group in found.groups:
        first = group.product_ids[0]
        rows_m = catalogue.rows_of(group.product_ids)
        none_m = np.array([pair_of(first, other) in none for other in group.product_ids])
        refused += bool((none_m[1:] & (rows_m[1:] >= 0)).all())
        kept = np.flatnonzero((rows_m >= 0) & ~none_m)
        if len(kept) > 1:
            how = [group.how[i] for i in kept]
            groups.append(DuplicateGroup(rows_m[kept], ["", *how[1:]], tagged_n[rows_m[kept]]))
    groups.sort(key=lambda group: (-len(group.rows_m), group.rows_m[0]))
    return Duplicates(groups, max(0, catalogue.count - found.products), refused)


def seconds_to_find(lab: Lab) -> float:
    """About how long a search takes."""
    return 5 + _SECONDS_EACH * lab.catalogue().count


def are_none(lab: Lab, product_ids: list[str], *, again: bool = False) -> None:
    """Remembers that these are different products; `again`: takes that back. CatalogueError for an unknown one."""
    for product_id in product_ids:
        lab.catalogue().row(product_id)
    if len(product_ids) < 2:
        raise RequestError("which products are different ones? Name two or more")
    say_none(lab.workspace, product_ids, again=again)


def forget_refused(lab: Lab) -> None:
    """Takes back all that was said to be no duplicates."""
    for pair in said_none(lab.workspace):
        say_none(lab.workspace, pair, again=True)


def tag_duplicates(
    lab: Lab, groups: list[DuplicateGroup], tag: str, who: str, *, keeps: int | None = None
) -> tags.TagChange:
    """Tags the products of groups in one action, that can be undone. `keeps`: which of each is left without."""
    rows = [row for group in groups for i, row in enumerate(group.rows_m.tolist()) if i != keeps]
    return tags.add(lab, tag, sorted(rows), who, f"{len(groups):,} groups of near duplicates")


def duplicates_table(lab: Lab, groups: list[DuplicateGroup]) -> pa.Table:
    """A line for each product: the number of its group, from 1, and how it is like the first of it."""
    catalogue = lab.catalogue()
    numbered = enumerate(groups, 1)
    lines = [(n, row, how) for n, group in numbered for row, how in zip(group.rows_m.tolist(), group.how, strict=True)]
    return pa.table(
        [
            pa.array([n for n, _, _ in lines], pa.int32()),
            pa.array([catalogue.product_ids[row] for _, row, _ in lines], pa.string()),
            pa.array([catalogue.names[row] for _, row, _ in lines], pa.string()),
            pa.array([how for _, _, how in lines], pa.string()),
        ],
        schema=_COLUMNS,
    )


def export_duplicates(lab: Lab, groups: list[DuplicateGroup], kind: str) -> bytes:
    """The same as a file of this kind. RequestError for none of csv, parquet, jsonl."""
    if kind not in KINDS:
        raise RequestError(f"duplicates are written as {', '.join(f'.{each}' for each in KINDS)}, got {kind[:20]!r}")
    out = io.BytesIO()
    with table_writer(out, kind, _COLUMNS) as write:
        write(duplicates_table(lab, groups))
    return out.getvalue()
