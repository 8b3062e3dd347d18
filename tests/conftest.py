"""A little shop with known factors, and a Lab over it: real pictures, a real model, a real map, in a few seconds."""

import csv
import io
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

# Before torch: work this small only waits for a second thread, and for ever where others use the processor too.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from looks_like.data.sources import Columns, fashion_mnist
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.training.running.run import TrainRequest, train

FORMS, HUES, EDGE_PX = ("disc", "box", "roof"), (0, 45, 120, 210, 280), 96
BRANDS = ("Alder", "Birch", "Cedar")
REAL_CLOTHES = 1000


@dataclass(frozen=True)
class Shop:
    folder: Path
    table: Path  # beside the pictures, with the columns id, image, title, brand, price, year
    product_ids: list[str]  # 0000, 0001, … : text that looks like a number


def draw_product(number: int, noise: int = 0) -> Image.Image:
    """A shape on white; form, hue, width and height follow from the number, `noise` moves it a little."""
    form, hue = FORMS[number % 3], HUES[number % 5]
    wide, high = 24 + 4 * (number % 11), 24 + 4 * (number % 7)
    image = Image.new("RGB", (EDGE_PX, EDGE_PX), "white")
    draw, middle = ImageDraw.Draw(image), EDGE_PX // 2 + noise
    left, top, right, bottom = middle - wide // 2, middle - high // 2, middle + wide // 2, middle + high // 2
    ink = f"hsl({hue}, 70%, 45%)"
    if form == "disc":
        draw.ellipse((left, top, right, bottom), ink)
    elif form == "box":
        draw.rectangle((left, top, right, bottom), ink)
    else:
        draw.polygon([(left, bottom), (right, bottom), (middle, top)], ink)
    return image


def file_bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def open_shop(folder: Path, count: int = 80) -> Shop:
    """Every second picture is a JPEG; every seventh product has no price."""
    (folder / "images").mkdir(parents=True)
    rows = []
    for number in range(count):
        kind, ending = ("PNG", "png") if number % 2 else ("JPEG", "jpg")
        file = f"{number:04d}.{ending}"
        (folder / "images" / file).write_bytes(file_bytes(draw_product(number, number // 25), kind))
        price = "" if number % 7 == 0 else f"{9.5 + number:.2f}"
        title = f"{FORMS[number % 3].title()} {number}"
        rows.append([f"{number:04d}", file, title, BRANDS[number % 3], price, 2015 + number % 9])
    table = write_table(folder / "shop.csv", ["id", "image", "title", "brand", "price", "year"], rows)
    return Shop(folder, table, [str(row[0]) for row in rows])


def write_table(path: Path, headers: list[str], rows: list[list[object]]) -> Path:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writerow(headers)
        writer.writerows(rows)
    return path


@pytest.fixture(name="write_table", scope="session")
def write_table_() -> Callable[..., Path]:
    """write_table(path, headers, rows) -> path"""
    return write_table


@pytest.fixture(name="file_bytes", scope="session")
def file_bytes_() -> Callable[..., bytes]:
    """file_bytes(image, "JPEG", quality=…) -> the bytes of a file"""
    return file_bytes


@pytest.fixture(name="draw_product", scope="session")
def draw_product_() -> Callable[..., Image.Image]:
    """draw_product(number, noise=0) -> a picture of 96 px"""
    return draw_product


@pytest.fixture(name="open_shop", scope="session")
def open_shop_() -> Callable[..., Shop]:
    """open_shop(folder, count=80) -> a Shop of one's own, to change and break"""
    return open_shop


@pytest.fixture(scope="session")
def real_clothes() -> list[tuple[str, str, Image.Image]]:
    """(id, class, picture) of 1,000 real photographs, grey, 32 px, of Debian's package dataset-fashion-mnist."""
    if not fashion_mnist.DEBIAN.is_dir():
        said = "there are no real photographs on this machine: apt-get install dataset-fashion-mnist"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    listing = fashion_mnist.read("fashion-mnist-test", Columns())
    pictures = (Image.open(io.BytesIO(listing.picture(i))).convert("L") for i in range(REAL_CLOTHES))
    return list(zip(listing.product_ids[:REAL_CLOTHES], listing.names[:REAL_CLOTHES], pictures, strict=True))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """80 products on disk. Shared: do not change them."""
    return open_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="session")
def pixels_nhwc() -> np.ndarray:
    """160 products as uint8 (160, 32, 32, 3)."""
    grid = itertools.product(range(80), (0, 3))
    return np.stack([np.asarray(draw_product(number, noise).reduce(3)) for number, noise in grid])


@pytest.fixture(scope="session")
def lab(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The shop imported, the model `tiny` (32 px, 6 latents) trained for a moment, encoded, with a PCA map.

    Shared: ask it anything, change nothing.
    """
    lab = Lab(tmp_path_factory.mktemp("workspace"))
    for _ in lab.import_products(str(shop.table), Columns(name="title")):
        pass
    tiny = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16}
    for _ in train(lab, TrainRequest("vae", "tiny", tiny, epochs=8)):
        pass
    for _ in encode(lab, "tiny"):
        pass
    make_map(lab, "tiny", MapRequest("pca", "pca"))
    return lab


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """open_page(page, workspace, **link) -> the page as it stands after its first run, as an AppTest"""
    from streamlit.testing.v1 import AppTest

    from looks_like.explorer.core.lab import open_lab

    pages = Path(__file__).parent.parent / "explorer" / "interfaces" / "pages"
    # AppTest leaves its page as __main__, which every process spawned later would run first.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def opened(page: str, workspace: Path, **link: str) -> AppTest:
        monkeypatch.setenv("LOOKS_LIKE_WORKSPACE", str(workspace))
        open_lab.cache_clear()
        app = AppTest.from_file(pages / f"{page}.py", default_timeout=60)
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    yield opened
    open_lab.cache_clear()
