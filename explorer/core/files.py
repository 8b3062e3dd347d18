"""Checks an output file before long work starts, so that it does not fail at the end."""

from collections.abc import Sequence
from pathlib import Path

from looks_like.explorer.errors import RequestError


def require_writable(file: Path, what: str, endings: Sequence[str]) -> None:
    """RequestError or OSError unless `file` can be written and has one of the endings; `what`: a report, tags."""
    if file.suffix.lower() not in endings:
        raise RequestError(f"{str(file)!r}: {what} written as {', '.join(endings)}")
    if file.is_dir():
        raise RequestError(f"{file} is a folder: name a file in it, such as {file / ('x' + endings[0])}")
    aside = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    aside.touch()
    aside.unlink()
