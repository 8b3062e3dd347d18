"""A path becomes a file: two panels a frame (decoded step | nearest real product), as GIF, WebP, MP4, sheet or table.

The same path gives the same bytes. One palette serves a whole GIF: quantising each frame anew, as GIF writers do by
default, takes twenty times longer and flickers.
"""

import csv
import io
import json
import tempfile
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from looks_like.data.importing import harmless_cell
from looks_like.data.pictures import pixels_of
from looks_like.explorer.core import DecodedPath, Item, Lab
from looks_like.explorer.errors import AskError

SIZE_MIN_PX, SIZE_MAX_PX = 64, 512
_STEP_MS, _HOLD_MS = 50, 600  # a step; the first and last frame, so that one sees where one is
_INK, _GREY, _ACCENT, _TRACK = "#1f2328", "#6e7681", "#0b6e99", "#e6e8eb"
_SHEET_COLUMNS = 10

MEDIA_TYPES = {
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def film_kind(file_name: str) -> str:
    """The kind of file by its ending. AskError lists the kinds."""
    kind = Path(file_name).suffix.lower().removeprefix(".")
    if kind not in MEDIA_TYPES:
        raise AskError(f"{file_name[:80]!r}: a film can be written as {', '.join(f'.{k}' for k in MEDIA_TYPES)}")
    return kind


def film(lab: Lab, path: DecodedPath, kind: str, size: int = 256) -> bytes:
    """The bytes of a film; `size` is the edge of each panel in px. AskError for a kind or size that can't be."""
    if kind not in MEDIA_TYPES:
        raise AskError(f"unknown kind of film {kind[:20]!r}; there are: {', '.join(MEDIA_TYPES)}")
    if not SIZE_MIN_PX <= size <= SIZE_MAX_PX:
        raise AskError(f"panels can be {SIZE_MIN_PX} to {SIZE_MAX_PX} px, got {size}")
    if kind == "csv":
        return steps_csv(path)
    if kind == "json":
        return json.dumps(steps_json(path), ensure_ascii=False, indent=1).encode()
    if kind == "png":
        return sheet(lab, path, min(size, 128))
    writers: dict[str, Callable[[list[Image.Image]], bytes]] = {"gif": _gif, "webp": _webp, "mp4": _mp4}
    return writers[kind](frames(lab, path, size))


# -- tables ------------------------------------------------------------------------------------------------------


def steps_json(path: DecodedPath) -> dict[str, object]:
    steps = [
        {
            "step": i + 1,
            "product_id": item.product_id,
            "name": item.name,
            "distance": round(item.distance or 0.0, 4),
            "distance_over_typical": None if item.typical is None else round(item.typical, 3),
            "z": [round(float(value), 5) for value in path.z_td[i]],
        }
        for i, item in enumerate(path.nearest)
    ]
    ask = path.ask
    return {"model": ask.model, "anchors": list(ask.anchors), "curve": ask.curve, "steps": steps}


def steps_csv(path: DecodedPath) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    latent = path.z_td.shape[1]
    writer.writerow(
        ["step", "product_id", "name", "distance", "distance_over_typical", *(f"z{d}" for d in range(latent))]
    )
    for i, item in enumerate(path.nearest):
        near = "" if item.typical is None else f"{item.typical:.3f}"
        row = [i + 1, harmless_cell(item.product_id), harmless_cell(item.name), f"{item.distance:.4f}", near]
        writer.writerow([*row, *(f"{value:.5f}" for value in path.z_td[i])])
    return text.getvalue().encode("utf-8")


# -- pictures ----------------------------------------------------------------------------------------------------


def frames(lab: Lab, path: DecodedPath, size: int) -> list[Image.Image]:
    """One RGB image per step: 2 panels of `size`, a caption below, a thin line of progress."""
    caption = max(24, size // 8)
    real = pictures_of(lab, path.nearest, size)
    panels: dict[int, Image.Image] = {}
    made = []
    for i, item in enumerate(path.nearest):
        if item.row not in panels:
            panels[item.row] = Image.fromarray(real[i])
        frame = Image.new("RGB", (2 * size, size + caption), "white")
        frame.paste(crisp(path.frames_thwc[i], size), (0, 0))
        frame.paste(panels[item.row], (size, 0))
        _write_caption(frame, i, len(path.nearest), item, size)
        made.append(frame)
    return made


def pictures_of(lab: Lab, items: list[Item], edge_px: int) -> list[np.ndarray]:
    """uint8 (S, S, 3) of each; smaller ones are enlarged in whole pixels, not blurred."""
    rows = sorted({item.row for item in items})
    content = dict(zip(rows, lab.catalogue().pictures(rows), strict=True))
    pixels = {row: _enlarge(content[row], edge_px) for row in rows}
    return [pixels[item.row] for item in items]


def _enlarge(content: bytes, edge_px: int) -> np.ndarray:
    image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if image.width >= edge_px:
        return pixels_of(content, edge_px)
    return np.asarray(image.convert("RGB").resize((edge_px, edge_px), Image.Resampling.NEAREST))


def crisp(pixels_hwc: np.ndarray, size: int) -> Image.Image:
    """Enlarged in whole pixels, never blurred; averaged where it is larger than the panel."""
    image = Image.fromarray(pixels_hwc)
    if image.width == size:
        return image
    return image.resize((size, size), Image.Resampling.NEAREST if image.width < size else Image.Resampling.HAMMING)


def _write_caption(frame: Image.Image, i: int, steps: int, item: Item, size: int) -> None:
    draw = ImageDraw.Draw(frame)
    font, pad = _font(max(10, size // 19)), max(4, size // 32)
    middle = size + (frame.height - size) // 2 + 1
    draw.text((pad, middle), f"Step {i + 1} of {steps}", _GREY, font, anchor="lm")
    # an x, for the font has no multiplication sign
    distance = f"{item.distance:.2f}" if item.typical is None else f"{item.typical:.1f} x typical"
    wide = draw.textlength(distance, font)
    draw.text((2 * size - pad, middle), distance, _GREY, font, anchor="rm")
    draw.text((size + pad, middle), _fitting(draw, item.name, font, size - 3 * pad - wide), _INK, font, anchor="lm")
    line = max(2, size // 100)
    draw.rectangle((0, size, 2 * size, size + line - 1), _TRACK)
    draw.rectangle((0, size, round(2 * size * i / max(steps - 1, 1)), size + line - 1), _ACCENT)


def _fitting(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, room_px: float) -> str:
    """The text in one line, cut with an ellipsis where it is too wide."""
    text = "".join(c if c.isprintable() else " " for c in text[:200])
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


def _durations(count: int) -> list[int]:
    return [_HOLD_MS, *([_STEP_MS] * max(0, count - 2)), _HOLD_MS][:count]


def _gif(made: list[Image.Image]) -> bytes:
    palette = _shared_palette(made)
    indexed = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in made]
    out = io.BytesIO()
    durations = _durations(len(made))
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


def _webp(made: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    durations = _durations(len(made))
    made[0].save(out, "WEBP", save_all=True, append_images=made[1:], duration=durations, loop=0, quality=80, method=0)
    return out.getvalue()


def _mp4(made: list[Image.Image]) -> bytes:
    import imageio

    hold = _HOLD_MS // _STEP_MS
    played = [made[0]] * (hold - 1) + made + [made[-1]] * (hold - 1)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # ffmpeg is a process of its own: the store warns of forks, and this child runs nothing of it
        warnings.filterwarnings("ignore", message="lancedb fork support", category=RuntimeWarning)
        file = Path(folder) / "film.mp4"
        with imageio.get_writer(
            file, fps=1000 // _STEP_MS, codec="libx264", quality=8, macro_block_size=2, ffmpeg_log_level="error"
        ) as writer:
            for frame in played:
                writer.append_data(np.asarray(frame))
        return file.read_bytes()


def sheet(lab: Lab, path: DecodedPath, size: int) -> bytes:
    """All steps at once: rows of decoded steps, each above its nearest product."""
    real = pictures_of(lab, path.nearest, size)
    columns = min(_SHEET_COLUMNS, len(real))
    rows = -(-len(real) // columns)
    gap = max(4, size // 16)
    image = Image.new("RGB", (columns * (size + gap) + gap, rows * (2 * size + 2 * gap) + gap), "white")
    for i, pixels in enumerate(real):
        left = gap + (i % columns) * (size + gap)
        top = gap + (i // columns) * (2 * size + 2 * gap)
        image.paste(crisp(path.frames_thwc[i], size), (left, top))
        image.paste(Image.fromarray(pixels), (left, top + size))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
