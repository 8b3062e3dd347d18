"""A catalogue far larger than ours: a million rows, of which only the pictures are few. How soon is its map there?"""

import hashlib
import json
import time
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from benchmarks.generated import MODEL, lab_of
from benchmarks.measure import Bench, Result, peak_memory_mb, say
from benchmarks.speed.browser import app_of, browser_page
from looks_like.data.embeddings import write_codes
from looks_like.data.maps import MapCard, write_map
from looks_like.data.pictures import thumbnail
from looks_like.data.schema import PRODUCT_COLUMNS, PRODUCTS
from looks_like.explorer.core.lab import Lab
from looks_like.model.card import Card, fingerprint

_PICTURES, _EDGE_PX = 500, 32  # small: a million of 4 kB would fill the disk, and none of them is looked at
_OPENS_WITHIN_S, _MEMORY_MB = 10.0, 3000.0


def opening(bench: Bench) -> Iterator[Result]:
    """The page Map of 1,000,000 products, from the start of the app until its points are drawn; then a lasso."""
    lab = _lab(bench, bench.of(1_000_000, 20_000))
    count = len(lab.catalogue())
    with app_of(bench, lab.workspace.folder) as server, browser_page() as page:
        page.goto(f"{server.url}/?model={MODEL}&map=umap&colour=brand&panel=selection")
        page.wait_for_selector(".stage:not(.loading)")
        opened_s = time.perf_counter() - server.started
        started = time.perf_counter()
        page.goto(f"{server.url}/?model={MODEL}&map=umap&colour=price&panel=selection")
        page.wait_for_selector(".stage:not(.loading)")
        again_s = time.perf_counter() - started
        steps = json.dumps([["=", "lasso", [[-0.3, -0.3], [0.3, -0.3], [0.3, 0.3], [-0.3, 0.3]]]])
        started = time.perf_counter()
        server.get(f"/api/selection?model={MODEL}&map=umap&steps={quote(steps)}")
        lasso_s = time.perf_counter() - started
        three = json.dumps([["brand", "is", ["Alder"]], ["price", "between", [20, 90]], ["", "holds", "7"]])
        started = time.perf_counter()
        server.get(f"/api/shown?filter={quote(three)}")
        filter_s = time.perf_counter() - started
        peak = peak_memory_mb(server.pid)
    more = {"opened_again_s": round(again_s, 2), "lasso_s": round(lasso_s, 3), "first_filter_s": round(filter_s, 3)}
    yield Result(f"map of {count:,} products, from start", opened_s, "s", goal=bench.goal(_OPENS_WITHIN_S), more=more)
    yield Result(f"memory of the app, {count:,} products", peak, "MB", goal=bench.goal(_MEMORY_MB))


def _lab(bench: Bench, count: int) -> Lab:
    """Rows, codes and places made up; the pictures of a small workspace again and again."""
    small = lab_of(bench, 3000)
    folder = bench.folder / f"million-{count}"
    if folder.exists():
        return Lab(folder)
    say(f"  making up {count:,} products …")
    lab, rng = Lab(folder), np.random.default_rng(0)
    pictures = [thumbnail(content, _EDGE_PX) for content in small.catalogue().pictures(range(_PICTURES))]
    of_n = np.arange(count) % _PICTURES
    digests = np.array([hashlib.sha256(content).hexdigest() for content in pictures])
    ids = [f"sku-{number:07d}" for number in range(count)]
    part = 100_000
    for start in range(0, count, part):
        rows = range(start, min(start + part, count))
        columns = {
            "product_id": ids[rows.start : rows.stop],
            "name": [f"Product {number}" for number in rows],
            "_number": list(rows),
            "_picture": [pictures[i] for i in of_n[rows.start : rows.stop]],
            "_picture_sha256": digests[of_n[rows.start : rows.stop]].tolist(),
            "_edge_px": [_EDGE_PX] * len(rows),
            "_content_sha256": digests[of_n[rows.start : rows.stop]].tolist(),
            "brand": np.array(["Alder", "Birch", "Cedar", "Dogwood"])[rng.integers(0, 4, len(rows))].tolist(),
            "price": rng.lognormal(4, 0.6, len(rows)).round(2).tolist(),
        }
        schema = pa.unify_schemas([PRODUCT_COLUMNS, pa.schema([("brand", pa.string()), ("price", pa.float64())])])
        batch = pa.table(columns, schema=schema)
        if start == 0:
            lab.workspace.tables.create_table(PRODUCTS, batch)
        else:
            lab.workspace.tables.open_table(PRODUCTS).add(batch)
    lab.add_model(small.folder(MODEL), MODEL)
    middles_kd = rng.normal(size=(40, 32)).astype(np.float32) * 2
    group_n = rng.integers(0, 40, count)
    z_nd = middles_kd[group_n] + rng.normal(size=(count, 32)).astype(np.float32)
    weights = fingerprint(lab.folder(MODEL))
    write_codes(lab.workspace, MODEL, weights, ids, digests[of_n].tolist(), z_nd)
    xy_n2 = 0.75 * np.tanh(middles_kd[group_n, :2] / 2) + 0.06 * rng.normal(size=(count, 2))
    card = MapCard(MODEL, "umap", "umap", 0, lab.version(), weights, Card.now(), 0.0)
    write_map(lab.workspace, card, ids, xy_n2.astype(np.float32))
    return lab
