"""Selecting on the map in a real Chromium: what is drawn is what is chosen, on the server and on the screen."""

import json
import re
import urllib.request
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect
from serving import window
from settled import box_of, drawing, pixels, settle
from test_map import PATH, choose_colour, lonely, open_map

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.selecting import SELECTION_CHARACTERS_MAX

pytestmark = pytest.mark.browser
Corners = list[tuple[float, float]]
LEFT: Corners = [(150, 60), (470, 40), (480, 300), (470, 680), (160, 690), (130, 300)]
RIGHT: Corners = [(400, 100), (840, 110), (830, 650), (410, 640)]


def draw(page: Any, canvas: Any, corners: Corners, *keys: str, steps: int = 8) -> None:
    """With the mouse, from corner to corner of the canvas, while keys are held."""
    box = box_of(canvas)
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(box["x"] + corners[0][0], box["y"] + corners[0][1])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=steps)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def on_canvas(lab: Lab, canvas: Any) -> np.ndarray:
    """(N, 2) px: where each product stands while the whole map is shown."""
    xy_n2, box = lab.map_view("tiny", "pca").xy_n2, box_of(canvas)
    half_x, half_y = np.abs(xy_n2).max(0)
    scale = 0.47 * min(box["width"] / half_x, box["height"] / half_y)
    return np.column_stack([box["width"] / 2 + xy_n2[:, 0] * scale, box["height"] / 2 - xy_n2[:, 1] * scale])


def inside(at_n2: np.ndarray, corners: Corners) -> np.ndarray:
    """Which points lie in a polygon, by the angles that its corners turn around them."""
    to_cn2 = np.array(corners)[:, None] - at_n2[None]
    angles_cn = np.arctan2(to_cn2[..., 1], to_cn2[..., 0])
    turns_cn = (np.roll(angles_cn, -1, 0) - angles_cn + np.pi) % (2 * np.pi) - np.pi
    return np.asarray(np.abs(turns_cn.sum(0)) > np.pi)


def steps_of(page: Any) -> list[Any]:
    """The recipe in the address."""
    text = parse_qs(urlsplit(page.url).query).get("selection", ["[]"])[0]
    return list(json.loads(text))


def selected(page: Any, server: str, lab: Lab) -> np.ndarray:
    """Which rows the server selects by the recipe in the address."""
    query = f"model=tiny&map=pca&steps={quote(json.dumps(steps_of(page)))}"
    with urllib.request.urlopen(f"{server}/api/selection?{query}") as answer:
        bits = np.unpackbits(np.frombuffer(answer.read(), np.uint8), bitorder="little")
        assert int(answer.headers["x-count"]) == bits.sum()
    return np.asarray(bits[: len(lab.catalogue())], bool)


def said(page: Any, count: int) -> None:
    expect(page.locator(".status [role=status]")).to_have_text(f"{count} selected · 80 shown")


def until_steps(page: Any, count: int) -> None:
    settle(page, lambda: len(steps_of(page)) == count)


def strong(canvas: Any) -> int:
    """Pixels in full colour; what is not selected is pale."""
    return int((pixels(canvas)[..., 3] == 255).sum())


