"""The daily work in a real Chromium, on 1,500 drawn sneakers: lasso, gallery, tag, undo, redo, export, right by id.

LOOKS_LIKE_TEST_WORKSPACE names another workspace to run this on: it is copied, and nothing in it changes.
"""

import json
import os
import re
import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from serving import served, window
from settled import box_of, drawing, rest, settle

from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.selecting import delete_view, list_views
from looks_like.explorer.selecting.selection import Selection, rows
from looks_like.explorer.training.demo import make_demo

pytestmark = pytest.mark.browser
TAG = "Hero <b>2027</b> & co"  # hostile, as people's tags are


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A catalogue large enough to tag a thousand at once."""
    folder = tmp_path_factory.mktemp("crowd") / "workspace"
    if given := os.environ.get("LOOKS_LIKE_TEST_WORKSPACE"):
        shutil.copytree(given, folder, ignore=shutil.ignore_patterns("tags.lance", "views.lance"))
        return Lab(folder)
    lab = Lab(folder)
    make_demo(lab, 1500, ["pca"], lambda report: None)
    return lab


@pytest.fixture(scope="module")
def address(crowd: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(crowd.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as found:
        yield found


@pytest.fixture(autouse=True)
def _nothing_is_left(crowd: Lab) -> Iterator[None]:
    """No test finds the tags and views of another."""
    yield
    for each in tagging.tags(crowd):
        tagging.remove(crowd, each.tag, np.flatnonzero(tagging.mask(crowd, each.tag)), "the broom")
    for view in list_views(crowd):
        delete_view(crowd, view.name, "the broom")


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        yield page


def where(lab: Lab) -> tuple[str, str]:
    """The model and its first map."""
    model = lab.models_to_show()[0]
    return model, lab.maps(model)[0].name


def opened(page: Any, address: str, lab: Lab, **link: str) -> Any:
    """-> the canvas with its points."""
    model, name = where(lab)
    page.goto(f"{address}/?{urllib.parse.urlencode({'model': model, 'map': name, **link})}")
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    canvas = page.locator(".stage canvas")
    drawing(canvas)
    return canvas


def lasso(page: Any, canvas: Any, share: float) -> None:
    """Round the middle of the map, over `share` of its width and height."""
    box = box_of(canvas)
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    turn = np.linspace(0, 2 * np.pi, 25)
    xs, ys = middle_x + share * box["width"] / 2 * np.cos(turn), middle_y + share * box["height"] / 2 * np.sin(turn)
    canvas.focus()
    page.keyboard.press("l")
    page.mouse.move(xs[0], ys[0])
    page.mouse.down()
    for x, y in zip(xs[1:], ys[1:], strict=True):
        page.mouse.move(x, y)
    page.mouse.up()


def turn_to(page: Any, panel: str) -> None:
    page.locator(".stButtonGroup button", has_text=re.compile(f"^{panel}")).click()


def chosen_by_link(page: Any, lab: Lab) -> np.ndarray:
    """The rows that the address says are selected, by the Lab in this process."""
    page.wait_for_url(re.compile("selection="))
    link = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(page.url).query))
    return rows(lab, Selection.from_query({**link, "steps": link["selection"]}))


def tagged(lab: Lab) -> set[int]:
    known = [each.tag for each in tagging.tags(lab)]
    return {int(row) for row in np.flatnonzero(tagging.mask(lab, TAG))} if TAG in known else set()


def until(page: Any, lab: Lab, rows_m: set[int]) -> None:
    """Waits until the store says that exactly these are tagged."""
    settle(page, lambda: tagged(lab) == rows_m)


def test_lasso_gallery_tag_undo_redo_export_right_by_id(page: Any, address: str, crowd: Lab) -> None:
    canvas = opened(page, address, crowd)
    lasso(page, canvas, 0.85)
    chosen_m = chosen_by_link(page, crowd)
    assert len(chosen_m) >= 1000
    expect(page.get_by_text(f"{len(chosen_m):,} selected of {len(crowd.catalogue()):,}")).to_be_visible()

    gallery = page.locator(".gallery .thumb img")
    expect(gallery).to_have_count(60)
    names = {crowd.catalogue().names[row] for row in chosen_m}
    assert set(gallery.evaluate_all("all => all.map((picture) => picture.alt)")) <= names

    field = page.locator(".st-key-tag-line input")
    field.fill(TAG)
    field.press("Enter")
    page.get_by_role("button", name="Tag", exact=True).click()
    until(page, crowd, set(chosen_m.tolist()))
    expect(page.get_by_text(f"{len(chosen_m):,} products tagged")).to_be_visible()

    page.locator(".st-key-undo-here button").click()
    until(page, crowd, set())
    turn_to(page, "Tags")
    page.get_by_role("button", name="Redo", exact=True).click()
    until(page, crowd, set(chosen_m.tolist()))

    turn_to(page, "Selection")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON lines").click()
    lines = [json.loads(line) for line in Path(download.value.path()).read_text("utf-8").splitlines()]
    assert [line["product_id"] for line in lines] == [crowd.catalogue().product_ids[row] for row in chosen_m]
    assert all(line["tags"] == [TAG] for line in lines)
    assert page.title() == "Looks Like"


def test_a_recolour_a_filter_and_a_tag_keep_zoom_and_selection(page: Any, address: str, crowd: Lab) -> None:
    canvas = opened(page, address, crowd)
    box = box_of(canvas)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -300)
    page.wait_for_url(re.compile("view="))
    lasso(page, canvas, 0.5)
    chosen_m = chosen_by_link(page, crowd)
    assert len(chosen_m) > 20

    def kept() -> tuple[str, str]:
        link = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(page.url).query))
        return link.get("view", ""), link.get("selection", "")

    rest(page)
    before = kept()
    assert all(before)
    page.locator(".stSelectbox", has_text="Colour by").locator("input, button, [role=combobox]").first.click()
    page.get_by_role("option", name="Nothing").click()
    page.wait_for_url(re.compile("colour=-"))
    assert kept() == before

    page.get_by_role("button", name="Filter").click()
    words = page.get_by_label("Words in name, id or text")
    words.fill("1")
    words.press("Enter")
    page.wait_for_url(re.compile("filter="))
    assert kept() == before
    through_m = chosen_by_link(page, crowd)
    assert set(through_m.tolist()) < set(chosen_m.tolist())
    page.keyboard.press("Escape")

    field = page.locator(".st-key-tag-line input")
    field.fill("kept")
    field.press("Enter")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_text(f"{len(through_m):,} products tagged kept")).to_be_visible()
    assert kept() == before
    assert set(np.flatnonzero(tagging.mask(crowd, "kept")).tolist()) == set(through_m.tolist())


def test_a_saved_view_brings_back_place_filter_and_selection(page: Any, address: str, crowd: Lab) -> None:
    link = {"filter": '[["","holds","1"]]', "selection": '[["=","shown",null]]', "view": "0.1000,0.1000,2.000"}
    opened(page, address, crowd, **link)
    selected = chosen_by_link(page, crowd)
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name").fill("Ones, near")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("button", name="Ones, near", exact=True)).to_be_visible()
    opened(page, address, crowd)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Ones, near", exact=True).click()
    page.wait_for_url(re.compile("selection="))
    assert np.array_equal(chosen_by_link(page, crowd), selected)
    now = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(page.url).query))
    assert {key: now[key] for key in link} == link
