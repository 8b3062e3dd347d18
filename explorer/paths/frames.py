"""The frames of an animation: decoded step and nearest real product side by side, a caption, a line of progress."""

from collections.abc import Sequence
from functools import lru_cache
from typing import overload

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from looks_like.data.pictures import resized, shown_pixels
from looks_like.data.text import one_line
from looks_like.explorer.core import DecodedPath, Lab, Product

STEP_MS, HOLD_MS = 50, 600  # a step; the first and last frame, so that one sees where one is
_INK, _GREY, _ACCENT, _TRACK = "#1f2328", "#6e7681", "#0b6e99", "#e6e8eb"


class Frames(Sequence[Image.Image]):
    """One RGB image per step: 2 panels of `size`, a caption below, a thin line of progress.

    Each is composed when it is asked for and kept by nobody: 600 of 1024 px would fill a gigabyte.
    """

    def __init__(self, lab: Lab, path: DecodedPath, size: int) -> None:
        self._path, self._size = path, size
        # steps near each other are near to the same products
        self._panel = lru_cache(4)(lambda row: Image.fromarray(shown_pixels(lab.catalogue().pictures([row])[0], size)))

    def __len__(self) -> int:
        return len(self._path.nearest)

    @overload
    def __getitem__(self, i: int) -> Image.Image: ...
    @overload
    def __getitem__(self, i: slice) -> list[Image.Image]: ...
    def __getitem__(self, i: int | slice) -> Image.Image | list[Image.Image]:
        if isinstance(i, slice):
            return [self[each] for each in range(*i.indices(len(self)))]
        product, size = self._path.nearest[i], self._size
        frame = Image.new("RGB", (2 * size, size + max(24, size // 8)), "white")
        frame.paste(resized(Image.fromarray(self._path.frames_thwc[i]), size), (0, 0))
        frame.paste(self._panel(product.row), (size, 0))
        _write_caption(frame, i, len(self), product, size)
        return frame


def pictures_of(lab: Lab, items: list[Product], edge_px: int) -> list[np.ndarray]:
    """uint8 (S, S, 3) of each; smaller ones are enlarged smoothly."""
    rows = sorted({product.row for product in items})
    content = dict(zip(rows, lab.catalogue().pictures(rows), strict=True))
    pixels = {row: shown_pixels(content[row], edge_px) for row in rows}
    return [pixels[product.row] for product in items]


def _write_caption(frame: Image.Image, i: int, steps: int, product: Product, size: int) -> None:
    draw = ImageDraw.Draw(frame)
    font, pad = _font(max(10, size // 19)), max(4, size // 32)
    middle = size + (frame.height - size) // 2 + 1
    draw.text((pad, middle), f"Step {i + 1} of {steps}", _GREY, font, anchor="lm")
    # an x, for the font has no multiplication sign
    distance = f"{product.distance:.2f}" if product.typical is None else f"{product.typical:.1f} x typical"
    wide = draw.textlength(distance, font)
    draw.text((2 * size - pad, middle), distance, _GREY, font, anchor="rm")
    draw.text((size + pad, middle), _fitting(draw, product.name, font, size - 3 * pad - wide), _INK, font, anchor="lm")
    line = max(2, size // 100)
    draw.rectangle((0, size, 2 * size, size + line - 1), _TRACK)
    draw.rectangle((0, size, round(2 * size * i / max(steps - 1, 1)), size + line - 1), _ACCENT)


def _fitting(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, room_px: float) -> str:
    """The text in one line, cut with an ellipsis where it is too wide."""
    text = one_line(text, 200)
    if draw.textlength(text, font) <= room_px:
        return text
    while text and draw.textlength(text + "…", font) > room_px:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def durations_ms(count: int) -> list[int]:
    """How long each of `count` frames is seen."""
    return [HOLD_MS, *([STEP_MS] * max(0, count - 2)), HOLD_MS][:count]
