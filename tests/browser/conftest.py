"""A real app over the shop's Lab, and a real Chromium. Every test also says: nothing wrong on the console, and
nothing asked of any other machine."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from serving import served, window
from settled import WAIT_S

from looks_like.data.sources import Columns
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs.queue import Jobs
from looks_like.explorer.maps.make import MapRequest, make_map

CLOTHES = 600  # real photographs
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="session")
def server(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `looks-like app` over the lab's workspace."""
    with served(lab.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture(scope="module")
def clothes(lab: Lab, tmp_path_factory: pytest.TempPathFactory, write_table: Any, real_clothes: list[Any]) -> Lab:
    """Real photographs with their kind, how bright each is, a day, and columns that nobody asks for; and a map."""
    folder = tmp_path_factory.mktemp("clothes")
    rows = [row_of(folder, number, *real_clothes[number][1:]) for number in range(CLOTHES)]
    headers = ["id", "image", "kind", "brightness", "photographed", "yaw", "made_in"]
    table = write_table(folder / "clothes.csv", headers, rows)
    own = Lab(folder / "workspace")
    for _ in own.import_products(str(table), Columns()):
        pass
    # one that has seen other things will do; what was checked of it elsewhere is not of this catalogue
    shutil.copytree(lab.folder("tiny"), own.folder("tiny"), ignore=shutil.ignore_patterns("checks"))
    for _ in encode(own, "tiny"):
        pass
    make_map(own, "tiny", MapRequest("pca", "pca"))
    return own


def row_of(folder: Path, number: int, kind: str, image: Image.Image) -> list[object]:
    """Every seventh is made nobody says where; how bright is measured in the picture itself."""
    image.save(folder / f"{number}.png")
    bright = round(float(np.asarray(image).mean()), 1)
    day = date(2026, 1, 1) + timedelta(number % 90)
    made_in = "" if number % 7 == 0 else ("Porto", "Łódź")[number % 2]
    return [f"p{number}", f"{number}.png", kind, bright, day, np.sin(number), made_in]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=1000 * WAIT_S)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS.split(), timeout=1000 * WAIT_S)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A fresh window of 1440x900."""
    with window(browser, server) as page:
        yield page


@pytest.fixture
def demo_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """An empty workspace opened with --demo, which then is of 300 sneakers; no job outlives it."""
    jobs = Jobs(tmp_path / "w")
    try:
        app = served(tmp_path / "w", tmp_path / "log.txt", "--demo", LOOKS_LIKE_DEMO_PRODUCTS="300")
        with app as address, window(browser, address) as page:
            page.goto(address)
            yield page
    finally:
        end = time.monotonic() + 2 * WAIT_S
        while (active := jobs.active()) and time.monotonic() < end:
            for job in active:
                jobs.cancel(job.job_id)
            time.sleep(0.1)
