"""The map in a real Chromium: points, cards, anchors, colours, links and keys."""

import json
import re
import urllib.request
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from settled import box_of, drawing, pixels, rest, settle

from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=document.title='stolen'>"
PATH = "/?model=tiny&map=pca&colour=brand&panel=morph"


def open_map(page: Any, address: str, pictures: bool = False) -> Any:
    """-> the canvas, with its points on it; of so few products all would be pictures, unless these are off."""
    kept = "on" if pictures else "off"
    page.add_init_script(f"try {{ sessionStorage.setItem('looks-like pictures', '{kept}') }} catch {{}}")
    page.goto(address)
    canvas = page.locator(".stage canvas")
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    expect(page.get_by_text("Morph A into B")).to_be_visible()
    drawing(canvas)
    return canvas


def frequent(canvas: Any) -> np.ndarray:
    """The full colours on the canvas; where points lie on each other a few pixels are darker, which are left out."""
    drawn = pixels(canvas)
    colours, counts = np.unique(drawn[drawn[..., 3] == 255][:, :3], axis=0, return_counts=True)
    return np.asarray(colours[counts > 0.05 * counts.sum()])


def alike(drawn: np.ndarray, before: np.ndarray) -> bool:
    """A link keeps four digits of the place: a few points may stand a pixel beside."""
    return bool((drawn == before).mean() > 0.998)


def asked(server: str, path: str) -> Any:
    with urllib.request.urlopen(server + path) as answer:
        return json.load(answer)


def lonely(lab: Lab, canvas: Any) -> tuple[int, float, float]:
    """A row whose point stands clear of the others and of the legend, and where it is in the window, all in view."""
    xy_n2 = lab.map_view("tiny", "pca").xy_n2
    box = box_of(canvas)
    half_x, half_y = np.abs(xy_n2).max(0)
    scale = 0.47 * min(box["width"] / half_x, box["height"] / half_y)
    at_n2 = np.column_stack([box["width"] / 2 + xy_n2[:, 0] * scale, box["height"] / 2 - xy_n2[:, 1] * scale])
    apart_nn = np.linalg.norm(at_n2[:, None] - at_n2[None], axis=2) + 1e9 * np.eye(len(at_n2))
    clear_n = (at_n2[:, 0] > 300) & (at_n2[:, 0] < box["width"] - 80)
    row = int(np.argmax(np.where(clear_n, apart_nn.min(1), -1)))
    return row, float(box["x"] + at_n2[row, 0]), float(box["y"] + at_n2[row, 1])


def choose_colour(page: Any, name: str) -> None:
    page.locator(".stSelectbox", has_text="Colour by").locator("input, button, [role=combobox]").first.click()
    page.get_by_role("option", name=name).click()


