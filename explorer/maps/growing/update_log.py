"""What updates did, one file each in `updates/`, the newest last; any of them can be deleted.

Beside them, while an update runs and after one that was stopped, stands what the catalogue was when it began: what came
with it is judged by the one that ends.
"""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from looks_like.atomic import own_file, write_whole
from looks_like.data.acting import Role, require_role
from looks_like.explorer.core import Lab

FOLDER = "updates"
_KEPT, _BYTES_MAX = 100, 10_000_000
_BEGUN, _BEGUN_BYTES_MAX = "begun.json", 100
_NAME = re.compile(r"\d{20}")


@dataclass(frozen=True)
class UpdateReport:
    """What an update changed, and what it found of what is new."""

    at: str  # ISO 8601, UTC
    who: str
    sources: tuple[str, ...]
    said: tuple[str, ...]  # sentences for people
    added: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    refused: int = 0
    version: int = 0  # of the catalogue after it
    stale: tuple[str, ...] = ()  # models that have not seen the like of what came
    unlike: dict[str, list[str]] = field(default_factory=dict)  # by model, ids of products unlike all it has seen
    proposed: dict[str, list[str]] = field(default_factory=dict)  # by tag, ids of products that may carry it
    failed: tuple[str, ...] = ()  # what could not be done, and why

    @property
    def changed(self) -> bool:
        return bool(self.added or self.updated or self.deleted)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def keep_report(lab: Lab, report: UpdateReport) -> None:
    """Whole or not at all; nowhere where a stranger's link stands in the folder's place."""
    folder = lab.workspace.folder / FOLDER
    if folder.is_symlink():
        return
    write_whole(folder / f"{time.time_ns():020d}.json", json.dumps(report.plain(), ensure_ascii=False).encode())
    for old in _files(folder)[:-_KEPT]:
        old.unlink(missing_ok=True)


def begin(lab: Lab) -> int:
    """-> the version of the catalogue with which the oldest update began that has not ended; 0 where it was empty."""
    require_role(Role.EDITOR, "change anything")
    folder, now = lab.workspace.folder / FOLDER, lab.version()
    if folder.is_symlink():
        return now
    with suppress(OSError, ValueError, RecursionError):
        then = _count(json.loads(own_file(folder / _BEGUN, _BEGUN_BYTES_MAX).read_bytes()))
        if 0 < then <= now:
            return then
    write_whole(folder / _BEGUN, json.dumps(now).encode())
    return now


def end(lab: Lab) -> None:
    """All that came since `begin` is judged."""
    folder = lab.workspace.folder / FOLDER
    if not folder.is_symlink():
        (folder / _BEGUN).unlink(missing_ok=True)


def updates(lab: Lab, most: int = _KEPT) -> list[UpdateReport]:
    """The newest first; files that this program did not write are left out."""
    folder = lab.workspace.folder / FOLDER
    files = [] if folder.is_symlink() else _files(folder)[::-1][:most]
    return [report for file in files if (report := _read(file)) is not None]


def _files(folder: Path) -> list[Path]:
    """Of ours, the oldest first."""
    return sorted(file for file in folder.glob("*.json") if _NAME.fullmatch(file.stem))


def _read(file: Path) -> UpdateReport | None:
    try:
        said = json.loads(own_file(file, _BYTES_MAX).read_text("utf-8"))
        if said.keys() != _READS.keys():
            return None
        return UpdateReport(**{key: _READS[key](value) for key, value in said.items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise ValueError("no text")
    return said


def _count(said: object) -> int:
    if isinstance(said, bool) or not isinstance(said, int):
        raise ValueError("no count")
    return said


def _texts(said: object) -> tuple[str, ...]:
    if not isinstance(said, list):
        raise ValueError("no list")
    return tuple(map(_text, said))


def _lists(said: object) -> dict[str, list[str]]:
    if not isinstance(said, dict):
        raise ValueError("no lists")
    return {_text(of): [*_texts(every)] for of, every in said.items()}


_READS: dict[str, Callable[[object], Any]] = {
    **dict.fromkeys(("at", "who"), _text),
    **dict.fromkeys(("sources", "said", "stale", "failed"), _texts),
    **dict.fromkeys(("added", "updated", "deleted", "unchanged", "refused", "version"), _count),
    **dict.fromkeys(("unlike", "proposed"), _lists),
}
