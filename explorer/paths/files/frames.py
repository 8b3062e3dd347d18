"""The frames of an animation: decoded step and nearest real product, captions, a line of progress."""

from collections.abc import Sequence
from functools import lru_cache
from typing import overload

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from looks_like.data.pictures import resized, shown_pixels
from looks_like.data.text import one_line
from looks_like.explorer.core import Lab, Product
from looks_like.explorer.paths.files.layout import Box, layout_of
from looks_like.explorer.paths.files.style import FilmStyle
from looks_like.explorer.paths.files.timeline import Still, timeline
from looks_like.explorer.paths.walking import DecodedPath

_ACCENT = "#0b6e99"
_LIGHT = {"paper": "#ffffff", "ink": "#1f2328", "quiet": "#6e7681", "track": "#e6e8eb"}
_DARK = {"paper": "#14171a", "ink": "#f0f2f4", "quiet": "#9aa4ad", "track": "#30363d"}


class Frames(Sequence[Image.Image]):
    """One RGB image for each still of the film.

    Each is composed when it is asked for and kept by nobody: 600 of 1024 px would fill a gigabyte.
    """

    def __init__(self, lab: Lab, path: DecodedPath, style: FilmStyle) -> None:
        self._path, self._style, self._layout = path, style, layout_of(style)
        self._inks = _DARK if style.dark else _LIGHT
        self.stills = timeline(path, style)
        # steps near each other are near to the same products
        self._panel = lru_cache(4)(
            lambda row, px: Image.fromarray(shown_pixels(lab.catalogue().pictures([row])[0], px))
        )

    def __len__(self) -> int:
        return len(self.stills)

    @overload
    def __getitem__(self, i: int) -> Image.Image: ...
    @overload
    def __getitem__(self, i: slice) -> list[Image.Image]: ...
    def __getitem__(self, i: int | slice) -> Image.Image | list[Image.Image]:
        if isinstance(i, slice):
            return [self[each] for each in range(*i.indices(len(self)))]
        return self._composed(self.stills[i])

    @property
    def durations_ms(self) -> list[int]:
        """How long each frame is seen."""
        return [still.ms for still in self.stills]

    @property
    def title(self) -> str:
        """What the film shows: from what to what, and how."""
        request, ways = self._path.request, " → ".join(anchor.title for anchor in self._path.anchors)
        return one_line(f"{ways} ({request.curve}, {request.steps} steps, model {request.model})", 300)

    def _composed(self, still: Still) -> Image.Image:
        lay, step = self._layout, still.step
        frame = Image.new("RGB", (lay.wide, lay.high), self._inks["paper"])
        decoded = resized(Image.fromarray(self._path.frames_thwc[step]), lay.decoded.edge)
        if still.fade:
            decoded = Image.blend(decoded, self._panel(self._end_row(step), lay.decoded.edge), still.fade)
        frame.paste(decoded, (lay.decoded.x, lay.decoded.y))
        draw, product = ImageDraw.Draw(frame), self._path.nearest[step]
        if lay.real:
            if lay.inset:
                _border(draw, lay.real, self._inks["paper"])
            frame.paste(self._panel(product.row, lay.real.edge), (lay.real.x, lay.real.y))
        if lay.band:
            self._captions(draw, step, product)
        if self._style.watermark:
            self._mark(draw, lay.decoded)
        return frame

    def _end_row(self, step: int) -> int:
        """Of the product that stands at an end of the path."""
        row = self._path.anchors[-1 if step else 0].row
        return self._path.nearest[step].row if row is None else row

    def _captions(self, draw: ImageDraw.ImageDraw, step: int, product: Product) -> None:
        """Under the decoded picture its step; under the real one its name, and how far it is."""
        lay, count, size = self._layout, len(self._path.nearest), self._style.size
        kind, pad = font(max(10, size // 19)), max(4, size // 32)
        where = f"Step {step + 1} of {count}"
        at, bottom = lay.decoded, lay.decoded.y + lay.decoded.edge
        middle = bottom + lay.band // 2 + 1
        if lay.real is None or lay.inset:
            draw.text((at.x + pad, middle), where, self._inks["quiet"], kind, anchor="lm")
            room = at.edge - 3 * pad - draw.textlength(where, kind)
            named = fitting(draw, product.name, kind, room) if lay.real else ""
            draw.text((at.x + at.edge - pad, middle), named, self._inks["ink"], kind, anchor="rm")
        else:
            draw.text((at.x + pad, middle), where, self._inks["quiet"], kind, anchor="lm")
            self._name(draw, lay.real, product, (kind, pad))
        self._progress(draw, step / max(count - 1, 1), bottom)

    def _name(
        self, draw: ImageDraw.ImageDraw, at: Box, product: Product, how: tuple[ImageFont.FreeTypeFont, int]
    ) -> None:
        kind, pad = how
        middle = at.y + at.edge + self._layout.band // 2 + 1
        # an x, for the font has no multiplication sign
        far = f"{product.distance:.2f}" if product.typical is None else f"{product.typical:.1f} x typical"
        wide = draw.textlength(far, kind)
        draw.text((at.x + at.edge - pad, middle), far, self._inks["quiet"], kind, anchor="rm")
        named = fitting(draw, product.name, kind, at.edge - 3 * pad - wide)
        draw.text((at.x + pad, middle), named, self._inks["ink"], kind, anchor="lm")

    def _progress(self, draw: ImageDraw.ImageDraw, share: float, bottom: int) -> None:
        """A line under the decoded picture; of a pair, all across."""
        lay, line = self._layout, max(2, self._style.size // 100)
        left, wide = (0, lay.wide) if self._style.shape == "pair" else (lay.decoded.x, lay.decoded.edge)
        draw.rectangle((left, bottom, left + wide - 1, bottom + line - 1), self._inks["track"])
        draw.rectangle((left, bottom, left + round(wide * share), bottom + line - 1), _ACCENT)

    def _mark(self, draw: ImageDraw.ImageDraw, at: Box) -> None:
        kind, pad = font(max(10, at.edge // 24)), max(4, at.edge // 40)
        text = fitting(draw, self._style.watermark, kind, at.edge - 2 * pad)
        draw.text((at.x + pad, at.y + at.edge - pad), text, "#6e7681", kind, anchor="ls")


def pictures_of(lab: Lab, items: list[Product], edge_px: int) -> list[np.ndarray]:
    """uint8 (S, S, 3) of each; smaller ones are enlarged smoothly."""
    rows = sorted({product.row for product in items})
    content = dict(zip(rows, lab.catalogue().pictures(rows), strict=True))
    pixels = {row: shown_pixels(content[row], edge_px) for row in rows}
    return [pixels[product.row] for product in items]


def _border(draw: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    edge = max(2, box.edge // 40)
    draw.rectangle((box.x - edge, box.y - edge, box.x + box.edge + edge - 1, box.y + box.edge + edge - 1), colour)


def fitting(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, room_px: float) -> str:
    """The text in one line, cut with an ellipsis where it is too wide."""
    text = one_line(text, 200)
    if draw.textlength(text, font) <= room_px:
        return text
    while text and draw.textlength(text + "…", font) > room_px:
        text = text[:-1]
    return text.rstrip() + "…"


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font
