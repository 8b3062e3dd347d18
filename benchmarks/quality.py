"""How good a trained model is: card, learning curves and a reconstruction sheet, written to a folder.

    python -m benchmarks.quality WORKSPACE MODEL --out FOLDER

`reconstructions.png`: a held-out product in each column: the picture, its decode, PCA's with as many numbers, and
the mid-point to the next product. It shows the catalogue's own pictures: keep it where those may be kept.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from data.pixels import pixel_array
from explorer.filmstrip import crisp
from explorer.lab import Lab
from model.card import read_history
from model.images import Pictures, to_float, to_uint8
from model.metrics.reconstruction import principal_mse, reconstruction_mse
from model.principal import flatten, principal_components

COLUMNS, TILE_PX = 14, 96
_WIDE, _HIGH, _PAD = 640, 300, 46


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("model")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    lab = Lab(asked.workspace)
    folder = lab.folder(asked.model)
    shutil.copy(folder / "card.json", asked.out / "card.json")
    (asked.out / "curves.svg").write_text(curves(read_history(folder)), "utf-8")
    figures = measure(lab, asked.model, asked.out / "reconstructions.png")
    for name, value in figures.items():
        print(f"{name:32} {value:.5f}")
    print(json.dumps(figures))


def measure(lab: Lab, model: str, sheet: Path) -> dict[str, float]:
    """Held-out errors of the model and of PCA with as many numbers; writes the sheet."""
    space, catalogue = lab.space(model), lab.catalogue()
    pixels_nhwc = pixel_array(lab.workspace, catalogue, space.size)
    learn, held_out = (Pictures(pixels_nhwc, np.flatnonzero(n)) for n in (~catalogue.held_out, catalogue.held_out))
    principal = principal_components(learn, space.latent)
    sample = Pictures(pixels_nhwc, learn.rows_n[:: max(1, len(learn) // 2000)])
    figures = {
        "held-out products": float(len(held_out)),
        "held-out mse": reconstruction_mse(space.net, held_out),
        "learnt-from mse (2,000 of them)": reconstruction_mse(space.net, sample),
        "PCA held-out mse": principal_mse(principal, held_out),
        "active dimensions": float(len(space.dimensions)),
    }
    figures["mse over PCA"] = figures["held-out mse"] / figures["PCA held-out mse"]
    shown_nhwc = held_out[np.linspace(0, len(held_out) - 1, COLUMNS).astype(int)]
    z_nd = space.encode(shown_nhwc)
    x_np = flatten(to_float(shown_nhwc))
    edge = shown_nhwc.shape[1]
    rebuilt = principal.rebuild(principal.project(x_np))
    rows = [
        shown_nhwc,
        space.decode(z_nd),
        to_uint8(rebuilt.view(-1, 3, edge, edge)) if edge <= 64 else np.full_like(shown_nhwc, 255),
        space.decode((z_nd + np.roll(z_nd, -1, 0)) / 2),
    ]
    image = Image.new("RGB", (COLUMNS * TILE_PX, len(rows) * TILE_PX), "white")
    for y, row in enumerate(rows):
        for x, tile_hwc in enumerate(row):
            image.paste(crisp(tile_hwc, TILE_PX), (x * TILE_PX, y * TILE_PX))
    image.save(sheet)
    return figures


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


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    main()
