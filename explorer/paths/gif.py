"""Frames as a GIF.

One palette serves all frames: quantising each anew, as GIF writers do, takes twenty times longer and flickers.
"""

import io

from PIL import Image

from looks_like.explorer.paths.frames import durations_ms


def write_gif(made: list[Image.Image]) -> bytes:
    palette = _shared_palette(made)
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in made]
    out = io.BytesIO()
    durations = durations_ms(len(made))
    indexed[0].save(
        out, "GIF", save_all=True, append_images=indexed[1:], duration=durations, loop=0, optimize=False, disposal=1
    )
    return out.getvalue()


def _shared_palette(made: list[Image.Image]) -> Image.Image:
    """256 colours for the whole film, from every third pixel, each way, of at most 12 of its frames."""
    chosen = made[:: max(1, len(made) // 12)][:12]
    small = [frame.resize((frame.width // 3, frame.height // 3), Image.Resampling.NEAREST) for frame in chosen]
    sheet_image = Image.new("RGB", (small[0].width, small[0].height * len(small)))
    for i, frame in enumerate(small):
        sheet_image.paste(frame, (0, i * frame.height))
    return sheet_image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
