"""Frames as an animated WebP."""

import io

from PIL import Image

from looks_like.explorer.paths.frames import durations_ms


def write_webp(made: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    durations = durations_ms(len(made))
    made[0].save(out, "WEBP", save_all=True, append_images=made[1:], duration=durations, loop=0, quality=80, method=0)
    return out.getvalue()
