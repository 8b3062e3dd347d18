"""The filter in a browser, over 600 photographs of Fashion-MNIST: ranges are typed and dragged, values counted, filters
saved, and the few that pass are seen on the map."""

import json
import re
import urllib.parse
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from serving import served, window
from settled import box_of, drawing, rest, settle

from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser

STATUS = ".status [role=status]"


@pytest.fixture(scope="module")
def address(clothes: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(clothes.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        yield page


def opened(page: Any, address: str, **link: str) -> Any:
    """-> the map's canvas"""
    page.goto(f"{address}/?{urllib.parse.urlencode(link)}")
    canvas = page.locator(".map canvas")
    drawing(canvas)
    return canvas


def asked(page: Any) -> list[Any]:
    """The filter of the link."""
    page.wait_for_url(re.compile("filter="))
    return list(json.loads(urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)["filter"][0]))


def type_into(page: Any, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")


def column(lab: Lab, name: str) -> list[Any]:
    return list(lab.catalogue().rows[name].to_pylist())


def test_a_range_is_typed_as_well_as_dragged(page: Any, address: str, clothes: Lab) -> None:
    bright, days = column(clothes, "brightness"), column(clothes, "photographed")
    opened(page, address)
    page.get_by_role("button", name="Filter").click()
    type_into(page, "Brightness from", "60,5")
    expect(page.locator(STATUS)).to_have_text(f"{sum(b >= 60.5 for b in bright)} of 600 shown")
    type_into(page, "Brightness to", "90")
    between = sum(60.5 <= b <= 90 for b in bright)
    expect(page.locator(STATUS)).to_have_text(f"{between} of 600 shown")
    assert 0 < between < 600
    settle(page, lambda: asked(page) == [["brightness", "between", [60.5, 90]]])
    expect(page.get_by_label("Brightness from", exact=True)).to_have_value("60.5")
    low = page.get_by_role("slider", name="Brightness — start")
    expect(low).to_have_attribute("aria-valuetext", "60.5")

    rest(page)
    low.focus()
    low.press("ArrowRight")  # as if dragged by a stop
    settle(page, lambda: asked(page)[0][2][0] != 60.5)
    rest(page)
    dragged = float(page.get_by_label("Brightness from", exact=True).input_value())
    assert 60.5 < dragged < 90
    expect(page.locator(STATUS)).to_have_text(f"{sum(dragged <= b <= 90 for b in bright)} of 600 shown")

    type_into(page, "Brightness from", "rather bright")
    expect(page.get_by_text("“rather bright” is no number")).to_be_visible()
    settle(page, lambda: asked(page) == [["brightness", "between", [dragged, 90]]])
    type_into(page, "Brightness from", "")
    type_into(page, "Brightness to", "")
    type_into(page, "Photographed from", "1.3.2026")
    expect(page.locator(STATUS)).to_have_text(f"{sum(d >= date(2026, 3, 1) for d in days)} of 600 shown")
    settle(page, lambda: asked(page) == [["photographed", "between", ["2026-03-01", None]]])
    expect(page.get_by_text("is no number")).to_have_count(0)


def test_values_are_searched_and_counted_what_is_missing_among_them(page: Any, address: str, clothes: Lab) -> None:
    kinds, made_in = column(clothes, "kind"), column(clothes, "made_in")
    opened(page, address)
    page.get_by_role("button", name="Filter").click()
    field = page.get_by_label("Kind", exact=True)
    field.fill("ank")
    page.get_by_role("option", name=f"Ankle boot · {kinds.count('Ankle boot')}").click()
    expect(page.locator(STATUS)).to_have_text(f"{kinds.count('Ankle boot')} of 600 shown")
    page.get_by_label("Made in", exact=True).fill("not")
    page.get_by_role("option", name=f"not given · {made_in.count(None)}").click()
    both = sum(pair == ("Ankle boot", None) for pair in zip(kinds, made_in, strict=True))
    expect(page.locator(STATUS)).to_have_text(f"{both} of 600 shown")
    expect(page.get_by_label("Yaw from", exact=True)).not_to_be_visible()  # nobody asks for it: it is folded
    page.keyboard.press("Escape")  # the list
    page.get_by_text("More · 1").click()
    expect(page.get_by_label("Yaw from", exact=True)).to_be_visible()


def test_a_filter_is_saved_applied_renamed_and_brought_back(page: Any, address: str) -> None:
    said = [["kind", "is", ["Bag"]], ["brightness", "between", [60, None]]]
    opened(page, address, filter=json.dumps(said))
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Name", exact=True).fill("Bright bags")
    page.get_by_role("button", name="Save", exact=True).click()
    apply = page.get_by_role("button", name="Bright bags", exact=True)
    expect(apply).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.locator(STATUS)).to_have_count(1)
    expect(page.get_by_role("button", name="Clear the filter")).to_have_count(0)
    apply.click()
    settle(page, lambda: asked(page) == said)

    rest(page)
    type_into(page, "Brightness from", "80")
    page.get_by_role("button", name="Save the changes to Bright bags").click()
    expect(page.get_by_role("button", name="Save the changes to Bright bags")).to_have_count(0)
    page.locator(".st-key-edit-filter-Bright-bags button:visible").first.click()
    type_into(page, "New name", "Brightest bags")
    expect(page.get_by_role("button", name="Brightest bags", exact=True)).to_be_visible()
    expect(apply).to_have_count(0)

    opened(page, address)  # somebody else, who begins anew
    page.get_by_role("button", name="Filter").click()
    page.locator(".st-key-delete-filter-Brightest-bags button:visible").first.click()
    expect(page.locator(".st-key-deleted-line-filters")).to_contain_text("Deleted: filter Brightest bags")
    page.locator(".st-key-deleted-line-filters").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Brightest bags", exact=True).click()
    settle(page, lambda: asked(page) == [["kind", "is", ["Bag"]], ["brightness", "between", [80, None]]])


def test_few_that_pass_stand_out_and_are_zoomed_to(page: Any, address: str, clothes: Lab) -> None:
    bright, kinds = np.array(column(clothes, "brightness")), np.array(column(clothes, "kind"))
    least = float(np.sort(bright[kinds == "Bag"])[-9])
    few = np.flatnonzero((kinds == "Bag") & (bright >= least))
    said = json.dumps([["kind", "is", ["Bag"]], ["brightness", "between", [least, None]]])
    canvas = opened(page, address, filter=said)
    expect(page.locator(STATUS)).to_have_text(f"{len(few)} of 600 shown")
    drawn = drawing(canvas)
    assert all(drawn[y, x, 3] == 255 for x, y in at_px(clothes, canvas)[few].astype(int))  # over all that is faint
    solid = int((drawn[..., 3] == 255).sum())
    assert solid > 60 * len(few) / 2, "they are larger than other points, though some lie on each other"
    counts = page.locator(".legend .entry .quiet").all_inner_texts()
    assert sorted(counts)[-1].startswith(f"{len(few)} of ")
    assert not [count for count in counts if count == "0 of 0"]

    page.locator(".status").get_by_role("button", name="Zoom to them").click()
    page.wait_for_url(re.compile("view="))
    settle(page, lambda: int((drawing(canvas)[..., 3] == 255).sum()) > solid)
    expect(page.locator(".empty")).to_be_hidden()

    page.goto(f"{address}/?{urllib.parse.urlencode({'filter': said, 'view': '0,0,400'})}")
    expect(page.locator(".empty")).to_contain_text(f"None of the {len(few)} is here.")
    page.locator(".empty").get_by_role("button", name="Zoom to them").click()
    expect(page.locator(".empty")).to_be_hidden()
    none = json.dumps([["brightness", "between", [254, 255]]])
    opened(page, address, filter=none)
    expect(page.locator(".empty")).to_contain_text("No product passes this filter.")


def test_a_zoom_into_emptiness_says_so_and_leads_back(page: Any, address: str, clothes: Lab) -> None:
    half_x, half_y = np.abs(clothes.map_view("tiny", "pca").xy_n2).max(0)
    page.goto(f"{address}/?view={half_x:.4f},{half_y:.4f},500")  # the corner of the map
    expect(page.locator(".empty")).to_contain_text("Nothing here.")
    page.get_by_role("button", name="Show the whole map").last.click()
    expect(page.locator(".empty")).to_be_hidden()
    page.wait_for_url(lambda url: "view=" not in url)


def at_px(lab: Lab, canvas: Any) -> np.ndarray:
    """float (N, 2): where each product is on a canvas that shows the whole map."""
    xy_n2, box = lab.map_view("tiny", "pca").xy_n2, box_of(canvas)
    scale = 0.47 * min(np.array([box["width"], box["height"]]) / np.abs(xy_n2).max(0))
    return np.column_stack([box["width"] / 2 + xy_n2[:, 0] * scale, box["height"] / 2 - xy_n2[:, 1] * scale])


def test_a_value_is_given_another_colour_in_the_legend_for_everyone(page: Any, address: str) -> None:
    canvas = opened(page, address, colour="kind")
    swatch = page.get_by_label("Colour of Bag")
    before = swatch.input_value()
    swatch.fill("#123456")  # what the browser's own dialog does
    expect(page.get_by_role("button", name="Usual colours")).to_be_visible()
    opened(page, address, colour="kind")
    expect(swatch).to_have_value("#123456")
    inked = (drawing(canvas)[..., :3] == (0x12, 0x34, 0x56)).all(axis=2).sum()
    assert inked > 20
    page.get_by_role("button", name="Usual colours").click()
    expect(swatch).to_have_value(before)
    expect(page.get_by_role("button", name="Usual colours")).to_have_count(0)
