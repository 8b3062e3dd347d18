"""Looks Like in Chromium on real photographs: from the map to a path through several, its files, and grids of them."""

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from serving import served, window

from looks_like.explorer.core import Lab
from looks_like.explorer.paths import FilmStyle, GridRequest, PathRequest, lay_grid, walk, write_grid

pytestmark = pytest.mark.browser
STEPS = 30


@pytest.fixture(scope="module")
def address(clothes: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(clothes.workspace.folder, tmp_path_factory.mktemp("log") / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        yield page


def said(page: Any) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def downloaded(page: Any, name: str) -> tuple[str, bytes]:
    """-> the file's name, its content."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_from_the_map_to_a_path_and_its_films(page: Any, address: str, clothes: Lab, tmp_path: Path) -> None:
    page.goto(f"{address}/?model=tiny&panel=selection")
    page.get_by_role("button", name="Select all 600").click()
    expect(page.get_by_text("600 selected").first).to_be_visible()
    expect(page.get_by_role("button", name="Path from their middle")).to_be_visible()
    page.get_by_role("button", name="Pick some").click()
    page.get_by_role("spinbutton", name="How many").fill("4")
    page.get_by_role("spinbutton", name="How many").press("Enter")
    page.get_by_role("button", name="A diverse sample").click()
    expect(page.get_by_text("4 selected").first).to_be_visible()
    page.get_by_role("button", name="Path through these").click()
    page.wait_for_url("**/looks-like?**")
    expect(page.locator(".slot .card img")).to_have_count(4)
    page.get_by_label("Steps", exact=True).fill(str(STEPS))
    page.get_by_label("Steps", exact=True).press("Enter")
    expect(page.get_by_text(re.compile(f"Step \\d+ of {STEPS}"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    asked = PathRequest.from_query(said(page))
    path = walk(clothes, asked)
    assert len(asked.anchors) == 4

    page.get_by_label("Step of the path").fill("10")
    expect(page.get_by_text(f"Step 11 of {STEPS}")).to_be_visible()
    expect(page.locator("figcaption .name").nth(1)).to_have_text(path.nearest[10].name)
    expect(page.locator(".path-ends button")).to_have_count(4)
    expect(page.locator(".chart rect.bar")).to_have_count(STEPS)
    expect(page.get_by_role("img", name="The way on the map")).to_be_visible()

    page.get_by_text("Shape, size, captions").click()
    page.get_by_label("Shape", exact=True).select_option("square")
    page.get_by_label("Length", exact=True).select_option("3")
    page.get_by_label("Captions").uncheck()
    page.get_by_label("Real product", exact=True).uncheck()
    name, content = downloaded(page, "GIF")
    assert name == f"{asked.slug()}.gif"
    gif: Any = Image.open(io.BytesIO(content))
    assert gif.size == (256, 256)
    lasts, shown = 0, []
    for at in range(gif.n_frames):
        gif.seek(at)
        gif.load()
        lasts += gif.info["duration"]
        shown.append(np.asarray(gif.convert("RGB").resize((32, 32), Image.Resampling.BOX)).astype(int))
    assert lasts == pytest.approx(3000, abs=20)
    assert len(shown) == STEPS
    for frame, decoded in zip(shown, path.frames_thwc, strict=True):
        assert np.abs(frame - decoded.astype(int)).mean() < 8  # 256 colours are shared by all frames

    _, content = downloaded(page, "MP4")
    file = tmp_path / "x.mp4"
    file.write_bytes(content)
    assert imageio_ffmpeg.count_frames_and_secs(file)[1] == pytest.approx(3, abs=0.1)
    words = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(file),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-",
    ]
    frames = np.frombuffer(subprocess.run(words, capture_output=True, check=True).stdout, np.uint8)
    frames = frames.reshape(-1, 256, 256, 3)
    for frame, decoded in ((frames[0], path.frames_thwc[0]), (frames[-1], path.frames_thwc[-1])):
        small = np.asarray(Image.fromarray(frame).resize((32, 32), Image.Resampling.BOX)).astype(int)
        assert np.abs(small - decoded.astype(int)).mean() < 8


def test_anchors_are_ordered_taken_out_and_the_link_restores_them(page: Any, address: str, clothes: Lab) -> None:
    a, b, c = (clothes.catalogue().product_ids[row] for row in (3, 40, 77))
    page.goto(f"{address}/looks-like?a={a}&b={b}&c={c}")
    page.get_by_role("button", name="Later: a").click()
    page.wait_for_url(f"**a={b}&b={a}&c={c}**")
    page.get_by_role("button", name="Take out: b").click()
    page.wait_for_url(re.compile(f"a={b}&b={c}&"))
    expect(page.locator(".slot .card img")).to_have_count(2)
    page.reload()
    expect(page.locator(".slot .card img")).to_have_count(2)


def test_the_curves_are_compared_and_one_is_taken(page: Any, address: str) -> None:
    page.goto(f"{address}/looks-like?a=p3&b=p40")
    page.get_by_text("Compare the curves").click()
    expect(page.locator(".curves tbody tr")).to_have_count(6)
    page.get_by_role("button", name="Linear (straight)").click()
    page.wait_for_url("**curve=linear**")


def test_grids_by_analogy_and_between_four_are_seen_and_saved(page: Any, address: str, clothes: Lab) -> None:
    page.goto(f"{address}/looks-like?a=p3&b=p40&kind=grid")
    expect(page.get_by_text("Choose a third product")).to_be_visible()
    for anchors in (("p3", "p40", "p77"), ("p3", "p40", "p77", "p11")):
        link = "&".join(f"{slot}={said}" for slot, said in zip("abcd", anchors, strict=False))
        page.goto(f"{address}/looks-like?{link}&kind=grid")
        expect(page.get_by_role("gridcell")).to_have_count(50)
        page.get_by_role("gridcell").nth(7).focus()
        expect(page.get_by_text("Row 2, column 3: nearest")).to_be_visible()
        grid = lay_grid(clothes, GridRequest("tiny", anchors))
        expect(page.get_by_role("heading", name=grid.title)).to_be_visible()
        name, content = downloaded(page, "PNG")
        assert name == "grid.png"
        assert content == write_grid(clothes, grid, FilmStyle(128))


def test_what_cannot_be_is_a_sentence_and_the_page_goes_on(page: Any, address: str) -> None:
    page.goto(f"{address}/looks-like?a=p3&b=gone&c=p40&steps=99999")
    expect(page.get_by_text("Forgotten: there is no product 'gone'")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Step \d+ of 60"))).to_be_visible()
    nobody = '[["brightness","between",[-5,-1]]]'
    page.goto(f"{address}/looks-like?a=p3&b=p40&filter={nobody}")
    expect(page.get_by_text("no product passes the filter")).to_be_visible()
