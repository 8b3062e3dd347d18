"""Makes morph.gif and reconstructions.png: 6,000 drawn vases, a model of them, the way from one to another.

    .venv/bin/python docs/make_gif.py          # about eight minutes on two cores

The vases are drawn here (profile, neck, foot, stripes, glaze), so the picture in the README is the project's own.
"""

import colorsys
import csv
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

COUNT, EDGE_PX, OVERSAMPLED = 6000, 128, 2


def draw_vase(rng: np.random.Generator) -> Image.Image:
    """One vase on white: a smooth profile through five widths, a two-colour glaze, stripes, light from the left."""
    size = EDGE_PX * OVERSAMPLED
    height = rng.uniform(0.55, 0.86) * size
    base, belly, shoulder, neck, lip = (
        rng.uniform([0.10, 0.18, 0.12, 0.05, 0.07], [0.22, 0.36, 0.32, 0.15, 0.20]) * size
    )
    knots = np.array([base, belly, shoulder, neck, lip])
    at = np.linspace(0, 1, int(height))
    half = np.interp(at, [0, rng.uniform(0.25, 0.45), 0.68, 0.88, 1], knots)
    window = max(3, len(half) // 9)
    half = np.convolve(np.pad(half, window, mode="edge"), np.ones(window) / window, "same")[window:-window]
    hue, second = rng.random(), rng.random()
    glaze = np.array(colorsys.hsv_to_rgb(hue, rng.uniform(0.25, 0.85), rng.uniform(0.45, 0.95)))
    slip = np.array(colorsys.hsv_to_rgb(second, rng.uniform(0.1, 0.6), rng.uniform(0.6, 1)))
    border, stripes = rng.uniform(0.3, 0.95), int(rng.integers(0, 4))
    picture = np.ones((size, size, 3))
    columns = np.arange(size) - size / 2
    foot = int(size * 0.93)
    for i, reach in enumerate(half):
        share = i / len(half)
        colour = slip if share > border or (stripes and abs((share * 12) % 3 - 1.5) < 0.12 * stripes) else glaze
        inside = np.abs(columns) < reach
        light = 0.62 + 0.38 * np.cos(np.clip((columns[inside] / reach + 0.35) * 1.25, -1.6, 1.6))
        picture[foot - i, inside] = colour * light[:, None]
    image = Image.fromarray((picture * 255).astype(np.uint8))
    ImageDraw.Draw(image).line([(size / 2 - half[0], foot + 2), (size / 2 + half[0], foot + 2)], (205, 205, 205), 4)
    return image.resize((EDGE_PX, EDGE_PX), Image.Resampling.LANCZOS)


def run(module: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)  # noqa: S603


def main() -> None:
    out = Path(__file__).with_name("morph.gif")
    with tempfile.TemporaryDirectory() as name:
        folder, rng = Path(name), np.random.default_rng(7)
        with open(folder / "vases.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "image", "name"])
            for i in range(COUNT):
                draw_vase(rng).save(folder / f"{i}.png")
                writer.writerow([f"vase-{i:04d}", f"{i}.png", f"Vase {i:04d}"])
        workspace = ["--workspace", str(folder / "workspace")]
        for command in (
            ["import", str(folder / "vases.csv")],
            ["train", "vae", "--latent", "16", "--epochs", "50"],
            ["encode"],
            [
                "morph",
                "vase-0004",
                "vase-0011",
                "vase-0023",
                "vase-0004",
                "--steps",
                "72",
                "--size",
                "192",
                "--out",
                str(out),
            ],
        ):
            run("explorer", *command, *workspace)
        run("benchmarks.quality", workspace[1], "vae", "--out", str(folder / "quality"))
        shutil.copy(folder / "quality" / "workspace-vae" / "reconstructions.png", out.with_name("reconstructions.png"))


if __name__ == "__main__":
    main()
