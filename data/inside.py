"""Files that strangers name, found inside a root however they were written: on Windows, on a Mac, in another case."""

import os
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PureWindowsPath

from looks_like.data.errors import PictureError

FILE_BYTES_MAX = 500_000_000
_HIDDEN = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}


class MissingError(PictureError):
    """There is no file of that name."""


def read_inside(root: Path, *files: str) -> bytes:
    """The bytes of the first of these that is there; it must lie under `root`, wherever links and dots lead.

    PictureError says what is wrong with the first one.
    """
    missing: list[MissingError] = []
    for file in files:
        try:
            return _read(root, file)
        except MissingError as reason:
            missing.append(reason)
    raise missing[0]


def parts_of(file: str) -> tuple[str, ...]:
    """The folders and the name of a path with either separator. PictureError where it leads out of its root."""
    if "://" in file:
        raise PictureError("an address, not a file: fetch it first")
    found: list[str] = []
    leaves = file.startswith(("/", "\\")) or PureWindowsPath(file).is_absolute()
    for part in re.split(r"[/\\]", file):
        if part == "..":
            leaves = leaves or not found
            found = found[:-1]
        elif part not in ("", "."):
            found.append(part)
    if leaves:
        raise PictureError("the path leaves the source's folder")
    return tuple(found)


def folded(name: str) -> str:
    """The same for names that differ by case alone, or by how an accent is written (NFC, NFD)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", readable(name)).casefold())


def spelled_as(wanted: str, have: Iterable[str]) -> str:
    """Which of the names that fold alike is meant: the very same, else the same in its accents, else the only one.

    PictureError where that is not one.
    """
    have, plain = list(have), unicodedata.normalize("NFC", wanted)
    if wanted in have:
        return wanted
    alike = [name for name in have if unicodedata.normalize("NFC", readable(name)) == plain] or have
    if len(alike) > 1:
        raise PictureError(f"{len(alike)} files have this name but for upper and lower case: write it as one of them")
    if not alike:
        raise MissingError("there is no such file")
    return alike[0]


def readable(name: str) -> str:
    """A name of the disk as text; one that is not UTF-8 is read as Windows would have written it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("cp1252", "replace")
    return name


def is_hidden(name: str) -> bool:
    """Whether a file or folder is one that people do not see: what systems leave behind, and names with a dot first."""
    return name.startswith(".") or name.lower() in _HIDDEN


def _read(root: Path, file: str) -> bytes:
    try:
        real = Path(os.path.realpath(_find(root, file)))  # Path.resolve raises where links lead in a circle
        if not real.is_relative_to(os.path.realpath(root)):
            raise PictureError("the path leaves the source's folder")
        if real.is_symlink():  # what links in a circle come to
            raise PictureError("a link that leads back to itself")
        if not real.is_file():
            raise MissingError("there is no such file")
        if real.stat().st_size > FILE_BYTES_MAX:
            raise PictureError(f"larger than {FILE_BYTES_MAX // 1_000_000} MB")
        return real.read_bytes()
    except (OSError, ValueError) as reason:
        if isinstance(reason, PictureError):
            raise
        said = getattr(reason, "strerror", None) or str(reason)
        raise PictureError(f"the file can't be read ({said})") from None


def _find(root: Path, file: str) -> str:
    """Where it lies; not yet whether that is under the root."""
    plain = os.path.join(root, file)
    if "://" not in file and os.path.lexists(plain):
        return plain
    here = str(root)
    for part in parts_of(file):
        inner = os.path.join(here, part)
        if not os.path.lexists(inner):
            inner = os.path.join(here, spelled_as(part, _names_in(here).get(folded(part), ())))
        here = inner
    return here


def _names_in(folder: str) -> dict[str, list[str]]:
    path = Path(folder)
    return _names_at(path, path.stat().st_mtime_ns) if path.is_dir() else {}


@lru_cache(maxsize=64)
def _names_at(folder: Path, changed_ns: int) -> dict[str, list[str]]:
    """Folded name -> how it is spelled there; kept, since a table may name thousands in one folder."""
    found: dict[str, list[str]] = {}
    for path in folder.iterdir():
        found.setdefault(folded(path.name), []).append(path.name)
    return found
