"""python -m benchmarks.scale FOLDER [--counts 10000,30000] [--steps import,encode]: what grows how, command by command.

Drawn sneakers into a workspace of each size, then each command in a process of its own: seconds, the most memory, and
what it leaves on disk. Each figure is a line of FOLDER/scale.jsonl; a step that has one is not run again.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil

from benchmarks.machine import ROOT
from benchmarks.measure import Bench, say
from benchmarks.speed.browser import app_of, browser_page
from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import SAMPLERS
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.training.demo import SHIPPED

COUNTS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MODEL, NEW = "sneakers", 100
SAMPLE = "100000"  # of more, a map lays so many out and places the others


def main() -> None:
    """All steps of one size, then of the next."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--counts", default=",".join(map(str, COUNTS)))
    parser.add_argument("--steps", default=",".join(STEPS))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for count in map(int, asked.counts.split(",")):
        for name in asked.steps.split(","):
            if not _is_known(asked.folder, count, name):
                say(f"{count:,}: {name} …")
                found = {"products": count, "step": name} | STEPS[name](asked.folder, count)
                say(f"  {json.dumps(found)}")
                with (asked.folder / "scale.jsonl").open("a") as file:
                    file.write(json.dumps(found) + "\n")


def figures(file: Path) -> list[dict[str, Any]]:
    """What was measured, in the order of measuring."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def _is_known(folder: Path, count: int, name: str) -> bool:
    return any((one["products"], one["step"]) == (count, name) for one in figures(folder / "scale.jsonl"))


def _command(*words: str) -> Callable[[Path, int], dict[str, Any]]:
    """A step that is one command; COUNT stands for how many."""

    def step(folder: Path, count: int) -> dict[str, Any]:
        said = [word.replace("COUNT", str(count)) for word in words]
        return _run(folder / str(count), *said)

    return step


def _run(workspace: Path, *words: str) -> dict[str, Any]:
    before, started = _bytes_in(workspace), time.perf_counter()
    command = [sys.executable, "-m", "looks_like", *words, "--workspace", str(workspace)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        peak = _watched(process)
        assert process.stdout is not None
        said = process.stdout.read().decode("utf-8", "replace")
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}: {said[-2000:]}")
    return {
        "seconds": round(seconds, 2),
        "memory_mb": round(peak),
        "disk_mb": round((_bytes_in(workspace) - before) / 1e6, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _watched(process: "subprocess.Popen[bytes]") -> float:
    """The most memory, in MB, that a process and those it started had together, four times a second."""
    most = 0.0
    while process.poll() is None:
        most = max(most, _held(process.pid))
        time.sleep(0.25)
    return most


def _held(pid: int) -> float:
    try:
        own = psutil.Process(pid)
        return sum(each.memory_info().rss - each.memory_info().shared for each in [own, *own.children(True)]) / 1e6
    except psutil.Error:
        return 0.0


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def _encode(folder: Path, count: int) -> dict[str, Any]:
    Lab(folder / str(count)).add_model(SHIPPED, MODEL)
    return _run(folder / str(count), "encode", MODEL)


def _update(folder: Path, count: int) -> dict[str, Any]:
    """100 products that are new, from a folder of files; then once more."""
    from PIL import Image

    source = folder / f"new-{count}"
    if not source.exists():
        source.mkdir()
        for number in range(NEW):
            out = BytesIO()
            Image.fromarray(render(SAMPLERS["catalogue"](1, number).sneaker, 128)).save(out, "JPEG", quality=90)
            (source / f"new-{number:03d}.jpg").write_bytes(out.getvalue())
    found = _run(folder / str(count), "update", str(source))
    return found | {"again_seconds": _run(folder / str(count), "update", str(source))["seconds"]}


def _browse(folder: Path, count: int) -> dict[str, Any]:
    """The app from its start until the map's points are drawn, a lasso, a filter; a picture of the page."""
    with (
        Bench() as bench,
        app_of(bench, folder / str(count)) as server,
        browser_page() as page,
    ):
        page.goto(f"{server.url}/?model={MODEL}&map=umap&panel=selection")
        page.wait_for_selector(".stage:not(.loading)", timeout=600_000)
        seconds = time.perf_counter() - server.started
        page.wait_for_timeout(15_000)  # small pictures come
        page.screenshot(path=folder / f"map-{count}.png")
        steps = json.dumps([["=", "lasso", [[-0.3, -0.3], [0.3, -0.3], [0.3, 0.3], [-0.3, 0.3]]]])
        lasso_s = _seconds(lambda: server.get(f"/api/selection?model={MODEL}&map=umap&steps={steps.replace(' ', '')}"))
        first = Lab(folder / str(count)).catalogue().product_ids[0]
        similar_s = [_seconds(lambda: server.get(f"/api/similar?model={MODEL}&id={first}&k=24")) for _ in range(3)]
        peak = _held(server.pid)
    return {
        "seconds": round(seconds, 2),
        "memory_mb": round(peak),
        "lasso_s": round(lasso_s, 3),
        "similar_s": round(similar_s[-1], 3),
        "first_similar_s": round(similar_s[0], 3),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _forget(folder: Path, count: int) -> dict[str, Any]:
    """Gives the disk space of a size back."""
    shutil.rmtree(folder / str(count))
    return {}


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "import": _command("import", "sneakers:catalogue:COUNT", "--no-place"),
    "encode": _encode,
    "map": _command("map", MODEL, "--method", "umap", "--sample", SAMPLE),
    "look": _command("look"),
    "clusters": _command("clusters", "make", MODEL),
    "colours": _command("colours"),
    "find": _command("find", "red boots under 80"),
    "similar": _command("similar", "sneaker-000001", "--model", MODEL),
    "tag": _command("tag", "add", "cheap", "--where", "price < 60"),
    "update": _update,
    "browse": _browse,
}


if __name__ == "__main__":
    main()
