"""Pictures as people have them in a notebook, made ready for a model; and arrays as pictures that a notebook shows."""

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path as FilePath

import numpy as np
from PIL import Image

from looks_like.data.pictures import pixels_of, square_picture
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search import read_photograph

_SHOWN_PX = 64  # across each picture of a strip

Picture = str | FilePath | Image.Image | np.ndarray  # a file, an image, or uint8 (H, W, 3)
Pictures = Picture | Sequence[Picture]


def pixels_from(pictures: Pictures, size: int) -> np.ndarray:
    """uint8 (N, size, size, 3): squared, as an import would make them. RequestError for what is no picture."""
    if isinstance(pictures, np.ndarray) and pictures.ndim == 4:
        pictures = list(pictures)
    if isinstance(pictures, str | FilePath | Image.Image | np.ndarray):
        pictures = [pictures]
    return np.stack([_pixels(picture, size) for picture in pictures])


def _pixels(picture: Picture, size: int) -> np.ndarray:
    if isinstance(picture, np.ndarray):
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
            raise RequestError(f"pictures are uint8 (H, W, 3); got {picture.dtype} {picture.shape}")
        if picture.shape[:2] == (size, size):
            return picture
        picture = Image.fromarray(picture)
    if isinstance(picture, Image.Image):
        out = io.BytesIO()
        picture.save(out, "PNG")
        content = out.getvalue()
    else:
        content = read_photograph(str(picture))
    return pixels_of(square_picture(content).content, size)


def strips_html(strips: Sequence[np.ndarray], words: str) -> str:
    """uint8 (N, S, S, 3) each: a row of pictures under the other, as one picture of a page; `words` say what it is."""
    sheet = Image.fromarray(np.concatenate([np.concatenate(list(strip), axis=1) for strip in strips]))
    across, content = len(strips[0]), io.BytesIO()
    sheet.save(content, "WEBP", quality=90)
    style = f"width:{_SHOWN_PX * across}px;max-width:100%"
    alt, address = escape(words, quote=True), data_address(content.getvalue(), "image/webp")
    return f'<img src="{address}" alt="{alt}" title="{alt}" style="{style}">'


def data_address(content: bytes, media_type: str) -> str:
    """The bytes as an address that a page shows without asking anybody."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
