"""A path becomes a file, in any of the formats below. The same path in the same style gives the same bytes."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.paths.files.frames import Frames
from looks_like.explorer.paths.files.gif import write_gif
from looks_like.explorer.paths.files.memory import give_memory_back
from looks_like.explorer.paths.files.mp4 import write_mp4
from looks_like.explorer.paths.files.sheet import sheet
from looks_like.explorer.paths.files.style import USUAL, FilmStyle
from looks_like.explorer.paths.files.tables import steps_csv, write_json
from looks_like.explorer.paths.files.webp import write_webp
from looks_like.explorer.paths.files.zipped import write_zip
from looks_like.explorer.paths.walking import DecodedPath

_SHEET_MAX_PX = 128
Writer = Callable[[Lab, DecodedPath, FilmStyle, BinaryIO], object]


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Writer


def _animated(write: Callable[[Frames, BinaryIO], None]) -> Writer:
    return lambda lab, path, style, out: write(Frames(lab, path, style), out)


def _sheet(lab: Lab, path: DecodedPath, style: FilmStyle, out: BinaryIO) -> None:
    out.write(sheet(lab, path, min(style.size, _SHEET_MAX_PX), Frames(lab, path, style).title))


FORMATS = {
    "gif": Format("image/gif", _animated(write_gif)),
    "webp": Format("image/webp", _animated(write_webp)),
    "mp4": Format("video/mp4", lambda lab, path, style, out: write_mp4(Frames(lab, path, style), out, style.fps)),
    "png": Format("image/png", _sheet),
    "zip": Format("application/zip", write_zip),
    "csv": Format("text/csv; charset=utf-8", lambda lab, path, style, out: out.write(steps_csv(path))),
    "json": Format("application/json", lambda lab, path, style, out: out.write(write_json(path))),
}
MEDIA_TYPES = {kind: written.media_type for kind, written in FORMATS.items()}


def film_kind(file_name: str) -> str:
    """The kind of file by its ending. RequestError lists the kinds."""
    kind = Path(file_name).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise RequestError(f"{file_name[:80]!r}: a film can be written as {', '.join(f'.{k}' for k in FORMATS)}")
    return kind


def film(lab: Lab, path: DecodedPath, kind: str, style: FilmStyle = USUAL) -> bytes:
    """The bytes of a film; see `write_film`."""
    out = io.BytesIO()
    write_film(lab, path, kind, style, out)
    return out.getvalue()


def write_film(lab: Lab, path: DecodedPath, kind: str, style: FilmStyle, out: BinaryIO) -> None:
    """Frame by frame, so that it takes little memory however long it is; that goes back to the system afterwards.

    RequestError for a kind that can't be.
    """
    check_film(kind)
    try:
        FORMATS[kind].write(lab, path, style, out)
    finally:
        give_memory_back()


def check_film(kind: str) -> None:
    """RequestError for a kind that can't be."""
    if kind not in FORMATS:
        raise RequestError(f"unknown kind of film {kind[:20]!r}; there are: {', '.join(FORMATS)}")