def test_a_lasso_selects_exactly_what_it_surrounds(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    everything = strong(canvas)
    canvas.focus()
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Select with a lasso")).to_have_attribute("aria-pressed", "true")
    draw(page, canvas, LEFT)
    truth_n = inside(on_canvas(lab, canvas), LEFT)
    assert 5 < truth_n.sum() < 75
    said(page, int(truth_n.sum()))
    until_steps(page, 1)
    assert np.array_equal(selected(page, server, lab), truth_n)
    settle(page, lambda: 0 < strong(canvas) < everything)
    faint = pixels(canvas)[..., 3]
    assert ((faint > 0) & (faint < 255)).sum() > 9 * (80 - truth_n.sum()), "the others are still there"


def test_shift_adds_alt_takes_away_and_escape_clears(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    at_n2 = on_canvas(lab, canvas)
    left_n, right_n = inside(at_n2, LEFT), inside(at_n2, RIGHT)
    everything = pixels(canvas)
    canvas.focus()
    page.keyboard.press("l")
    draw(page, canvas, LEFT)
    said(page, int(left_n.sum()))
    draw(page, canvas, RIGHT, "Shift")
    said(page, int((left_n | right_n).sum()))
    draw(page, canvas, LEFT, "Alt")
    said(page, int((right_n & ~left_n).sum()))
    until_steps(page, 3)
    assert [step[0] for step in steps_of(page)] == ["=", "+", "-"]
    assert np.array_equal(selected(page, server, lab), right_n & ~left_n)
    page.keyboard.press("u")
    said(page, int((left_n | right_n).sum()))
    page.keyboard.press("Escape")
    expect(page.locator(".status")).to_be_hidden()
    until_steps(page, 0)
    settle(page, lambda: (pixels(canvas) == everything).all())


def test_a_box_is_a_lasso_of_four_corners(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    page.get_by_role("button", name="Select with a box").click()
    draw(page, canvas, [(200, 120), (640, 560)])
    truth_n = inside(on_canvas(lab, canvas), [(200, 120), (640, 120), (640, 560), (200, 560)])
    said(page, int(truth_n.sum()))
    until_steps(page, 1)
    assert len(steps_of(page)[0][2]) == 4
    assert np.array_equal(selected(page, server, lab), truth_n)


def test_escape_first_gives_up_the_line_then_the_card_then_the_selection(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    page.get_by_role("button", name="Select with a lasso").click()
    draw(page, canvas, LEFT)
    said(page, int(inside(on_canvas(lab, canvas), LEFT).sum()))
    until_steps(page, 1)
    _row, x, y = lonely(lab, canvas)
    page.mouse.click(x, y)
    expect(page.locator(".pinned")).to_be_visible()
    expect(page.locator(".lasso")).to_have_attribute("d", "")
    box = box_of(canvas)
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 260, steps=4)
    expect(page.locator(".lasso")).to_have_attribute("d", re.compile("^M.*Z$"))
    page.keyboard.press("Escape")
    expect(page.locator(".lasso")).to_have_attribute("d", "")
    page.mouse.up()
    expect(page.locator(".pinned")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pinned")).to_be_hidden()
    expect(page.locator(".status")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".status")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Move the map")).to_have_attribute("aria-pressed", "true")


def test_clicks_add_and_take_away_single_products(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    row, x, y = lonely(lab, canvas)
    page.keyboard.down("Shift")
    page.mouse.click(x, y)
    page.keyboard.up("Shift")
    said(page, 1)
    until_steps(page, 1)
    assert steps_of(page) == [["=", "product", lab.product_at(row).product_id]]
    page.mouse.click(x, y)
    page.get_by_role("button", name="Take out of selection").click()
    said(page, 0)
    page.get_by_role("button", name="Add to selection").click()
    said(page, 1)
    page.keyboard.down("Alt")
    page.mouse.click(x, y)
    page.keyboard.up("Alt")
    said(page, 0)


def test_place_colour_and_selection_survive_each_other(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    canvas.hover(position={"x": 500, "y": 300})
    page.mouse.wheel(0, -300)
    page.wait_for_url("**view=**")
    page.get_by_role("button", name="Select with a lasso").click()
    draw(page, canvas, LEFT)
    until_steps(page, 1)
    expect(page.locator(".status")).to_contain_text(" selected · 80 shown")
    before = drawing(canvas)
    view, steps, words = page.url.split("view=")[1].split("&")[0], steps_of(page), page.locator(".status").inner_text()
    choose_colour(page, "Price")
    expect(page.locator(".legend .bar")).to_be_visible()
    page.wait_for_url("**colour=price**")
    after = drawing(canvas)
    assert page.url.split("view=")[1].split("&")[0] == view
    assert steps_of(page) == steps
    assert page.locator(".status").inner_text() == words
    assert ((after[..., 3] == 255) == (before[..., 3] == 255)).all()
    link = page.url
    page.goto("about:blank")
    canvas = open_map(page, link)
    settle(page, lambda: page.locator(".status").is_visible() and page.locator(".status").inner_text() == words)
    settle(page, lambda: bool(((pixels(canvas)[..., 3] == 255) == (after[..., 3] == 255)).mean() > 0.998))


def test_the_selection_can_be_zoomed_to_and_all_shown_again(page: Any, server: str) -> None:
    canvas = open_map(page, server + PATH)
    canvas.focus()
    page.keyboard.press("l")
    draw(page, canvas, [(400, 300), (560, 300), (560, 460), (400, 460)])
    until_steps(page, 1)
    expect(page.locator(".status")).to_contain_text(" selected · 80 shown")
    page.keyboard.press("z")
    page.wait_for_url("**view=**")
    assert zoom_of(page) > 1.5
    page.keyboard.press("f")
    settle(page, lambda: "view=" not in page.url)


def test_a_long_scribble_becomes_a_short_recipe_and_too_many_are_refused(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    turns = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    radius = 230 + 12 * np.sin(60 * turns)
    scribble = [(float(450 + r * np.cos(t)), float(370 + r * np.sin(t))) for r, t in zip(radius, turns, strict=True)]
    canvas.focus()
    page.keyboard.press("l")
    draw(page, canvas, scribble, steps=1)
    until_steps(page, 1)
    assert 20 < len(steps_of(page)[0][2]) <= 120
    truth_n = inside(on_canvas(lab, canvas), scribble)
    assert (selected(page, server, lab) != truth_n).sum() <= 2
    step = json.dumps(steps_of(page)[0], separators=(",", ":"))
    nearly = f"[{','.join([step] * (SELECTION_CHARACTERS_MAX // (len(step) + 1)))}]"  # one more is too many
    canvas = open_map(page, f"{server}{PATH}&selection={quote(nearly)}")
    count = len(steps_of(page))
    canvas.focus()
    page.keyboard.press("l")
    draw(page, canvas, [(x + 7, y) for x, y in scribble[::2]], "Shift", steps=1)
    expect(page.locator(".status")).to_contain_text("This selection has too many parts.")
    assert len(steps_of(page)) == count
    page.keyboard.press("Escape")
    expect(page.locator(".status")).to_be_hidden()


def test_the_legend_counts_the_selected_and_selects_by_value(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    page.locator(".legend .entry", has_text="Birch").click(modifiers=["Shift"])
    said(page, 27)
    until_steps(page, 1)
    assert steps_of(page) == [["=", "value", ["brand", "Birch"]]]
    expect(page.locator(".legend .entry")).to_have_text(["Alder0 of 27", "Birch27 of 27", "Cedar0 of 26"])
    page.keyboard.press("Escape")
    expect(page.locator(".status")).to_be_hidden()
    page.get_by_role("button", name="Select with a lasso").click()
    draw(page, canvas, LEFT)
    truth_n = inside(on_canvas(lab, canvas), LEFT)
    said(page, int(truth_n.sum()))
    counts = [int(truth_n[brand::3].sum()) for brand in range(3)]
    words = [
        f"{name}{count} of {all_}"
        for name, count, all_ in zip(("Alder", "Birch", "Cedar"), counts, (27, 27, 26), strict=True)
    ]
    expect(page.locator(".legend .entry")).to_have_text(words)


def test_the_table_lists_what_is_selected_or_in_view(page: Any, server: str, lab: Lab) -> None:
    canvas = open_map(page, server + PATH)
    canvas.focus()
    page.keyboard.press("l")
    draw(page, canvas, LEFT)
    truth_n = inside(on_canvas(lab, canvas), LEFT)
    said(page, int(truth_n.sum()))
    page.keyboard.press("t")
    table = page.locator("dialog table").first
    table.locator("tbody tr").first.wait_for()
    rows = [int(row) for row in table.locator("tbody tr").evaluate_all("rows => rows.map(row => row.dataset.row)")]
    assert rows == list(np.flatnonzero(truth_n))
    product = lab.product_at(rows[0])
    first = table.locator("tbody tr").first
    expect(first.locator("th")).to_have_text(product.name)
    expect(first.locator("td").nth(1)).to_have_text(product.product_id)
    expect(first.locator("td").nth(2)).to_have_text(product.attributes["brand"])
    page.get_by_role("button", name=f"Take {product.name} out of the selection").click()
    said(page, int(truth_n.sum()) - 1)
    page.get_by_role("button", name="In view").click()
    expect(table.locator("tbody tr")).to_have_count(80)
    page.get_by_role("button", name=f"Open {product.name} on the map").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".pinned .name")).to_have_text(product.name)


def test_the_keys_are_told(page: Any, server: str) -> None:
    open_map(page, server + PATH).focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of the map")).to_contain_text("zoom to the selection")
    page.keyboard.press("l")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Move the map")).to_have_attribute("aria-pressed", "true")


def zoom_of(page: Any) -> float:
    """By the address."""
    return float(parse_qs(urlsplit(page.url).query).get("view", ["0,0,1"])[0].split(",")[2])


def shades(canvas: Any) -> int:
    """How many different pixels there are: photographs have many, points of one colour few."""
    return len(np.unique(pixels(canvas).copy().view(np.uint32)))


def test_pictures_come_when_near_and_go_when_told(page: Any, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/atlas/" in request.url else None)
    canvas = open_map(page, server + "/?model=tiny&map=pca&colour=-&panel=morph", pictures=True)
    canvas.hover(position={"x": 450, "y": 350})
    page.mouse.wheel(0, -200)
    settle(page, lambda: any("/64/0" in url for url in asked))
    settle(page, lambda: shades(canvas) > 300)
    canvas.focus()
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pictures when near")).to_have_attribute("aria-pressed", "false")
    settle(page, lambda: shades(canvas) < 300)
    assert len(asked) == len(set(asked)), "no page is asked for twice"


def fingers(page: Any, canvas: Any) -> Callable[..., None]:
    """touch("touchStart" | "touchMove" | "touchEnd", (x, y), …): fingers on the canvas."""
    box, session = dict[str, float](), page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        if kind == "touchStart":  # a tap elsewhere may have scrolled the page
            box.update(box_of(canvas))
        at = [{"x": box["x"] + x, "y": box["y"] + y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    return touch


def test_two_fingers_zoom_and_one_draws_with_a_tool(browser: Any, server: str, lab: Lab) -> None:
    with window(browser, server, 390, 844, has_touch=True, is_mobile=True) as page:
        page.goto(server + PATH)
        canvas = page.locator(".stage canvas")
        expect(page.locator(".stage:not(.loading)")).to_be_visible()
        drawing(canvas)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Select with a lasso").tap()
        touch = fingers(page, canvas)
        corners = [(60.0, 80.0), (300.0, 80.0), (300.0, 300.0), (60.0, 300.0)]
        truth_n = inside(on_canvas(lab, canvas), corners)
        touch("touchStart", corners[0])
        for (x0, y0), (x1, y1) in pairwise(corners):
            for share in (0.25, 0.5, 0.75, 1):
                touch("touchMove", (x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
        touch("touchEnd")
        said(page, int(truth_n.sum()))
        take_away = page.get_by_role("button", name="Take the next lasso out")
        take_away.click()
        expect(take_away).to_have_attribute("aria-pressed", "true")
        touch("touchStart", corners[0])
        for corner in corners[1:]:
            touch("touchMove", corner)
        touch("touchEnd")
        said(page, 0)
        touch("touchStart", (150, 200), (210, 200))
        for step in range(1, 7):
            touch("touchMove", (150 - 10 * step, 200), (210 + 10 * step, 200))
        touch("touchEnd")
        settle(page, lambda: zoom_of(page) == pytest.approx(3, rel=0.01))
        said(page, 0)
