"""Products that may be one, as they were found last, and what people said are none: two files of the workspace.

Both are by id, so that later imports and deletions leave them true; both are a stranger's in a stranger's workspace.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from looks_like.atomic import own_file, write_whole
from looks_like.data.workspace import Workspace

_FOUND, _NONE = "duplicates.json", "not-duplicates.json"
_BYTES_MAX = 500_000_000
_ALL_PAIRS_MAX = 60  # products of a group of which each two are remembered; of more, each beside the first
Pair = tuple[str, str]


@dataclass(frozen=True)
class Group:
    """Products of one photograph."""

    product_ids: list[str]  # the first is like all others
    how: list[str]  # of each, beside the first: "" for the first itself


@dataclass(frozen=True)
class Found:
    """What a search found."""

    version: int  # of the catalogue
    products: int  # that it looked at
    groups: list[Group]


def write_found(workspace: Workspace, found: Found) -> None:
    """In place of what was found before."""
    with workspace.edit_lock("duplicates"):
        write_whole(workspace.folder / _FOUND, json.dumps(asdict(found)).encode())


def read_found(workspace: Workspace) -> Found | None:
    """None where nobody looked yet, or the file is not one that this program wrote."""
    said = _read(workspace.folder / _FOUND)
    with suppress(TypeError, KeyError, ValueError, AttributeError):
        groups = [Group(_texts(each["product_ids"]), _texts(each["how"])) for each in said["groups"]]
        if all(len(each.how) == len(each.product_ids) > 1 for each in groups):
            return Found(int(said["version"]), int(said["products"]), groups)
    return None


def found_stamp(workspace: Workspace) -> tuple[int, ...]:
    """Changes when either file does."""
    found = []
    for name in (_FOUND, _NONE):
        with suppress(OSError):
            said = (workspace.folder / name).stat()
            found += [said.st_mtime_ns, said.st_size]
    return tuple(found)


def say_none(workspace: Workspace, product_ids: Sequence[str], *, again: bool = False) -> None:
    """Remembers that no two of these are one product; `again`: forgets that."""
    pairs = pairs_of(product_ids)
    with workspace.edit_lock("duplicates"):
        known = said_none(workspace)
        kept = known - pairs if again else known | pairs
        write_whole(workspace.folder / _NONE, json.dumps(sorted(kept)).encode())


def said_none(workspace: Workspace) -> set[Pair]:
    """Pairs of ids, each in order."""
    with suppress(TypeError, ValueError):
        return {pair_of(*_texts(each)) for each in _read(workspace.folder / _NONE)}
    return set()


def pair_of(one: str, other: str) -> Pair:
    """Both in order."""
    return (one, other) if one < other else (other, one)


def pairs_of(product_ids: Sequence[str]) -> set[Pair]:
    """Each two of a few; of many, the first and each other one."""
    if len(product_ids) <= _ALL_PAIRS_MAX:
        return {pair_of(*pair) for pair in combinations(product_ids, 2)}
    return {pair_of(product_ids[0], other) for other in product_ids[1:]}


def _read(file: Path) -> Any:
    with suppress(OSError, ValueError, RecursionError):
        return json.loads(own_file(file, _BYTES_MAX).read_text("utf-8"))
    return None


def _texts(said: Iterable[object]) -> list[str]:
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise ValueError("no list of texts")
    return said
