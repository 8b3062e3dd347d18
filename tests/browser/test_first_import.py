"""A sheet of Excel and pictures in a zip, through the page alone: looked at, corrected, imported, learnt, on a map."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import TimeoutError, expect
from serving import served, window
from settled import rest

from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import Jobs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
COUNT = 60
SOON_MS = 180_000


@pytest.fixture
def files(tmp_path: Path, draw_product: Any, file_bytes: Any) -> list[Path]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["SKU", "Bild", "価格", "PLZ", "Launched", "tags"])
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for i in range(COUNT):
            archive.writestr(f"pictures/{i:02d}.jpg", file_bytes(draw_product(i, i // 9), "JPEG"))
            price, zip_code = 12.5 + i, f"0{1067 + i % 7}"
            sheet.append([1000 + i, f"pictures/{i:02d}.jpg", price, zip_code, f"{1 + i % 9}/2/2024", "summer|new"])
    book.save(tmp_path / "list.xlsx")
    return [tmp_path / "list.xlsx", tmp_path / "pictures.zip"]


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    with served(tmp_path / "w", tmp_path / "log.txt") as address, window(browser, address) as page:
        page.goto(address)
        yield page


def test_a_newcomer_brings_a_sheet_and_a_zip(page: Any, files: list[Path], tmp_path: Path) -> None:
    expect(page.get_by_text("Bring your own catalogue")).to_be_visible(timeout=SOON_MS)
    page.locator("input[type=file]").set_input_files([str(file) for file in files])
    expect(page.get_by_text(f"{COUNT} products", exact=True)).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".first img")).to_have_count(8)
    page.wait_for_url("**upload=**")  # so that a reload does not lose the files
    page.reload()
    expect(page.locator(".first img")).to_have_count(8, timeout=SOON_MS)
    expect(page.locator(".stSelectbox", has_text="Picture").locator("input")).to_have_value("Bild")

    # the day or the month may be first: nobody guesses, the merchandiser says it
    read_as = page.locator("[data-testid=stDataFrame] canvas").first
    expect(read_as).to_be_visible()
    unsure = page.get_by_text(re.compile("choose “date, day first”"))
    expect(unsure).to_be_visible()
    choose_kind(page, row=2, kind="date, day first", until=unsure)
    expect(page.get_by_role("button", name=re.compile(f"Import {COUNT} products"))).to_be_enabled()
    page.get_by_role("button", name=re.compile(f"Import {COUNT} products")).click()
    expect(page.locator(".stage:not(.loading)")).to_be_visible(timeout=2 * SOON_MS)  # of the look, made unasked
    lab = Lab(tmp_path / "w")
    assert lab.catalogue().attributes == ["価格", "PLZ", "Launched"]
    assert str(lab.catalogue().values(0)["Launched"]) == "2024-02-01"
    assert lab.catalogue().values(0)["PLZ"] == "01067"
    assert {tag.name: int(tag.carried.mask().sum()) for tag in lab.tag_state().carried} == {
        "new": COUNT,
        "summer": COUNT,
    }
    assert lab.models() == ["look"]
    for job in Jobs(lab.workspace.folder).active():
        Jobs(lab.workspace.folder).cancel(job.job_id)


def choose_kind(page: Any, row: int, kind: str, until: Any) -> None:
    """In the column after the first: the table is a canvas. It may be drawn anew while somebody clicks, so again, until
    what was doubted is no more.
    """
    for _ in range(5):
        rest(page)
        box = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
        page.mouse.dblclick(box["x"] + 300, box["y"] + 35 * (row + 1) + 17)
        with suppress(TimeoutError, AssertionError):
            page.locator("#portal input").first.fill(kind, timeout=10_000)
            page.keyboard.press("Enter")
            expect(until).to_have_count(0, timeout=15_000)
            return
        page.keyboard.press("Escape")
    expect(until).to_have_count(0)
