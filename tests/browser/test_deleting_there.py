"""What is deleted on a page is gone from it, and a click brings it back; on a phone every page is reachable."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from serving import served, window
from settled import rest

from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.pages import PAGES

pytestmark = pytest.mark.browser
SELECTION = '?model=tiny&map=pca&panel=selection&selection=[["%2B","product","0003"],["%2B","product","0040"]]'


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


@pytest.fixture
def address(own: Lab, tmp_path: Path) -> Iterator[str]:
    with served(own.workspace.folder, tmp_path / "log.txt") as found:
        yield found


def test_selected_products_are_deleted_on_the_map_and_undo_brings_them_and_the_selection_back(
    browser: Any, address: str, own: Lab
) -> None:
    with window(browser, address) as page:
        page.goto(f"{address}/{SELECTION}")
        expect(page.get_by_text("80 products, all on this map")).to_be_visible()
        rest(page)  # what is still asked about a product that is gone would be refused
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_text("Delete 2 products?")).to_be_visible()
        rest(page)  # the question draws the panel again, which asks again
        page.get_by_role("button", name=re.compile("Delete 2 products")).click()
        expect(page.get_by_text("78 products, all on this map")).to_be_visible()
        assert np.flatnonzero(~own.catalogue().there_n).tolist() == [3, 40]
        rest(page)
        page.get_by_role("button", name=re.compile("Undo")).first.click()
        expect(page.get_by_text("80 products, all on this map")).to_be_visible()
        expect(page.get_by_role("button", name="Delete", exact=True)).to_be_visible()
        assert "0040" in page.url
        rest(page)


def test_a_map_is_deleted_on_the_catalogue_page_and_comes_back(browser: Any, address: str, own: Lab) -> None:
    maps = [view.name for view in own.maps("tiny")]
    with window(browser, address) as page:
        page.goto(f"{address}/catalogue")
        line = page.locator(".st-key-thing-map-tiny-" + maps[0])
        line.get_by_role("button").click()
        expect(line).to_have_count(0)
        assert maps[0] not in [view.name for view in own.maps("tiny")]
        page.get_by_role("button", name=re.compile("Undo")).first.click()
        expect(line).to_be_visible()
        assert [view.name for view in own.maps("tiny")] == maps
        rest(page)


def test_on_a_phone_a_row_of_links_leads_to_every_page(browser: Any, address: str) -> None:
    with window(browser, address, 390, 844) as page:
        page.goto(f"{address}/catalogue")
        row = page.locator(".st-key-phone-pages a")
        expect(row).to_have_count(len(PAGES))
        for place, each in enumerate(PAGES.values()):
            link = row.nth(place)
            expect(link).to_be_visible()
            box = link.bounding_box()
            assert box["x"] >= 0, each.title
            assert box["x"] + box["width"] <= 390, each.title
            assert box["height"] >= 40, each.title
        row.first.click()
        page.wait_for_url(re.compile(r"/(\?.*)?$"))
        expect(page.locator(".stage:not(.loading)")).to_be_visible()
        rest(page)
