"""From nothing to the maps of the demo in a real Chromium, without a click and without a reload."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from settled import drawing

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),  # five processes that import torch, one after another, on a machine that may be busy
]
SOON_MS, LATER_MS = 180_000, 500_000


def drawn(page: Any) -> int:
    """Pixels of the map that are not empty."""
    return int((drawing(page.locator(".stage canvas"))[..., 3] > 0).sum())


def open_choice(page: Any, label: str) -> None:
    page.locator(".stSelectbox", has_text=label).locator("input, button, [role=combobox]").first.click()


def test_the_demo_comes_by_itself_and_another_map_while_one_looks_around(demo_page: Any) -> None:
    page = demo_page
    expect(page.get_by_text("Demo of 300 sneakers")).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".stProgress")).to_be_visible(timeout=SOON_MS)
    page.evaluate("window.sameDocument = true")
    expect(page.locator(".stage:not(.loading)")).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("300 products, all on this map.")).to_be_visible()
    expect(page.get_by_text(re.compile("UMAP map: "))).to_be_visible()
    assert drawn(page) > 1000
    page.locator(".stage canvas").hover(position={"x": 450, "y": 350})
    page.mouse.wheel(0, -400)
    page.wait_for_url("**view=**")
    place = page.url.split("view=")[1]

    expect(page.get_by_text("The map UMAP is ready.")).to_be_visible(timeout=LATER_MS)
    assert page.url.split("view=")[1] == place, "the map that one looks at stays where it is"
    assert "map=pca" in page.url
    expect(page.get_by_text(re.compile("^t-SNE map: "))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()  # as it begins: later it might be ready
    expect(page.get_by_text(re.compile("t-SNE map: "))).to_be_hidden()
    open_choice(page, "Map")
    expect(page.get_by_role("option")).to_have_text(["UMAP", "PCA"])
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show it").click()
    page.wait_for_url("**map=umap**")
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    assert drawn(page) > 1000
    assert page.evaluate("window.sameDocument")
