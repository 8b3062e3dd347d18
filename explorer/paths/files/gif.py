"""Frames as a GIF, written one by one: of each what differs from the one before.

One palette serves all frames: quantising each anew, as GIF writers do, takes twenty times longer and flickers.
"""

from typing import BinaryIO

import numpy as np
from PIL import GifImagePlugin, Image

from looks_like.explorer.paths.files.frames import Frames


def write_gif(made: Frames, out: BinaryIO) -> None:
    palette = _shared_palette(made)
    before_hw: np.ndarray | None = None
    for frame, duration in zip(made, made.durations_ms, strict=True):
        indexed = frame.quantize(palette=palette, dither=Image.Dither.NONE)
        now_hw = np.asarray(indexed)
        if before_hw is None:
            said = {"loop": 0, "duration": duration, "comment": made.title.encode("utf-8")}
            out.writelines(GifImagePlugin.getheader(indexed, info=said)[0])
            box = (0, 0, *indexed.size)
        else:
            box = _changed(before_hw, now_hw)
        out.writelines(GifImagePlugin.getdata(indexed.crop(box), box[:2], duration=duration, disposal=1))
        before_hw = now_hw
    out.write(b";")


def _changed(before_hw: np.ndarray, now_hw: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs; one pixel where nothing does, for a frame must show something."""
    differs_hw = before_hw != now_hw
    rows, columns = np.flatnonzero(differs_hw.any(1)), np.flatnonzero(differs_hw.any(0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _shared_palette(made: Frames) -> Image.Image:
    """256 colours for the whole film, from every third pixel, each way, of at most 12 of its frames."""
    chosen = range(0, len(made), max(1, len(made) // 12))[:12]
    small = [_third(made[i]) for i in chosen]
    sheet_image = Image.new("RGB", (small[0].width, small[0].height * len(small)))
    for i, frame in enumerate(small):
        sheet_image.paste(frame, (0, i * frame.height))
    return sheet_image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _third(frame: Image.Image) -> Image.Image:
    return frame.resize((frame.width // 3, frame.height // 3), Image.Resampling.NEAREST)
