"""A copy of a workspace while people go on: as it was at a moment, and a workspace itself.

A table of Lance is files that never change, and small ones that say which of them it is made of at each commit. What
says it is read first; whatever it names is there already, and stays while nobody clears old versions away, which takes
the lock that a backup holds. So tags may be given meanwhile, and are in the copy or not, each of them whole.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from looks_like.data.acting import Role, require_role
from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace

# what is made again, is of the moment, or is nobody's business elsewhere
_LEFT_OUT = frozenset({"pixels", "jobs", "uploads"})
_COMMITS, _TRIES = "_versions", 5


@dataclass(frozen=True)
class BackupStep:
    stage: str  # for people
    done: int
    total: int
    bytes_copied: int = 0
    links: tuple[str, ...] = ()  # paths in the workspace that lead elsewhere, and so were left out


@dataclass
class _Copied:
    """By now."""

    size_bytes: int = 0
    links: list[Path] = field(default_factory=list)


def back_up(workspace: Workspace, target: Path) -> Iterator[BackupStep]:
    """Copies all but what can be made again into a folder that is not there yet; whole, or not there.

    CatalogueError while somebody imports, trains into, or clears the workspace, or where the target is in the way.
    """
    require_role(Role.ADMIN, "back a workspace up")
    if target.exists():
        raise CatalogueError(f"{target} is there already: a backup goes into a folder of its own")
    if not (workspace.folder / "tables").is_dir():
        raise CatalogueError(f"{workspace.folder} holds nothing to back up")
    if target.resolve().is_relative_to(workspace.folder.resolve()):
        raise CatalogueError(f"{target} lies in the workspace itself: choose another folder")
    aside = target.with_name(f".{target.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with workspace.write_lock("a backup"):
            yield from _copied(workspace, aside)
        os.replace(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _copied(workspace: Workspace, aside: Path) -> Iterator[BackupStep]:
    tables = [(name, workspace.folder / "tables" / f"{name}.lance") for name in workspace.table_names()]
    others = [path for path in sorted(workspace.folder.iterdir()) if _belongs(path)]
    total, copied = len(tables) + len(others), _Copied()
    for number, (name, folder) in enumerate(tables):
        yield BackupStep(f"Copying {name.replace('--', ' ')}", number, total, copied.size_bytes)
        _copy_table(folder, aside / "tables" / folder.name, copied)
    for number, path in enumerate(others, start=len(tables)):
        yield BackupStep(f"Copying {path.name}", number, total, copied.size_bytes)
        _copy(path, aside / path.name, copied, may_go=True)
    links = tuple(str(path.relative_to(workspace.folder)) for path in copied.links)
    yield BackupStep("Done", total, total, copied.size_bytes, links)


def _belongs(path: Path) -> bool:
    return path.name not in _LEFT_OUT and path.name != "tables" and not path.name.startswith(".")


def _copy_table(folder: Path, target: Path, copied: _Copied) -> None:
    """As of its newest commit. Parts of the log of tags are joined now and then: then once more from the beginning."""
    for _ in range(_TRIES):
        own = _Copied()
        try:
            newest = max((folder / _COMMITS).glob("*.manifest"), key=lambda path: path.stat().st_mtime_ns)
            _copy(newest, target / _COMMITS / newest.name, own)
            for path in folder.iterdir():
                if path.name != _COMMITS:
                    _copy(path, target / path.name, own)
        except FileNotFoundError:
            shutil.rmtree(target, ignore_errors=True)
            continue
        copied.size_bytes += own.size_bytes
        copied.links += own.links
        return
    raise CatalogueError(f"{folder.name} changes too fast to be copied: try again in a moment")


def _copy(path: Path, target: Path, copied: _Copied, may_go: bool = False) -> None:
    """A file, or a folder with all in it; of what may go meanwhile (an old checkpoint) what is there still.

    Links are not followed: they lead out of the workspace.
    """
    if path.is_symlink():
        copied.links.append(path)
        return
    if path.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        for inner in path.iterdir():
            if not inner.name.endswith(".part"):
                _copy(inner, target / inner.name, copied, may_go)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(path, target)
        copied.size_bytes += target.stat().st_size
    except FileNotFoundError:
        if not may_go:
            raise
