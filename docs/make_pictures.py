"""Makes the README's pictures: a sheet of each sampler, a morph of the demo, and what the demo's model makes.

.venv/bin/python docs/make_pictures.py WORKSPACE     # one that `looks-like demo` filled
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import SAMPLERS
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.paths import FilmStyle, PathRequest, film, walk
from looks_like.explorer.paths.files.frames import pictures_of

HERE = Path(__file__).parent
SIDE, TILE_PX, PRODUCTS, SEED = 8, 144, 30_000, 2
WAY = ("sneaker-000047", "sneaker-000021", "sneaker-000027", "sneaker-000047")  # from one to the next and back
STEPS, PANEL_PX = 72, 192
COLUMNS, WAYS = 10, 3  # of the sheet of what the model makes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    lab = Lab(parser.parse_args().workspace)
    for name in SAMPLERS:
        sheet(name).save(HERE / f"sneakers-{name}.webp", quality=88, method=6)
    path = walk(lab, PathRequest("sneakers", WAY, "dense", STEPS))
    (HERE / "morph.gif").write_bytes(film(lab, path, "gif", FilmStyle(PANEL_PX)))
    made(lab).save(HERE / "demo-model" / "pictures.webp", quality=88, method=6)


def made(lab: Lab) -> Image.Image:
    """Held-out sneakers; rebuilt; three times the way through products and straight; samples of the mixture."""
    space, catalogue = lab.space("sneakers"), lab.catalogue()
    rng = np.random.default_rng(SEED)
    held_out_m = rng.choice(np.flatnonzero(catalogue.held_out), COLUMNS, replace=False)
    rows = [pictures_of(lab, [lab.product(catalogue.product_ids[row]) for row in held_out_m], space.size)]
    rows.append(space.decode(space.codes(held_out_m)))
    for pair in rng.choice(len(catalogue), (WAYS, 2), replace=False):
        rows += [space.decode(space.path_codes(space.codes(pair), COLUMNS, curve)) for curve in ("dense", "linear")]
    rows.append(space.decode(space.mixture.sample(COLUMNS, SEED)))
    return Image.fromarray(np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0))


def sheet(sampler: str) -> Image.Image:
    """64 products, any: drawn by lot, not chosen."""
    numbers = np.random.default_rng(SEED).integers(0, PRODUCTS, SIDE * SIDE)
    tiles = [render(SAMPLERS[sampler](0, int(i)).sneaker, TILE_PX) for i in numbers]
    rows = [np.concatenate(tiles[i : i + SIDE], 1) for i in range(0, len(tiles), SIDE)]
    return Image.fromarray(np.concatenate(rows, 0))


if __name__ == "__main__":
    main()
