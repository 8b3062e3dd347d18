"""What stands above the map and beside it, on a phone and with a tag in hand."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from serving import served, window

from looks_like.explorer import tags as tagging
from looks_like.explorer.clusters.make import ClusterRequest, make_clusters
from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser

ROWS_JS = """() => {
  const all = (css) => [...document.querySelectorAll(css)];
  const boxes = (css) => all(`.st-key-map-tools ${css}`).map((e) => e.getBoundingClientRect());
  const [menus, buttons] = [boxes(".react-aria-ComboBox"), boxes(".stPopover button")];
  const stage = all("*").map((e) => e.shadowRoot?.querySelector(".map .stage")).find(Boolean);
  const level = (row) => new Set(row.map((box) => Math.round(box.top))).size === 1;
  return menus.length >= 2 && buttons.length === 3 && stage && level(menus) && level(buttons)
    && menus[0].bottom <= buttons[0].top && buttons[0].bottom <= stage.getBoundingClientRect().top
    && buttons[0].bottom - menus[0].top <= 110
    && document.documentElement.scrollWidth <= innerWidth;
}"""


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop's Lab, to tag and to find clusters in."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


@pytest.fixture
def page(browser: Any, own: Lab, tmp_path: Path) -> Iterator[Any]:
    """A window on it; the page's own address is `page.home`."""
    with served(own.workspace.folder, tmp_path / "log.txt") as address, window(browser, address) as page:
        page.home = address
        yield page


def test_on_a_phone_menus_and_buttons_take_two_rows_above_the_map(page: Any, own: Lab) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.home)
    page.wait_for_function(ROWS_JS)
    make_clusters(own, "tiny", ClusterRequest("k-means", k=3))
    shutil.copytree(own.folder("tiny"), own.folder("other"))
    page.goto(page.home + "/?model=tiny")
    expect(page.locator(".st-key-map-tools .react-aria-ComboBox")).to_have_count(4)
    page.wait_for_function(ROWS_JS)


def test_a_tag_is_renamed_beside_the_map_and_undone(page: Any, own: Lab) -> None:
    tagging.add(own, "sumer", range(20), "ann")
    page.goto(page.home + '/?panel=tags&selection=[["=","tag","sumer"]]')
    expect(page.locator(".status [role=status]")).to_have_text("20 selected · 80 shown")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("New name").fill("Summer <b>")
    page.get_by_label("New name").press("Enter")
    page.locator(".st-key-rename-tag button").click()
    expect(page.get_by_text("20 products tagged Summer <b> instead of sumer")).to_be_visible()
    expect(page.get_by_text("What else may be Summer <b>")).to_be_visible()
    assert [each.tag for each in tagging.tags(own)] == ["Summer <b>"]
    expect(page.locator(".status [role=status]")).to_have_text("20 selected · 80 shown")  # the link says sumer
    page.locator(".st-key-tag-hands").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 20 products changed")).to_be_visible()
    assert [each.tag for each in tagging.tags(own)] == ["sumer"]