def test_points_are_drawn_in_the_colours_of_the_legend(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    assert (pixels(canvas)[..., 3] > 0).sum() > 80 * 9
    assert len(frequent(canvas)) == 3
    expect(page.locator(".legend .entry")).to_have_text(["Alder27", "Birch27", "Cedar26"])


def test_the_card_under_the_pointer_is_of_that_point(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    row, x, y = lonely(lab, canvas)
    page.mouse.move(x + 3, y - 2)
    product = asked(server, f"/api/product?row={row}")
    card = page.locator(".hover .card")
    expect(card.locator(".name")).to_have_text(product["name"])
    expect(card).to_contain_text(f"brand {product['attributes']['brand']}")
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=card.locator("img").element_handle()
    )
    frame, stage = rest(page, page.locator(".hover"), page.locator(".stage"))
    assert stage["x"] <= frame["x"]
    assert frame["x"] + frame["width"] <= stage["x"] + stage["width"]
    assert not frame["x"] <= x + 3 <= frame["x"] + frame["width"]
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_a_click_sets_the_anchors_and_opens_the_way_between(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    expect(page.get_by_role("button", name="Morph A into B")).to_be_disabled()
    row, x, y = lonely(lab, canvas)
    product_id = lab.product_at(row).product_id
    page.mouse.click(x, y)
    page.get_by_role("button", name="Set as A").click()
    expect(page.locator(".picker .slot").first).to_contain_text(lab.product_at(row).name)
    page.wait_for_url(f"**a={product_id}**")
    expect(page.locator(".marker", has_text="A")).to_be_visible()
    expect(page.get_by_role("button", name="This is A")).to_be_disabled()
    page.keyboard.press("b")
    page.wait_for_url(f"**b={product_id}**")
    expect(page.locator(".marker", has_text="B")).to_be_visible()
    page.get_by_role("button", name="Morph A into B").click()
    page.wait_for_url(f"**/looks-like?**a={product_id}**")


def test_start_from_it_opens_its_dimensions(page: Any, server: str, lab: Lab) -> None:
    row, x, y = lonely(lab, open_map(page, server + PATH))
    page.mouse.click(x, y)
    page.get_by_role("button", name="Start from it").click()
    page.wait_for_url(f"**/dimensions?**from={lab.product_at(row).product_id}**")


def test_another_colour_keeps_the_place(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    canvas.hover(position={"x": 500, "y": 300})
    page.mouse.wheel(0, -400)
    page.wait_for_url("**view=**")
    before, place = drawing(canvas), page.url.split("view=")[1]
    choose_colour(page, "Price")
    expect(page.locator(".legend .bar")).to_be_visible()
    page.wait_for_url("**colour=price**")
    after = drawing(canvas)
    assert page.url.split("view=")[1] == place
    assert ((after[..., 3] == 255) == (before[..., 3] == 255)).all()
    assert (after != before).any()


def test_a_link_restores_place_colour_and_anchors(page: Any, server: str) -> None:
    canvas = open_map(page, f"{server}/?model=tiny&map=pca&panel=morph&colour=year&a=0003&b=0040")
    canvas.hover(position={"x": 450, "y": 350})
    page.mouse.wheel(0, -300)
    page.wait_for_url("**view=**")
    before, link = drawing(canvas), page.url
    for mark in ("a=0003", "b=0040", "colour=year"):
        assert mark in link
    page.goto("about:blank")
    canvas = open_map(page, link)
    settle(page, lambda: alike(pixels(canvas), before))
    expect(page.locator(".picker .slot").nth(1)).to_contain_text("Box 40")
    rest(page)
    assert page.url == link


def test_the_place_survives_a_look_at_another_page(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    canvas.hover(position={"x": 450, "y": 350})
    page.mouse.wheel(0, -500)
    page.wait_for_url("**view=**")
    before = pixels(canvas)
    page.get_by_role("link", name="Dimensions").click()
    page.wait_for_url("**/dimensions**")
    page.get_by_role("link", name=re.compile("^(scatter_plot)? ?Map$")).click()
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    settle(page, lambda: alike(pixels(page.locator(".stage canvas")), before))


def test_the_wheel_zooms_dragging_moves_and_the_page_stays(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    whole = pixels(canvas)
    canvas.hover(position={"x": 450, "y": 350})
    page.mouse.wheel(0, -200)
    settle(page, lambda: (pixels(canvas) != whole).any())
    near = pixels(canvas)
    page.mouse.down()
    page.mouse.move(700, 500, steps=5)
    page.mouse.up()
    settle(page, lambda: (pixels(canvas) != near).any())
    expect(page.locator(".pinned")).to_be_hidden()
    page.get_by_role("button", name="Show the whole map").click()
    settle(page, lambda: (pixels(canvas) == whole).all())
    assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0


def test_pans_leave_no_trace_in_the_history(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    length = page.evaluate("history.length")
    seen = [page.url]
    for key in ("ArrowLeft", "ArrowUp", "+"):
        canvas.press(key)
        settle(page, lambda: page.url not in seen)
        rest(page)  # the page, told of it, would write the same
        seen.append(page.url)
    assert "view=" in page.evaluate("location.search")
    assert page.evaluate("history.length") == length


def test_all_of_it_works_by_keyboard(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    assert "Arrows move" in canvas.get_attribute("aria-label")
    canvas.focus()
    seen = [pixels(canvas)]
    for key in ("+", "ArrowRight", "ArrowDown", "-"):
        page.keyboard.press(key)
        settle(page, lambda: (pixels(canvas) != seen[-1]).any())
        seen.append(pixels(canvas))
    page.keyboard.press("0")
    settle(page, lambda: (pixels(canvas) == seen[0]).all())
    page.keyboard.press("Enter")
    expect(page.locator(".pinned .card")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url("**a=**")
    page.keyboard.press("Escape")
    expect(page.locator(".pinned")).to_be_hidden()


def test_a_category_can_stand_alone(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    everything = pixels(canvas)
    page.locator(".legend .entry", has_text="Birch").click()
    settle(page, lambda: len(frequent(canvas)) == 1)
    page.locator(".legend .entry", has_text="Birch").click()
    settle(page, lambda: (pixels(canvas) == everything).all())


def test_a_hostile_name_is_only_text(page: Any, server: str, lab: Lab) -> None:
    def answer(route: Any) -> None:
        product = route.fetch().json()
        route.fulfill(json={**product, "name": HOSTILE, "attributes": {"brand": HOSTILE}})

    page.route("**/api/product**", answer)
    _row, x, y = lonely(lab, open_map(page, server + PATH))
    page.mouse.move(x, y)
    expect(page.locator(".hover .name")).to_have_text(HOSTILE)
    page.mouse.click(x, y)
    expect(page.locator(".pinned .name")).to_have_text(HOSTILE)
    expect(page.locator(".pinned .by")).to_have_text(f"brand {HOSTILE}")
    assert page.title() != "stolen"


def test_points_that_do_not_come_are_said_and_asked_for_again(page: Any, server: str) -> None:
    page.add_init_script(
        """const real = window.fetch; let first = true;
           window.fetch = (address, options) => String(address).startsWith("/api/map?") && first
             ? ((first = false), Promise.reject(new TypeError("The network is away.")))
             : real(address, options);"""
    )
    page.goto(server + PATH)
    expect(page.locator(".note")).to_contain_text("The map did not arrive: The network is away.")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".note")).to_be_hidden()
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    assert (drawing(page.locator(".stage canvas"))[..., 3] > 0).any()
