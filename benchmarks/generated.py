"""Data made up on the spot: a folder of product-like photographs, a workspace with a real-sized model."""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from benchmarks.measure import Bench, say
from looks_like.data.embeddings import write_codes
from looks_like.data.maps import MapCard, write_map
from looks_like.data.schema import PRODUCT_COLUMNS, PRODUCTS
from looks_like.data.sources import Columns
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.maps import layout
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.training.running.run import TrainRequest, train
from looks_like.model.disk.card import Card, fingerprint

EDGE_PX = 128
MODEL = "bench"
_TEXTURES = 48
_PART, _SMALL_PX = 50_000, 16


def photographs(bench: Bench, count: int, first: int = 0) -> Path:
    """A folder of `count` JPEGs of 128 px, about 4 kB each, on 12 shelves: a textured shape on a soft white ground."""
    folder = bench.folder / f"photographs-{first}-{count}"
    if folder.exists():
        return folder
    say(f"  drawing {count:,} photographs …")
    for shelf in range(12):
        (folder / f"brand-{shelf:02d}").mkdir(parents=True)
    textures = _textures(np.random.default_rng(0))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        names = ((i, folder / f"brand-{i % 12:02d}" / f"{i:06d}.jpg") for i in range(first, first + count))
        consume(pool.map(lambda pair: _draw(*pair, textures), names))
    return folder


def lab_of(bench: Bench, products: int, size: int = 64) -> Lab:
    """A workspace: photographs imported, the default vae (32 latents) trained a little, codes, a PCA map.

    `size`: px, edge of the model's pictures.
    """
    folder = bench.folder / f"workspace-{products}-{size}"
    if folder.exists():
        return Lab(folder)
    source, lab = photographs(bench, products), Lab(folder)
    say(f"  importing {products:,} products …")
    consume(lab.import_products(str(source), Columns()))
    say("  training, encoding and mapping them …")
    epochs = bench.of(20, 5) * 128 / products  # so many steps: no weight is zero any more
    consume(train(lab, TrainRequest("vae", MODEL, {"latent": 32, "size": size}, epochs=epochs)))
    consume(encode(lab, MODEL))
    make_map(lab, MODEL, MapRequest("pca", "pca"))
    return lab


def consume(reports: Iterable[object]) -> None:
    """Reads an iterator to its end."""
    for _ in reports:
        pass


def _textures(rng: np.random.Generator) -> list[np.ndarray]:
    """Grain at three sizes and stripes, in [-1, 1]: what makes a JPEG as heavy as a photograph's."""
    made = []
    y, x = np.mgrid[:EDGE_PX, :EDGE_PX] / EDGE_PX
    for _ in range(_TEXTURES):
        grain = np.zeros((EDGE_PX, EDGE_PX))
        for edge, weight in ((8, 0.5), (32, 0.25), (128, 0.12)):
            small = Image.fromarray(rng.normal(size=(edge, edge)).astype(np.float32))
            grain += weight * np.asarray(small.resize((EDGE_PX, EDGE_PX), Image.Resampling.BICUBIC))
        turn, pitch = rng.uniform(0, np.pi), rng.uniform(4, 30)
        stripes = np.sin(2 * np.pi * pitch * (x * np.cos(turn) + y * np.sin(turn)))
        made.append((grain + rng.uniform(0, 0.4) * stripes).astype(np.float32))
    return made


def _draw(number: int, path: Path, textures: list[np.ndarray]) -> None:
    """One product: seeded by its number, so the same folder is made every time."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[-1 : 1 : EDGE_PX * 1j, -1 : 1 : EDGE_PX * 1j].astype(np.float32)
    turn, power = rng.uniform(-0.6, 0.6), rng.uniform(1.2, 4)
    across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    inside = (np.abs(across) / rng.uniform(0.45, 0.9)) ** power + (np.abs(along) / rng.uniform(0.25, 0.8)) ** power
    mask = np.clip((1 - inside) * 8, 0, 1)[..., None]
    shade = 1 + 0.5 * textures[rng.integers(_TEXTURES)][..., None] - 0.25 * y[..., None]
    context = 0.96 - 0.06 * y[..., None] ** 2
    picture = mask * rng.uniform(0.1, 0.85, 3).astype(np.float32) * shade + (1 - mask) * context
    Image.fromarray((picture.clip(0, 1) * 255).astype(np.uint8)).save(path, "JPEG", quality=90)


def made_up(lab: Lab, count: int, model: Path) -> None:
    """Fills an empty workspace with so many products: rows, small pictures each its own, codes of a copy of `model`, a
    map, none of them computed from another. What grows with a catalogue is the same as if they were.
    """
    rng, ids = np.random.default_rng(0), [f"sku-{number:07d}" for number in range(count)]
    schema = pa.unify_schemas([PRODUCT_COLUMNS, pa.schema([("brand", pa.string()), ("price", pa.float64())])])
    digests = list[str]()
    for start in range(0, count, _PART):
        rows = range(start, min(start + _PART, count))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            pictures = list(pool.map(_small_picture, rows))
        digests += [hashlib.sha256(content).hexdigest() for content in pictures]
        columns = {
            "product_id": ids[rows.start : rows.stop],
            "name": [f"Product {number}" for number in rows],
            "_number": list(rows),
            "_picture": pictures,
            "_picture_sha256": digests[rows.start : rows.stop],
            "_edge_px": [_SMALL_PX] * len(rows),
            "_content_sha256": digests[rows.start : rows.stop],
            "brand": np.array(["Alder", "Birch", "Cedar", "Dogwood"])[rng.integers(0, 4, len(rows))].tolist(),
            "price": rng.lognormal(4, 0.6, len(rows)).round(2).tolist(),
        }
        batch = pa.table(columns, schema=schema)
        if start == 0:
            lab.workspace.tables.create_table(PRODUCTS, batch)
        else:
            lab.workspace.tables.open_table(PRODUCTS).add(batch)
    lab.add_model(model, MODEL)
    latent = lab.card(MODEL).settings["latent"]
    middles_kd = rng.normal(size=(40, latent)).astype(np.float32) * 2
    group_n = rng.integers(0, 40, count)
    z_nd = middles_kd[group_n] + rng.normal(size=(count, latent)).astype(np.float32)
    weights = fingerprint(lab.folder(MODEL))
    write_codes(lab.workspace, MODEL, weights, ids, digests, z_nd)
    xy_n2 = 0.75 * np.tanh(middles_kd[group_n, :2] / 2) + 0.06 * rng.normal(size=(count, 2))
    card = MapCard(MODEL, "umap", "umap", 0, lab.version(), weights, Card.now(), 0.0, lonely=layout.lonely(z_nd))
    write_map(lab.workspace, card, ids, xy_n2.astype(np.float32))


def _small_picture(number: int) -> bytes:
    """PNG of a few pixels, no two alike."""
    rng, out = np.random.default_rng(number), BytesIO()
    blocks_hwc = rng.integers(0, 256, (4, 4, 3), np.uint8).repeat(_SMALL_PX // 4, 0).repeat(_SMALL_PX // 4, 1)
    Image.fromarray(blocks_hwc).save(out, "PNG", compress_level=1)
    return out.getvalue()
