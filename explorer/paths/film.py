"""A path becomes a file, in any of the formats below. The same path gives the same bytes."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from looks_like.explorer.core import DecodedPath, Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths.frames import Frames
from looks_like.explorer.paths.gif import write_gif
from looks_like.explorer.paths.memory import give_memory_back
from looks_like.explorer.paths.mp4 import write_mp4
from looks_like.explorer.paths.sheet import sheet
from looks_like.explorer.paths.tables import steps_csv, write_json
from looks_like.explorer.paths.webp import write_webp

SIZE_MIN_PX, SIZE_MAX_PX = 64, 512
_SHEET_MAX_PX = 128
Writer = Callable[[Lab, DecodedPath, int, BinaryIO], object]  # the number is the edge of a panel in px


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Writer


def _animated(write: Callable[[Frames, BinaryIO], None]) -> Writer:
    return lambda lab, path, size, out: write(Frames(lab, path, size), out)


FORMATS = {
    "gif": Format("image/gif", _animated(write_gif)),
    "webp": Format("image/webp", _animated(write_webp)),
    "mp4": Format("video/mp4", _animated(write_mp4)),
    "png": Format("image/png", lambda lab, path, size, out: out.write(sheet(lab, path, min(size, _SHEET_MAX_PX)))),
    "csv": Format("text/csv; charset=utf-8", lambda lab, path, size, out: out.write(steps_csv(path))),
    "json": Format("application/json", lambda lab, path, size, out: out.write(write_json(path))),
}
MEDIA_TYPES = {kind: written.media_type for kind, written in FORMATS.items()}


def film_kind(file_name: str) -> str:
    """The kind of file by its ending. RequestError lists the kinds."""
    kind = Path(file_name).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise RequestError(f"{file_name[:80]!r}: a film can be written as {', '.join(f'.{k}' for k in FORMATS)}")
    return kind


def film(lab: Lab, path: DecodedPath, kind: str, size: int = 256) -> bytes:
    """The bytes of a film; see `write_film`."""
    out = io.BytesIO()
    write_film(lab, path, kind, size, out)
    return out.getvalue()


def write_film(lab: Lab, path: DecodedPath, kind: str, size: int, out: BinaryIO) -> None:
    """Frame by frame, so that it takes little memory however long it is; that goes back to the system afterwards.

    `size` is the edge of each panel in px. RequestError for a kind or size that can't be.
    """
    check_film(kind, size)
    try:
        FORMATS[kind].write(lab, path, size, out)
    finally:
        give_memory_back()


def check_film(kind: str, size: int) -> None:
    """RequestError for a kind or size that can't be."""
    if kind not in FORMATS:
        raise RequestError(f"unknown kind of film {kind[:20]!r}; there are: {', '.join(FORMATS)}")
    if not SIZE_MIN_PX <= size <= SIZE_MAX_PX:
        raise RequestError(f"panels can be {SIZE_MIN_PX} to {SIZE_MAX_PX} px, got {size}")
