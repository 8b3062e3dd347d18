"""A path as a ZIP: each step as a PNG, and the table of all."""

import io
import zipfile
from typing import BinaryIO

from looks_like.explorer.core import Lab
from looks_like.explorer.paths.files.frames import Frames
from looks_like.explorer.paths.files.style import FilmStyle
from looks_like.explorer.paths.files.tables import steps_csv
from looks_like.explorer.paths.walking import DecodedPath

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of a ZIP's time: the same film gives the same bytes


def write_zip(lab: Lab, path: DecodedPath, style: FilmStyle, out: BinaryIO) -> None:
    made = Frames(lab, path, style)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as to:  # a PNG is packed already
        for i, frame in enumerate(made):
            content = io.BytesIO()
            frame.save(content, "PNG", compress_level=3)
            to.writestr(zipfile.ZipInfo(f"frame-{i + 1:04d}.png", _BEGINNING), content.getvalue())
        to.writestr(zipfile.ZipInfo("steps.csv", _BEGINNING), steps_csv(path))
