"""The log of deletions: what was deleted, by whom and when, what was undone, and what is gone for good.

    deletions/000007.json   an entry; whole or not there, and never changed
    deletions/000007.npy    the catalogue's rows that it is about
    deletions/000007/       the folders of a map, a clustering or a model, taken out of their place; undo puts them back

The log is the truth, folders follow it: who writes next ends what a kill left half-way. Files alone, no tables, so
that `workspace.py` can see to it.
"""

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from looks_like.atomic import replacing, write_whole
from looks_like.data.errors import CatalogueError

FOLDER = "deletions"
PRODUCTS, MAP, CLUSTERING, VIEW, FILTER, MODEL = WHAT = ("products", "map", "clustering", "view", "filter", "model")
DELETE, UNDO, RETURN, FINAL = KINDS = ("delete", "undo", "return", "final")
_PLACE = re.compile(r"tables/[a-z0-9-]{1,200}\.lance|models/[a-z0-9-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """An entry of the log. `delete` is what can be undone, until it is `final`; `return`: products came in again."""

    kind: str
    what: str = PRODUCTS
    name: str = ""  # of the map, clustering, view, filter or model
    model: str = ""  # of the map or clustering
    who: str = ""
    words: str = ""  # which products these are
    products: int = 0
    of: int = 0  # the entry that is undone
    places: tuple[str, ...] = ()  # folders that leave the workspace, and come back; who is seen goes first
    page: str = ""  # of a view or filter, and what it says
    link: str = ""
    at: str = ""  # ISO 8601, UTC
    number: int = 0  # in order, from 1

    def said(self) -> str:
        """ "12 products (price < 10)", "map umap of model vae" """
        if self.what == PRODUCTS:
            many = f"{self.products:,} product{'' if self.products == 1 else 's'}"
            return f"{many} ({self.words})" if self.words else many
        return f"{self.what} {self.name}" + (f" of model {self.model}" if self.model else "")


@dataclass(frozen=True)
class DeletionLog:
    """All entries, the oldest first."""

    folder: Path  # of the workspace
    entries: tuple[Deletion, ...]

    @property
    def newest(self) -> int:
        return self.entries[-1].number if self.entries else 0

    @property
    def newest_of_products(self) -> int:
        """The number of the newest entry that changes which products there are."""
        return max((e.number for e in self.entries if e.what == PRODUCTS and e.kind != FINAL), default=0)

    @cached_property
    def _undone(self) -> frozenset[int]:
        return frozenset(entry.of for entry in self.entries if entry.kind == UNDO)

    @cached_property
    def _final_up_to(self) -> int:
        return max((entry.number for entry in self.entries if entry.kind == FINAL), default=0)

    def is_undone(self, entry: Deletion) -> bool:
        return entry.number in self._undone

    def is_final(self, entry: Deletion) -> bool:
        """Whether it was made final, so that it can't be undone."""
        return entry.number < self._final_up_to

    @property
    def standing(self) -> list[Deletion]:
        """Deletions that can be undone, the oldest first."""
        return [e for e in self.entries if e.kind == DELETE and not self.is_undone(e) and not self.is_final(e)]

    def deleted_rows(self, up_to: int, size: int) -> np.ndarray:
        """bool (N,): which rows of a catalogue are deleted after the entry of that number."""
        deleted_n = np.zeros(size, bool)
        past = [entry for entry in self.entries if entry.number <= up_to and entry.what == PRODUCTS]
        undone = {entry.of for entry in past if entry.kind == UNDO}
        for entry in past:
            if entry.kind in (DELETE, RETURN) and entry.number not in undone:
                rows_m = self._rows(entry)
                deleted_n[rows_m[rows_m < size]] = entry.kind == DELETE
        return deleted_n

    def is_about(self, entry: Deletion, rows_m: np.ndarray) -> bool:
        """Whether all of these rows, and at least one, are among its own."""
        return bool(len(rows_m) and np.isin(rows_m, self._rows(entry)).all())

    def _rows(self, entry: Deletion) -> np.ndarray:
        path = _path(self.folder, entry.number, ".npy")
        try:
            rows_m = np.load(path, mmap_mode="r")  # a header may promise more than there is
            if not isinstance(rows_m, np.ndarray):
                raise ValueError("not an array")
        except (OSError, ValueError, EOFError, MemoryError) as reason:
            raise CatalogueError(f"{path} can't be read ({reason}): put the one of a backup there") from None
        if rows_m.dtype != np.int32 or rows_m.ndim != 1 or (len(rows_m) and rows_m.min() < 0):
            raise CatalogueError(f"{path} holds no rows of a catalogue: put the one of a backup there")
        return np.asarray(rows_m)

    def aside(self, entry: Deletion) -> Path:
        """Where its folders lie."""
        return _path(self.folder, entry.number, "")


def read_deletions(folder: Path) -> DeletionLog:
    """The log of a workspace. CatalogueError for an entry that can't be read."""
    paths = sorted(path for path in (folder / FOLDER).glob("*.json") if path.stem.isdecimal())
    return DeletionLog(folder, tuple(sorted(map(_read, paths), key=lambda entry: entry.number)))


def append_deletion(folder: Path, entry: Deletion, rows_m: np.ndarray | None = None) -> Deletion:
    """Writes an entry, under the lock of who calls; -> the entry with number and time."""
    number, at = read_deletions(folder).newest + 1, datetime.now(UTC).isoformat(timespec="seconds")
    entry = replace(entry, number=number, at=at, products=entry.products if rows_m is None else len(rows_m))
    if rows_m is not None:
        with replacing(_path(folder, number, ".npy")) as aside, open(aside, "wb") as file:
            np.save(file, np.unique(rows_m).astype(np.int32))
    write_whole(_path(folder, number, ".json"), json.dumps(asdict(entry), ensure_ascii=False).encode())
    return entry


def is_settled(folder: Path) -> bool:
    """Whether all folders are where the log says; cheap where nothing was deleted."""
    return not (folder / FOLDER).exists() or not _moves(read_deletions(folder))


def settle(folder: Path) -> None:
    """Moves what the log says has left or come back and a kill left in its place. To be called under the lock of
    writers, before anything is written: nothing else then bears the name of what is to be moved.
    """
    if not (folder / FOLDER).exists():
        return
    for begin, end in _moves(log := read_deletions(folder)):
        end.parent.mkdir(parents=True, exist_ok=True)
        os.replace(begin, end)
    for entry in log.entries:
        if entry.places and log.is_undone(entry):
            shutil.rmtree(log.aside(entry), ignore_errors=True)  # empty by now


def _moves(log: DeletionLog) -> list[tuple[Path, Path]]:
    """(from, to) of what is not where the log says. What is on both sides bears a name that was given again."""
    found = []
    for entry in log.entries:
        if entry.kind == DELETE and not log.is_final(entry):
            for place in entry.places:
                sides = log.folder / place, log.aside(entry) / Path(place).name
                begin, end = reversed(sides) if log.is_undone(entry) else sides
                if begin.exists() and not end.exists() and not any(map(_leads_out, (begin, end))):
                    found.append((begin, end))
    return found


def _leads_out(place: Path) -> bool:
    """Whether it, or the folder it lies in, is a link: in a stranger's workspace that may lead anywhere."""
    return place.is_symlink() or place.parent.is_symlink() or place.parent.parent.is_symlink()


def _path(folder: Path, number: int, ending: str) -> Path:
    return folder / FOLDER / f"{number:06d}{ending}"


def _read(path: Path) -> Deletion:
    """A stranger's workspace may say anything: paths leave its folder nowhere."""
    try:
        said = json.loads(path.read_text("utf-8"))
        entry = Deletion(**{field.name: _checked(field.name, said[field.name]) for field in fields(Deletion)})
        if entry.number != int(path.stem) or entry.kind not in KINDS or entry.what not in WHAT:
            raise ValueError("not an entry of that number")
        return entry
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as reason:
        raise CatalogueError(f"{path} can't be read ({reason!r}): put the one of a backup there") from None


def _checked(name: str, value: Any) -> Any:
    """ValueError for what an entry can't hold under that name."""
    if name == "places":
        good = isinstance(value, list) and all(isinstance(each, str) and _PLACE.fullmatch(each) for each in value)
        value = tuple(value) if good else value
    elif name in ("products", "of", "number"):
        good = type(value) is int and value >= 0  # true is no number
    else:
        good = isinstance(value, str)
    if not good:
        raise ValueError(f"{name}: {str(value)[:80]!r}")
    return value
