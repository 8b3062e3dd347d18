"""The app as it is served: how soon it is there, how a slider feels, how much memory it holds."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.generated import MODEL, lab_of
from benchmarks.machine import ROOT
from benchmarks.measure import Bench, Missing, Result, cpu_seconds, peak_memory_mb, share_of
from benchmarks.speed.browser import Server, app_of, browser_page, streamlit_of
from looks_like.explorer.core.lab import Lab

if TYPE_CHECKING:
    from playwright.sync_api import Page

_HERE = Path(__file__).parent
_MAP = f"/api/map?model={MODEL}&name=pca"


def live_slider(bench: Bench) -> Iterator[Result]:
    """The app decodes for a page that asks without pause, beside st.slider + st.fragment + st.image, key pressed.

    From the ask (the key press) until the new pixels are on the canvas (in the picture), in the same browser.
    """
    lab, blocks = lab_of(bench, bench.of(30_000, 3000)), bench.of(4, 2)
    arguments = (str(ROOT), str(lab.workspace.folder), MODEL)
    ours: dict[str, list[float]] = {"drawn": [], "shown": []}
    theirs: list[float] = []
    with (
        browser_page() as page,
        app_of(bench, lab.workspace.folder) as our_app,
        streamlit_of(bench, _HERE / "slider_beside.py", *arguments) as their_app,
    ):
        for _ in range(blocks):  # by turns, so that what else the machine does strikes both
            for name, samples in _drag(page, our_app.url, frames=200 // blocks).items():
                ours[name] += samples
            theirs += _press(page, their_app.url, presses=bench.of(20, 8) // blocks)
    more = {"until_shown_ms": round(median(ours["shown"]), 1), "their_samples": [round(value) for value in theirs]}
    median_ms, high_ms = median(ours["drawn"]), share_of(ours["drawn"], 0.95)
    rest: dict[str, Any] = {"unit": "ms", "beside": "st.slider + st.image", "more": more}
    yield Result("slider to new frame, median", median_ms, theirs=median(theirs), goal=20, goal_ratio=8, **rest)
    yield Result("slider to new frame, p95", high_ms, theirs=share_of(theirs, 0.95), goal=40, **rest)
    large = lab_of(bench, 1000, 128)
    with browser_page() as page, app_of(bench, large.workspace.folder) as our_app:
        drawn = _drag(page, our_app.url, frames=bench.of(200, 60))["drawn"]
    yield Result("slider to new frame at 128 px, median", median(drawn), "ms", goal=20)


def _drag(page: "Page", url: str, frames: int) -> dict[str, list[float]]:
    page.goto(url + "/api/health")
    ask = {"model": MODEL, "latent": 32, "frames": frames, "warm": 10}
    taken: dict[str, list[float]] = page.evaluate((_HERE / "live_slider.js").read_text("utf-8"), ask)
    return taken


def _press(page: "Page", url: str, presses: int, warm: int = 2) -> list[float]:
    page.goto(url)
    page.wait_for_selector("[data-testid=stImage] img, [data-testid=stImageContainer] img")
    page.get_by_role("slider").focus()
    watch, taken = (_HERE / "slider_beside.js").read_text("utf-8"), []
    for _ in range(presses + warm):
        page.wait_for_timeout(300)  # a person's pause: reruns must not overtake each other
        page.evaluate(watch)
        page.keyboard.press("ArrowRight")
        taken.append(float(page.evaluate("window.frame")))
    return taken[warm:]


def app_start(bench: Bench) -> Iterator[Result]:
    """From the start of the process to the points of the map, everything being in the disk's cache.

    The first start is not counted. Until a browser has drawn it, add about what `map-frame` says.
    """
    lab = lab_of(bench, bench.of(30_000, 3000))
    health_s, map_s, cpu_s = list[float](), list[float](), list[float]()
    for _ in range(bench.of(5, 3) + 1):
        with app_of(bench, lab.workspace.folder) as server:
            health_s.append(time.perf_counter() - server.started)
            server.get(_MAP)
            map_s.append(time.perf_counter() - server.started)
            cpu_s.append(cpu_seconds(server.pid))
    more = {
        "until_healthy_s": round(median(health_s[1:]), 2),
        "of_processor_s": round(median(cpu_s[1:]), 2),  # says the same on a busy machine
        "first_start_s": round(map_s[0], 2),
        "samples": [round(seconds, 2) for seconds in map_s[1:]],
    }
    yield Result("app start to map points", median(map_s[1:]), "s", goal=bench.goal(3), more=more)


def memory(bench: Bench) -> Iterator[Result]:
    """The most memory that the app holds after the main routes and pages, and that training at 64 px holds."""
    products = bench.of(30_000, 3000)
    lab = lab_of(bench, products)
    with app_of(bench, lab.workspace.folder) as server:
        started = peak_memory_mb(server.pid)
        _visit(server, lab)
        routes = peak_memory_mb(server.pid)
        with contextlib.suppress(Missing), browser_page() as page:
            page.goto(server.url)
            page.wait_for_timeout(5000)
        peak = peak_memory_mb(server.pid)
    more = {"after_start_mb": round(started), "after_routes_mb": round(routes)}
    yield Result(f"memory of the app, {products:,} products", peak, "MB", goal=bench.goal(1200), more=more)
    training_mb = _training_peak_mb(lab.workspace.folder, 50 * 128 / products)
    yield Result(f"memory of training, {products:,} products", training_mb, "MB", goal=bench.goal(2500))


def _visit(server: Server, lab: Lab) -> None:
    """What a first quarter of an hour asks for."""
    ids, pictures = lab.catalogue().product_ids, lab.catalogue().sha256
    ends, z = f"a={ids[0]}&b={ids[-1]}", ",".join(["0.5"] * 32)
    server.get(_MAP)
    server.get("/api/colours?by=folder")
    server.get(f"/api/ends?model={MODEL}")
    for kind in ("gif", "webp", "mp4"):
        server.get(f"/api/film.{kind}?model={MODEL}&{ends}")
    for i in range(100):
        server.get(f"/api/picture/{pictures[i * len(pictures) // 100]}?px={(72, 160, 256)[i % 3]}")
        server.get(f"/api/decode?model={MODEL}&z={z}")
        server.get(f"/api/nearest?model={MODEL}&z={z}&k=6")
        server.get(f"/api/search?q={i}")
    assert json.loads(server.get(f"/api/path?model={MODEL}&{ends}"))["steps"]


def _training_peak_mb(workspace: Path, epochs: float) -> float:
    command = [sys.executable, "-m", "looks_like", "train", "vae", "--name", "memory", "--size", "64"]
    command += ["--epochs", str(epochs), "--workspace", str(workspace), "--json"]
    process, peak = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL), 0.0
    try:
        while process.poll() is None:
            with contextlib.suppress(OSError):
                peak = max(peak, peak_memory_mb(process.pid))
            time.sleep(0.02)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return peak
