"""How many of the ten nearest share an attribute: by pixels, by each model's codes, by each look, and by chance.

    python -m benchmarks.alike WORKSPACE ATTRIBUTE,ATTRIBUTE… [--models a,b] [--sheets FOLDER]

Of words, the share of the ten nearest with the same one, over products that have one; of numbers, how much of their
variance the mean of the ten nearest explains (R²). Asked of up to 6,000 products, evenly drawn, among all with a code;
a product is none of its own neighbours, nor are its copies. Nothing is learnt from the attributes.
`--sheets`: twelve pictures of a product and its ten nearest, by pixels, by a model and by a look.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.types as kinds
from PIL import Image, ImageDraw

from looks_like.data.pictures import resized
from looks_like.data.pixels import pixel_array
from looks_like.explorer.core import Lab, Product
from looks_like.explorer.paths.files.frames import pictures_of
from looks_like.model.device import pick_device
from looks_like.model.disk.card import Card
from looks_like.model.geometry import NearestNeighbours

NEAREST, ASKED_MAX, PIXELS_PX = 10, 6000, 32
SHEETS, TILE_PX, GAP_PX, SIGN_PX = 12, 64, 6, 64
_INK, _GROUND = "#52525b", "white"

Nearest = dict[str, np.ndarray]  # by what says what is alike -> catalogue rows (Q, 10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("attributes", help="with commas between")
    parser.add_argument("--models", help="with commas between; all that have codes unless said")
    parser.add_argument("--sheets", type=Path, help="a folder")
    asked = parser.parse_args()
    lab = Lab(asked.workspace)
    seen = sorted((name for name in lab.models() if len(lab.space(name).z_nd)), key=lambda name: not lab.decodes(name))
    names = asked.models.split(",") if asked.models else seen
    rows_q = evenly(lab.catalogue().there, ASKED_MAX)
    nearest = nearest_by(lab, names, rows_q)
    shares = {name: agreement(lab, name, rows_q, nearest) for name in asked.attributes.split(",")}
    print(table(shares, lab, rows_q))
    print(json.dumps({"shares": shares, "libraries": Card.here(), "device": pick_device().why}))
    if asked.sheets is not None:
        asked.sheets.mkdir(parents=True, exist_ok=True)
        for number, row in enumerate(evenly(rows_q, SHEETS), 1):
            place = int(np.flatnonzero(rows_q == row)[0])
            found = {by: [int(row), *map(int, of_qk[place])] for by, of_qk in nearest.items()}
            sheet(lab, found).save(asked.sheets / f"{number:02d}.webp", quality=88, method=6)
    return 0


def evenly(rows_m: np.ndarray, count: int) -> np.ndarray:
    return np.asarray(rows_m[np.linspace(0, len(rows_m) - 1, min(len(rows_m), count)).astype(np.int64)])


def nearest_by(lab: Lab, models: list[str], rows_q: np.ndarray) -> Nearest:
    """The ten nearest of each of these catalogue rows, by pixels and by the codes of each model or look."""
    there_m = lab.catalogue().there
    pixels_md = pixel_array(lab.workspace, lab.catalogue(), PIXELS_PX)[there_m].reshape(len(there_m), -1)
    found = {f"pixels, {PIXELS_PX} px": _nearest(lab, pixels_md.astype(np.float32) / 255, there_m, rows_q)}
    for name in models:
        space = lab.space(name)
        said = f"{name}: {space.card.family}, {space.latent} numbers"
        found[said] = _nearest(lab, space.z_nd, space.rows_n, rows_q)
    return found


def _nearest(lab: Lab, z_nd: np.ndarray, rows_n: np.ndarray, rows_q: np.ndarray) -> np.ndarray:
    first_n = lab.copies().first_n
    place_n = np.full(len(lab.catalogue()), -1)
    place_n[rows_n] = np.arange(len(rows_n))
    index_qk, _ = NearestNeighbours(z_nd).nearest(z_nd[place_n[rows_q]], min(len(z_nd), 4 * NEAREST))
    found_qk = rows_n[index_qk]
    other_qk = first_n[found_qk] != first_n[rows_q, None]
    return np.stack([found_k[other_k][:NEAREST] for found_k, other_k in zip(found_qk, other_qk, strict=True)])


def agreement(lab: Lab, attribute: str, rows_q: np.ndarray, nearest: Nearest) -> dict[str, float]:
    """By what says what is alike; by chance too."""
    column = lab.catalogue().rows[attribute]
    measured = _explained if kinds.is_integer(column.type) or kinds.is_floating(column.type) else _same
    shares = {"chance": _same_by_chance(column) if measured is _same else 0.0}
    return shares | {by: measured(column, rows_q, of_qk) for by, of_qk in nearest.items()}


def _same(column: pa.ChunkedArray, rows_q: np.ndarray, rows_qk: np.ndarray) -> float:
    """Those that lack it are not asked, and agree with nobody."""
    value_n = np.array(column.cast(pa.string()).to_pylist(), dtype=object)
    has_q = value_n[rows_q] != np.array(None)
    return float(np.mean(value_n[rows_qk[has_q]] == value_n[rows_q[has_q], None]))


def _same_by_chance(column: pa.ChunkedArray) -> float:
    counts = np.array([each["counts"] for each in column.value_counts().to_pylist() if each["values"] is not None])
    return float((counts / counts.sum()) @ (counts / len(column)))


def _explained(column: pa.ChunkedArray, rows_q: np.ndarray, rows_qk: np.ndarray) -> float:
    value_n = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    guess_q, own_q = np.nanmean(value_n[rows_qk], 1), value_n[rows_q]
    known_q = np.isfinite(guess_q + own_q)
    return float(1 - np.mean((guess_q - own_q)[known_q] ** 2) / own_q[known_q].var())


def table(shares: dict[str, dict[str, float]], lab: Lab, rows_q: np.ndarray) -> str:
    asked = f"of the ten nearest ({len(rows_q):,} of {lab.catalogue().count:,} products asked)"
    lines = [f"| {asked} | {' | '.join(shares)} |"]
    lines.append("|---" * (len(shares) + 1) + "|")
    for by in next(iter(shares.values())):
        lines.append(f"| {by} | " + " | ".join(f"{found[by]:.3f}" for found in shares.values()) + " |")
    return "\n".join(lines)


def sheet(lab: Lab, found: dict[str, list[int]]) -> Image.Image:
    """A line for each way to say what is alike: the product, then its ten nearest."""
    wide = SIGN_PX + (NEAREST + 1) * (TILE_PX + GAP_PX) + 2 * GAP_PX
    image = Image.new("RGB", (wide, len(found) * (TILE_PX + GAP_PX) + GAP_PX), _GROUND)
    for line, (by, rows) in enumerate(found.items()):
        top = GAP_PX + line * (TILE_PX + GAP_PX)
        ImageDraw.Draw(image).text((GAP_PX, top + TILE_PX // 2 - 6), by.split(":")[0].split(",")[0][:10], fill=_INK)
        products: list[Product] = lab.products_at(rows)
        for place, pixels in enumerate(pictures_of(lab, products, TILE_PX)):
            left = SIGN_PX + place * (TILE_PX + GAP_PX) + (2 * GAP_PX if place else 0)
            image.paste(resized(Image.fromarray(pixels), TILE_PX), (left, top))
    return image


if __name__ == "__main__":
    raise SystemExit(main())
