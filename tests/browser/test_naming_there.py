"""Naming, in Chromium on real photographs: a dimension gets a word, the map is coloured, filtered and sorted by it, it
is exported, and undone; and what sets a selection apart gets one.
"""

import csv
import io
import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from serving import served, window
from settled import drawing, rest

from looks_like.explorer import tags
from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser


@pytest.fixture
def own(clothes: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(clothes.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


@pytest.fixture
def address(own: Lab, tmp_path: Path) -> Iterator[str]:
    with served(own.workspace.folder, tmp_path / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        yield page


def scores(lab: Lab, name: str) -> np.ndarray:
    return np.array(lab.catalogue().rows[name].to_pylist(), float)


def test_a_dimension_is_named_and_is_an_attribute_from_then_on(page: Any, address: str, own: Lab) -> None:
    page.goto(f"{address}/dimensions")
    expect(page.locator(".near .card").first).to_contain_text("the product itself")
    expect(page.get_by_role("slider", name="Dimension 2")).to_be_visible()
    page.get_by_role("button", name="Name: Dimension 2").click()
    page.get_by_label("Name", exact=True).press_sequentially("sleeve & <b>length</b>")
    page.get_by_label("Left end").fill("short")
    page.get_by_label("Right end").fill("long")
    page.get_by_label("Right end").press("Enter")
    slider = page.get_by_role("slider", name="sleeve & <b>length</b>")
    expect(slider).to_be_visible()
    expect(page.get_by_role("slider", name="Dimension 2")).to_have_count(0)
    expect(page.get_by_text("is an attribute now")).to_be_visible()
    found_n = scores(own, "sleeve & <b>length</b>")
    rest(page)
    before = float(slider.input_value())
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(before + 20 * 0.15, abs=0.1)

    asked = '[["sleeve & <b>length</b>","between",[80,null]]]'
    link = {"model": "tiny", "map": "pca", "colour": "sleeve & <b>length</b>", "filter": asked, "panel": "selection"}
    page.goto(f"{address}/?{urllib.parse.urlencode(link)}")
    drawing(page.locator(".map canvas"))
    high = int((found_n >= 80).sum())
    assert 0 < high < 600
    expect(page.locator(".status [role=status]")).to_have_text(f"{high} of 600 shown")
    expect(page.get_by_text("long", exact=True).first).to_be_visible()

    page.get_by_role("button", name="Select all that is shown").click()
    expect(page.get_by_text(f"{high} selected").first).to_be_visible()
    page.get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="Sleeve & <b>length</b>: long first").click()
    first = own.catalogue().product_ids[int(np.nanargmax(found_n))]
    expect(page.locator(".gallery .thumb").first).to_have_attribute("title", first)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="CSV", exact=True).click()
    table = list(csv.DictReader(io.StringIO(Path(downloading.value.path()).read_text("utf-8-sig"))))
    assert len(table) == high
    at = dict(zip(own.catalogue().product_ids, found_n, strict=True))
    told = {row["product_id"]: float(row["sleeve & <b>length</b>:result"]) for row in table}
    assert told == pytest.approx({product_id: at[product_id] for product_id in told}, abs=0.05)

    page.goto(f"{address}/dimensions")
    page.get_by_role("button", name="Take away: sleeve & <b>length</b>").click()
    expect(page.get_by_text("is taken away")).to_be_visible()
    expect(page.get_by_role("slider", name="Dimension 2")).to_be_visible()
    page.get_by_role("button", name="Undo", disabled=False).click()
    expect(page.get_by_role("slider", name="sleeve & <b>length</b>")).to_be_visible()
    assert list(tags.visual_attributes(own)) == ["sleeve & <b>length</b>"]


def test_a_name_that_is_taken_is_said_and_the_page_goes_on(page: Any, address: str, own: Lab) -> None:
    page.goto(f"{address}/dimensions")
    page.get_by_role("button", name="Name: Dimension 1").click()
    page.get_by_label("Name", exact=True).fill("Brightness")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("is a column of the catalogue already")).to_be_visible()
    assert not tags.visual_attributes(own)
    expect(page.get_by_role("slider", name="Dimension 1")).to_be_visible()


def test_what_sets_a_selection_apart_gets_a_name(page: Any, address: str, own: Lab) -> None:
    """Trousers against all else, as they are in the photographs; and two ends that share products are refused."""
    trousers_n = np.array([kind == "Trouser" for kind in own.catalogue().rows["kind"].to_pylist()])
    link = {"model": "tiny", "map": "pca", "colour": "kind", "selection": '[["=","value",["kind","Trouser"]]]'}
    page.goto(f"{address}/?{urllib.parse.urlencode(link)}")
    drawing(page.locator(".map canvas"))
    count = int(trousers_n.sum())
    expect(page.get_by_text(f"{count} selected").first).to_be_visible()
    popover = page.get_by_role("button", name="Name what sets these apart")
    popover.click()
    page.get_by_role("button", name=f"Keep these {count} as the other end").click()
    expect(page.get_by_label(f"The {count} that were kept are")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("legs")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text(f"{count} products are at both ends")).to_be_visible()
    assert not tags.visual_attributes(own)

    rest(page)
    page.get_by_role("button", name="Forget those that were kept").click()
    page.get_by_label("All others are").fill("none")
    page.get_by_label("These are").fill("two")
    page.get_by_label("Name", exact=True).fill("legs")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("“legs” is an attribute now")).to_be_visible()
    found_n = scores(own, "legs")
    assert np.median(found_n[trousers_n]) > np.quantile(found_n[~trousers_n], 0.9)
    each = tags.visual_attributes(own)["legs"]
    assert (each.low, each.high) == ("none", "two")
