"""From nothing to the demo's maps, as a newcomer sees them."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from benchmarks.measure import Bench, Missing, Result, until
from benchmarks.speed.browser import app_of, browser_page
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs.queue import Jobs
from looks_like.explorer.maps.layout import map_words
from looks_like.explorer.training.demo import MAPS, MODEL, PRODUCTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FIRST_GOAL_S = 60.0
_ALL_WITHIN_S = 900.0


def demo(bench: Bench) -> Iterator[Result]:
    """From the start of `looks-like app --demo` on an empty workspace until a browser shows the first map.

    Then until the jobs have made the other maps, the page being open all the while.
    """
    folder, products = bench.folder / "demo", bench.of(PRODUCTS, 2000)
    environment = {"LOOKS_LIKE_DEMO_PRODUCTS": str(products)}
    with app_of(bench, folder, "--demo", environment=environment) as server, contextlib.ExitStack() as stack:
        stack.callback(_end_jobs, Jobs(folder))
        page = stack.enter_context(_page_or_none())
        if page:
            page.goto(server.url)
            page.wait_for_selector(".stage:not(.loading)")
        else:
            until(lambda: server.answers(f"/api/map?model={MODEL}&name={MAPS[0]}"), _ALL_WITHIN_S, "the first map")
        first_s = time.perf_counter() - server.started
        more = {"seen_in": "Chromium" if page else "the answer of the server"}
        goal = bench.goal(_FIRST_GOAL_S)
        yield Result(f"demo of {products:,} to the first map", first_s, "s", goal=goal, more=more)
        lab = Lab(folder)
        until(lambda: _on_the_map(lab) == products, _ALL_WITHIN_S, "all products")
        yield Result(f"demo of {products:,} to all of them on it", time.perf_counter() - server.started, "s")
        for method in MAPS[1:]:
            until(lambda method=method: method in _methods(lab), _ALL_WITHIN_S, f"map {method}")  # type: ignore[misc]
            name = map_words(method)[0]
            yield Result(f"demo of {products:,} to its {name} map too", time.perf_counter() - server.started, "s")


def _on_the_map(lab: Lab) -> int:
    view = lab.map_view(MODEL, MAPS[0])
    return len(view.xy_n2) - view.missing


def _methods(lab: Lab) -> set[str]:
    return {card.method for card in lab.maps(MODEL)}


@contextlib.contextmanager
def _page_or_none() -> Iterator["Page | None"]:
    try:
        with browser_page() as page:
            yield page
    except Missing:
        yield None


def _end_jobs(jobs: Jobs) -> None:
    for job in jobs.active():
        jobs.cancel(job.job_id)
    until(lambda: not jobs.active(), 30, "the end of the jobs")
