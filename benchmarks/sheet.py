"""What a model's numbers look like: learning curves as SVG, and a sheet of rebuilt and drawn pictures.

The sheet shows the catalogue's own pictures: keep it where those may be kept.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.subject import Subject
from explorer.filmstrip import crisp
from model.curves import path_points

COLUMNS, TILE_PX = 14, 96
_WIDE, _HIGH, _PAD = 640, 300, 46


def write_sheet(subject: Subject, path: Path) -> None:
    """A held-out product in each column: the picture, its decode, PCA's rebuild with as many numbers, the mid-point to
    the next product; below them, pictures that no product has: from the mixture, and from N(0, I).
    """
    held_out = subject.held_out
    shown_nhwc = held_out[np.linspace(0, len(held_out) - 1, COLUMNS).astype(int)]
    z_nd = subject.space.encode(shown_nhwc)
    pairs = zip(z_nd, np.roll(z_nd, -1, 0), strict=True)
    rebuilt_nhwc = subject.rebuilt_by_pca(shown_nhwc)
    rows = [
        shown_nhwc,
        subject.space.decode(z_nd),
        np.full_like(shown_nhwc, 255) if rebuilt_nhwc is None else rebuilt_nhwc,
        subject.space.decode(np.stack([path_points([a_d, b_d], 3)[1] for a_d, b_d in pairs])),
        subject.space.decode(subject.codes("mixture", COLUMNS)),
        subject.space.decode(subject.codes("N(0, I)", COLUMNS)),
    ]
    image = Image.new("RGB", (COLUMNS * TILE_PX, len(rows) * TILE_PX), "white")
    for y, row in enumerate(rows):
        for x, tile_hwc in enumerate(row):
            image.paste(crisp(tile_hwc, TILE_PX), (x * TILE_PX, y * TILE_PX))
    image.save(path)


def curves(history: list[dict[str, float]]) -> str:
    """Learning curves as SVG: the error while learning, and on held-out products, on a logarithmic axis."""
    lines = {
        "learning (augmented, noisy codes)": ("#8d8f92", [(h["step"], h["mse"]) for h in history]),
        "held out": ("#0b6e99", [(h["step"], h["held_out_mse"]) for h in history if "held_out_mse" in h]),
    }
    every = [value for _, points in lines.values() for _, value in points]
    low, high, last = np.log10(min(every)), np.log10(np.percentile(every, 99)), history[-1]["step"]

    def place(step: float, value: float) -> str:
        x = _PAD + (_WIDE - 2 * _PAD) * step / last
        share = (np.log10(value) - low) / (high - low)
        return f"{x:.1f},{_HIGH - _PAD - (_HIGH - 2 * _PAD) * min(1.0, share):.1f}"

    text = 'font-family="sans-serif" font-size="12" fill="#57606a"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}">']
    parts.append(f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>')
    for i, (name, (colour, points)) in enumerate(lines.items()):
        path = " ".join(place(step, value) for step, value in points)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{path}"/>')
        parts.append(f'<text x="{_WIDE - 250}" y="{24 + 16 * i}" {text}><tspan fill="{colour}">— </tspan>{name}</text>')
    for value in (10**low, 10**high):
        parts.append(f'<text x="4" y="{float(place(0, value).split(",")[1]) + 4:.0f}" {text}>{value:.4f}</text>')
    parts.append(f'<text x="{_PAD}" y="{_HIGH - 12}" {text}>mean squared error by step, 0 to {last:,.0f}</text></svg>')
    return "\n".join(parts)
