"""One frame of the map in a browser without a GPU."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.machine import ROOT
from benchmarks.measure import Bench, Missing, Result, compared
from benchmarks.speed.browser import browser_page

if TYPE_CHECKING:
    from playwright.sync_api import Route

WIDGETS = ROOT / "explorer" / "interfaces" / "widgets"
_GOALS_MS = {30_000: 2.0, 1_000_000: 25.0}
_INKED_MIN = 0.01  # of the canvas; less means that something was not drawn
_HOST = "http://looks-like.invalid"  # never reached: every request is answered here
_PALETTE = [
    "#4e79a7",
    "#f28e2b",
    "#e15759",
    "#76b7b2",
    "#59a14f",
    "#edc948",
    "#b07aa1",
    "#ff9da7",
    "#9c755f",
    "#86bcb6",
    "#d37295",
    "#499894",
]


def framing(bench: Bench) -> Iterator[Result]:
    """One map frame, 30,000 and 1,000,000 points, Chromium without a GPU, beside Plotly scattergl panning the same.

    Both draw 960x800 px, the same view with all points in it, points of the same size; theirs by WebGL in software,
    which is what such a browser has. Neither may be blank.
    """
    if not (WIDGETS / "latent_map" / "points" / "point_canvas.js").exists():
        raise Missing(f"needs {WIDGETS / 'latent_map' / 'latent_map.js'}")
    for count, goal in _GOALS_MS.items():
        rounds = bench.of(5, 2) if count < 1_000_000 else bench.of(3, 1)
        ask = {"count": count, "rounds": rounds, "oursPerRound": 10, "palette": _PALETTE}
        with browser_page() as page:
            page.route(f"{_HOST}/**", _answer)
            page.goto(f"{_HOST}/")
            taken = page.evaluate(Path(__file__).with_suffix(".js").read_text("utf-8"), ask)
        samples = [[value / 1000 for value in taken[who]] for who in ("ours", "theirs")]
        if min(taken["inked"].values()) < _INKED_MIN:
            raise RuntimeError(f"a map of {count:,} points is nearly blank: {taken['inked']}")
        more = {"point_px": taken["diameter"], "inked": {who: round(v, 3) for who, v in taken["inked"].items()}}
        more |= {"between_shown_frames_ms": round(median(taken["shown"]), 1)}
        more |= {
            "with_selection_ms": round(median(taken["selected"]), 2),
            "select_ms": round(median(taken["select"]), 1),
        }
        what = f"map frame, {count:,} points"
        yield compared(what, "ms", "Plotly scattergl, pan", samples, goal=goal, goal_ratio=50, more=more)


def _answer(route: "Route") -> None:
    """The page, Plotly as its Python package carries it, and the widgets' own files."""
    asked = route.request.url.removeprefix(_HOST)
    if asked == "/plotly.js":
        from plotly.offline import get_plotlyjs

        route.fulfill(content_type="text/javascript", body=get_plotlyjs())
    elif asked.startswith("/widgets/"):
        file = WIDGETS / asked.removeprefix("/widgets/")
        route.fulfill(content_type=mimetypes.guess_type(file.name)[0] or "text/plain", body=file.read_bytes())
    else:
        route.fulfill(content_type="text/html", body='<!doctype html><body><script src="/plotly.js"></script>')
