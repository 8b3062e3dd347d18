"""The format of a workspace: a number in `format.json`, and what brings an older workspace up to it.

A workspace without the file is of format 0, as all were before there was a number. Reading changes nothing; who writes
first brings the workspace up to the format of the program, step by step under the workspace's lock. A kill leaves the
number of the last step that was whole, so the next one begins again: each step must be able to run twice.
"""

import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from looks_like.atomic import write_whole
from looks_like.data.errors import CatalogueError

FILE = "format.json"
Migration = Callable[[Path], None]  # the workspace's folder -> None; run twice, it does what it does once


def _numbered(folder: Path) -> None:
    """0 -> 1: all is as it was; from here on there is a number."""


def _deletions_heeded(folder: Path) -> None:
    """1 -> 2: nothing to do; a program of before would show what is deleted from here on."""


# number of a format -> what makes the next one of it. A number that has been released is never used for anything else.
MIGRATIONS: dict[int, Migration] = {0: _numbered, 1: _deletions_heeded}


def newest() -> int:
    """The format that this program writes."""
    return max(MIGRATIONS, default=-1) + 1


def read_format(folder: Path) -> int:
    """The number of a workspace; 0 without one. CatalogueError for one newer than this program, or unreadable."""
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        number = _whole(said["format"])
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as reason:
        raise CatalogueError(f"{folder / FILE} can't be read ({reason!r}): put the one of a backup there") from None
    if number > newest():
        maker = str(said.get("made by", "a newer program"))[:60]
        raise CatalogueError(
            f"{folder} has format {number}, written by {maker}; this program, {_program()}, reads formats up to "
            f"{newest()}: update it, or choose another --workspace"
        )
    return number


def _whole(number: Any) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"format {number!r}")
    return number


def migrate(folder: Path) -> None:
    """Brings a workspace up to the newest format. To be called under its lock. CatalogueError as `read_format`."""
    for number in range(read_format(folder), newest()):
        MIGRATIONS[number](folder)
        said = {"format": number + 1, "made by": _program()}
        write_whole(folder / FILE, json.dumps(said).encode())


def _program() -> str:
    try:
        return f"Looks Like {metadata.version('looks-like')}"
    except metadata.PackageNotFoundError:  # run from its source alone
        return "Looks Like"
