"""A stranger's photograph as a model takes it.

It may be of something that the model never saw: its rebuild shows what the model makes of it, and words say so when no
product is near.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from looks_like.data.decoding import ENDINGS
from looks_like.data.pictures import encode, pixels_of, square_picture
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError

PHOTOGRAPH_ENDINGS = ENDINGS  # what a page takes
PHOTOGRAPH_MB_MAX = 50  # of a file that comes over a page
_FRAMINGS = (1.0, 0.95, 0.9, 0.85, 0.8)  # of the edge that the photograph takes
_RIGHT_THERE = 0.5  # typical distances: where a product is as near to the photograph as it is, it is not framed anew
_REBUILD_POOR = 2.5  # of 100 shoe photographs in the catalogue, one is rebuilt as badly


@dataclass(frozen=True)
class Photograph:
    """An uploaded photograph: its code, its reconstruction and doubts about the result."""

    z_d: np.ndarray
    rebuilt: bytes  # PNG, as large as the model's pictures: decoded from its code; b"" of a look
    error: float  # mean squared, of values 0 to 1, over the area of the photograph; 0 of a look
    doubts: str  # "" where there are none


def read_photograph(name: str) -> bytes:
    """The content of a file named where a product might have been. RequestError when there is no such file."""
    path = Path(name)
    if not _is_file(path):
        raise RequestError(f"{name[:80]!r} is neither a product of this catalogue nor a file")
    return path.read_bytes()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long to be one
        return False


def square_photograph(lab: Lab, content: bytes) -> bytes:
    """A stranger's file as an import would keep it: square, JPEG or PNG; a product's own picture as it is kept.

    PictureError when it is not a picture.
    """
    if lab.catalogue().row_of_picture(hashlib.sha256(content).hexdigest()) is not None:
        return content
    return square_picture(content).content


def photograph(lab: Lab, model: str, picture: bytes) -> Photograph:
    """What the model makes of a squared picture, in the framing that suits it; of a product's own picture, its code.

    A look takes the framing in which a product is nearest.
    """
    space = lab.space(model)
    seen_fhwc = _framings(picture, space.size)
    z_fd = space.encode(seen_fhwc)
    row = lab.catalogue().row_of_picture(hashlib.sha256(picture).hexdigest())
    if row is not None and space.has(row):
        z_fd[0] = space.code(row)
    if not space.decodes:
        space.require_codes()
        framed = _framing(space, z_fd, space.nearest(z_fd)[1][:, 0])
        return Photograph(np.asarray(z_fd[framed]), b"", 0.0, _doubts(space, z_fd[framed], 0.0))
    rebuilt_fhwc = space.decode(z_fd)
    error_f = np.mean((seen_fhwc.astype(np.float32) - rebuilt_fhwc) ** 2, axis=(1, 2, 3)) / 255**2
    error_f /= np.square(_FRAMINGS)  # margins are easy: an error counts by the area of the rest
    taken = _framing(space, z_fd, error_f)
    rebuilt = encode(Image.fromarray(rebuilt_fhwc[taken]), lossless=True)
    z_d, error = np.asarray(z_fd[taken]), float(error_f[taken])
    return Photograph(z_d, rebuilt, error, _doubts(space, z_d, error))


def _framing(space: Space, z_fd: np.ndarray, error_f: np.ndarray) -> int:
    """The photograph as it is where a product is right there; else the framing with the least error: that the model
    rebuilds best, or of a look, in which a product is nearest.

    Whoever photographs fills the frame; shops leave a margin, and to a model the same shoe a tenth larger is another.
    But of one product in four, another framing than the shop's own is rebuilt better.
    """
    if len(space.z_nd) and float(space.nearest(z_fd[:1])[1][0, 0]) <= _RIGHT_THERE * space.typical_distance:
        return 0
    return int(np.argmin(error_f))


def _framings(picture: bytes, edge_px: int) -> np.ndarray:
    """uint8 (F, S, S, 3): the picture with more and more of its own border colour around it."""
    image = Image.open(io.BytesIO(picture), formats=("JPEG", "PNG")).convert("RGB")
    values = np.asarray(image)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    colour = tuple(int(value) for value in np.median(border, axis=0))
    found = [pixels_of(picture, edge_px)]
    for share in _FRAMINGS[1:]:
        edge = round(image.width / share)
        wider = Image.new("RGB", (edge, edge), colour)
        wider.paste(image, ((edge - image.width) // 2, (edge - image.width) // 2))
        found.append(np.asarray(wider.resize((edge_px, edge_px), Image.Resampling.HAMMING)))
    return np.stack(found)


def _doubts(space: Space, z_d: np.ndarray, error: float) -> str:
    """Warnings: no product is near this code, or the reconstruction error is unusually high."""
    distance, usual = float(space.nearest(z_d[None])[1][0, 0]), space.far_distance
    unseen = space.card.measures.get("mse", 0.0)
    found = []
    if space.typical_distance and distance > usual:
        near, most = distance / space.typical_distance, usual / space.typical_distance
        found.append(f"the nearest product is {near:.1f} × typical away (99 of 100 have one within {most:.1f})")
    if unseen and error > _REBUILD_POOR * unseen:
        found.append(f"its rebuild misses {error / unseen:.1f} × as much as that of a product the model had not seen")
    if not found:
        return ""
    said = " and ".join(found)
    return f"{said[0].upper()}{said[1:]}: the model knows little like it, so judge what follows by eye."
