"""A workspace: the folder that holds a catalogue and all made from it.

    tables/              LanceDB: products, tags, views, filters, codes--<model>, map--<model>--<name>,
                         clusters--<model>--<name>, cluster-edits--<model>--<name>
    models/<name>/       weights, card, history
    pixels/              pictures as one array per (catalogue version, size); can be deleted at any time
    deletions/           what was deleted, and what lies aside until it is gone for good (see deletion_log.py)
    import-report.csv    what the last import refused, and why
    format.json          the number of its format, and which program made it (see migrations.py)

Many may read while one writes; a second writer is told who the first is.
"""

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import filelock
import lancedb
from lancedb.table import Table

from looks_like.data.acting import Role, require_role
from looks_like.data.deletion_log import is_settled, settle
from looks_like.data.errors import CatalogueError
from looks_like.data.migrations import migrate, newest, read_format

_PATIENCE_S = 30.0  # for changes that take milliseconds, and now and then a second
_LOOKS_AGAIN_S = 0.05
_NAME_SIGNS = set("abcdefghijklmnopqrstuvwxyz0123456789-")
_TABLE_NAME_MAX = 200  # of two names and what is before them; a disk takes 255
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class _BusyError(CatalogueError):
    """Another process holds the lock."""


class Workspace:
    """Its places and its tables. Opening one makes nothing; CatalogueError for a file, or a format newer than ours."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.models = self.folder / "models"
        self.pixels = self.folder / "pixels"
        if self.folder.exists() and not self.folder.is_dir():
            raise CatalogueError(f"{self.folder} is a file; a workspace is a folder")
        read_format(self.folder)
        self._tables: lancedb.DBConnection | None = None

    @property
    def tables(self) -> lancedb.DBConnection:
        if self._tables is None:
            self._tables = lancedb.connect(str(self.folder / "tables"))
        return self._tables

    def table_names(self) -> list[str]:
        """Of tables with a commit: a kill while one is made leaves a folder that has none, and is no table."""
        versions = (self.folder / "tables").glob("*.lance/_versions")
        return sorted(path.parent.stem for path in versions if next(path.iterdir(), None) is not None)

    def stamp(self, name: str) -> tuple[int, int]:
        """Changes with every commit to a table; (0, 0) while there is none. Far cheaper than opening it."""
        if len(name) > _TABLE_NAME_MAX or not set(name) <= _NAME_SIGNS:
            return 0, 0  # a name from a link, that no table has
        try:
            versions = self.folder / "tables" / f"{name}.lance" / "_versions"
            return sum(1 for _ in versions.iterdir()), versions.stat().st_mtime_ns
        except FileNotFoundError:
            return 0, 0

    def table(self, name: str) -> Table | None:
        """The newest committed state of a table, or None."""
        return self.tables.open_table(name) if name in self.table_names() else None

    def count(self, name: str) -> int:
        """Rows of a table; 0 while there is none."""
        table = self.table(name)
        return 0 if table is None else table.count_rows()

    @contextlib.contextmanager
    def write_lock(self, what: str) -> Iterator[None]:
        """The workspace's write lock. CatalogueError immediately if another process holds it; released by the
        system if this process dies. AccessError for a viewer, as for all that changes anything.
        """
        with self._storage_errors(what), self._lock(".lock", what, f"{self.folder} is being written by"):
            migrate(self.folder)
            settle(self.folder)
            yield

    @contextlib.contextmanager
    def edit_lock(self, what: str) -> Iterator[None]:
        """A short lock for edits (tags, clusters, views); blocks until free and does not conflict with imports."""
        busy = f"the {what} of {self.folder} are being changed by"
        self._bring_up_to_date()
        with self._storage_errors(what), self._lock(f".changing-{what}", f"changing {what}", busy, _PATIENCE_S):
            yield

    @contextlib.contextmanager
    def _storage_errors(self, what: str) -> Iterator[None]:
        """CatalogueError for what LanceDB could not write."""
        try:
            yield
        except RuntimeError as reason:  # what LanceDB raises for a full disk, a lost mount, a broken table
            if not str(reason).startswith("lance error"):
                raise
            said = str(reason).removeprefix("lance error: ").split(", /")[0]
            raise CatalogueError(
                f"{self.folder}: {what} could not be written ({said}); what was in is still in"
            ) from None

    @contextlib.contextmanager
    def training_lock(self, model: str) -> Iterator[None]:
        """Held while a model is trained; imports may go on beside it. CatalogueError when another process trains it."""
        self._bring_up_to_date()
        with self._lock(f".training-{model}", f"training of {model}", f"model {model!r} is being trained by"):
            yield

    def _bring_up_to_date(self) -> None:
        """To the newest format, and what a kill left of a deletion done, under the lock of writers; somebody who holds
        that does the same at his beginning.
        """
        until = time.monotonic() + _PATIENCE_S
        while read_format(self.folder) < newest() or not is_settled(self.folder):
            try:
                with self._lock(".lock", "a newer format", f"{self.folder} is being written by"):
                    migrate(self.folder)
                    settle(self.folder)
            except _BusyError:
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOKS_AGAIN_S)

    @contextlib.contextmanager
    def _lock(self, name: str, what: str, busy: str, wait_s: float = 0) -> Iterator[None]:
        require_role(Role.EDITOR, "change anything")
        self.folder.mkdir(parents=True, exist_ok=True)
        note = self.folder / f"{name}-note"
        lock = filelock.FileLock(self.folder / name, timeout=wait_s)
        try:
            lock.acquire(poll_interval=0.005)
        except filelock.Timeout:
            who = note.read_text("utf-8")[:200] if note.exists() else "another process"
            raise _BusyError(f"{busy} {who}: wait for it to end, then try again") from None
        try:
            note.write_text(f"process {os.getpid()} ({what})", "utf-8")
            yield
        finally:
            note.unlink(missing_ok=True)
            lock.release()


def checked_name(name: str, what: str) -> str:
    """Validates a name for use as a folder and a table. CatalogueError states the rules."""
    if not _NAME.fullmatch(name) or "--" in name:
        raise CatalogueError(f"{name[:60]!r} can't name a {what}: use 1 to 40 small letters, digits and single hyphens")
    return name
