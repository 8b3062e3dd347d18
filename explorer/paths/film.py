"""A path becomes a file, in any of the formats below. The same path gives the same bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from looks_like.explorer.core import DecodedPath, Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths.frames import frames
from looks_like.explorer.paths.gif import write_gif
from looks_like.explorer.paths.mp4 import write_mp4
from looks_like.explorer.paths.sheet import sheet
from looks_like.explorer.paths.tables import steps_csv, write_json
from looks_like.explorer.paths.webp import write_webp

SIZE_MIN_PX, SIZE_MAX_PX = 64, 512
_SHEET_MAX_PX = 128
Writer = Callable[[Lab, DecodedPath, int], bytes]  # the last is the edge of a panel in px


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Writer


def _animated(write: Callable[[list[Image.Image]], bytes]) -> Writer:
    return lambda lab, path, size: write(frames(lab, path, size))


FORMATS = {
    "gif": Format("image/gif", _animated(write_gif)),
    "webp": Format("image/webp", _animated(write_webp)),
    "mp4": Format("video/mp4", _animated(write_mp4)),
    "png": Format("image/png", lambda lab, path, size: sheet(lab, path, min(size, _SHEET_MAX_PX))),
    "csv": Format("text/csv; charset=utf-8", lambda lab, path, size: steps_csv(path)),
    "json": Format("application/json", lambda lab, path, size: write_json(path)),
}
MEDIA_TYPES = {kind: written.media_type for kind, written in FORMATS.items()}


def film_kind(file_name: str) -> str:
    """The kind of file by its ending. RequestError lists the kinds."""
    kind = Path(file_name).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise RequestError(f"{file_name[:80]!r}: a film can be written as {', '.join(f'.{k}' for k in FORMATS)}")
    return kind


def film(lab: Lab, path: DecodedPath, kind: str, size: int = 256) -> bytes:
    """The bytes of a film; `size` is the edge of each panel in px. RequestError for a kind or size that can't be."""
    if kind not in FORMATS:
        raise RequestError(f"unknown kind of film {kind[:20]!r}; there are: {', '.join(FORMATS)}")
    if not SIZE_MIN_PX <= size <= SIZE_MAX_PX:
        raise RequestError(f"panels can be {SIZE_MIN_PX} to {SIZE_MAX_PX} px, got {size}")
    return FORMATS[kind].write(lab, path, size)
