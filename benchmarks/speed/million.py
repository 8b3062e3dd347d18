"""A catalogue far larger than ours: a million rows, of which only the pictures are few. How soon is its map there?"""

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

from benchmarks.generated import MODEL, lab_of, made_up
from benchmarks.measure import Bench, Result, peak_memory_mb, say
from benchmarks.speed.browser import app_of, browser_page
from looks_like.explorer.core.lab import Lab

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
    """Rows, codes and places made up, and as many small pictures."""
    small, folder = lab_of(bench, 3000), bench.folder / f"million-{count}"
    if not folder.exists():
        say(f"  making up {count:,} products …")
        made_up(Lab(folder), count, small.folder(MODEL))
    return Lab(folder)
