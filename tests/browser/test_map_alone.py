"""The map's own code in a page without Streamlit: what it makes of data that no page sends yet or in such an order."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from settled import box_of, drawing, pixels, rest, settle

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.browser_code import module_address, stylesheet
from looks_like.explorer.maps.color_by import by_attribute

pytestmark = pytest.mark.browser
LOW = [[[-0.6, -0.4], [0, -0.4], [0, 0.4], [-0.6, 0.4]]]
CLUSTERS = [
    {"number": 3, "name": "<b>Low</b>", "size": 50, "at": [-0.3, 0], "hidden": False, "outline": LOW},
    {"number": 4, "name": "Under it", "size": 20, "at": [-0.3, 0.01], "hidden": False, "outline": LOW},
    {"number": 5, "name": "Gone", "size": 9, "at": [0.4, 0.4], "hidden": True, "outline": []},
    {"number": 6, "name": "Of products off this map", "size": 7, "at": None, "hidden": False, "outline": []},
]


@pytest.fixture
def alone(page: Any, server: str, lab: Lab) -> Any:
    """The page with a map in it: see map_alone.js."""
    code, css = module_address("latent_map/latent_map.js"), stylesheet("latent_map")
    colouring = by_attribute(lab, "brand")
    data = {"palette": colouring.palette, "legend": [asdict(entry) for entry in colouring.legend]}
    page.goto(f"{server}/_stcore/health")
    page.evaluate(Path(__file__).with_name("map_alone.js").read_text("utf-8").rstrip(";\n"), [code, css, data])
    expect(page.locator(".stage:not(.loading)")).to_be_visible()
    drawing(page.locator("canvas"))
    return page


def mask_of(rows_n: np.ndarray) -> dict[str, Any]:
    """What the server would answer."""
    bits = np.packbits(rows_n, bitorder="little").tobytes()
    return {"body": bits, "headers": {"x-count": str(int(rows_n.sum()))}, "content_type": "application/octet-stream"}


def at_px(lab: Lab, page: Any) -> np.ndarray:
    xy_n2, box = lab.map_view("tiny", "pca").xy_n2, box_of(page.locator("canvas"))
    scale = 0.47 * min(np.array([box["width"], box["height"]]) / np.abs(xy_n2).max(0))
    return np.column_stack([box["width"] / 2 + xy_n2[:, 0] * scale, box["height"] / 2 - xy_n2[:, 1] * scale])


def test_clusters_are_outlined_named_once_and_selected_by_a_click(alone: Any) -> None:
    alone.route("**/clusters.json", lambda route: route.fulfill(json=CLUSTERS))
    before = pixels(alone.locator("canvas"))
    alone.evaluate("show({clusters: '/clusters.json'})")
    settle(alone, lambda: bool((pixels(alone.locator("canvas")) != before).any()))
    labels = alone.locator(".cluster")
    expect(labels).to_have_text(["<b>Low</b>", "Under it"])
    expect(labels.nth(0)).to_be_visible()
    expect(labels.nth(1)).to_be_hidden()
    quiet = drawing(alone.locator("canvas"))
    labels.nth(0).hover()
    settle(alone, lambda: bool((pixels(alone.locator("canvas")) != quiet).any()))
    alone.route("**/api/selection**", lambda route: route.fulfill(**mask_of(np.arange(80) < 50)))
    labels.nth(0).click()
    expect(alone.locator(".status")).to_contain_text("50 selected · 80 shown")
    assert alone.evaluate("kept.at(-1)") == ["steps", '[["=","cluster",3]]']
    alone.get_by_role("button", name="Clusters").click()
    expect(labels.nth(0)).to_be_hidden()


def test_what_the_filter_leaves_out_is_faint_or_gone_and_can_not_be_chosen(alone: Any, lab: Lab) -> None:
    shown_n = np.arange(80) % 3 == 0
    alone.route("**/shown", lambda route: route.fulfill(**mask_of(shown_n)))
    alone.evaluate("show({shown: '/shown'})")
    expect(alone.locator(".status")).to_contain_text("27 of 80 shown")
    expect(alone.locator(".legend .entry")).to_have_text(["Alder27 of 27", "Birch0 of 27", "Cedar0 of 26"])
    canvas, at_n2 = alone.locator("canvas"), at_px(lab, alone)
    settle(alone, lambda: 0 < (pixels(canvas)[..., 3] == 255).sum() < 0.5 * (pixels(canvas)[..., 3] > 0).sum())
    assert ((pixels(canvas)[..., 3] > 0) & (pixels(canvas)[..., 3] < 60)).sum() > 100
    apart_nn = np.linalg.norm(at_n2[:, None] - at_n2[None], axis=2) + 1e9 * np.eye(80)
    row = int(np.argmax(np.where(shown_n, -1, apart_nn.min(1))))
    shown = int(np.argmax(np.where(shown_n, apart_nn.min(1), -1)))
    for one, chosen in ((shown, True), (row, False)):
        canvas.hover(position={"x": float(at_n2[one, 0]), "y": float(at_n2[one, 1])})
        expect(canvas).to_have_class("over" if chosen else "")
        expect(alone.locator(".hover")).to_be_visible(visible=chosen)
    alone.evaluate("show({hide: true})")
    settle(alone, lambda: bool(((pixels(canvas)[..., 3] > 0) & (pixels(canvas)[..., 3] < 28)).sum() < 60))


def test_the_recipe_of_the_page_counts_but_not_its_echo(alone: Any) -> None:
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        count = 10 * asked[-1].count("product")
        route.fulfill(**mask_of(np.arange(80) < count))

    alone.route("**/api/selection**", answer)
    one, two = json.dumps([["=", "product", "0001"]]), json.dumps([["=", "product", "0001"], ["+", "product", "0002"]])
    alone.evaluate("steps => show({steps})", one)
    expect(alone.locator(".status")).to_contain_text("10 selected")
    alone.locator(".legend .entry", has_text="Birch").click(modifiers=["Shift"])
    settle(alone, lambda: len(asked) == 2)
    ours = alone.evaluate("kept.at(-1)[1]")
    alone.locator(".legend .entry", has_text="Cedar").click(modifiers=["Shift"])
    settle(alone, lambda: len(asked) == 3)
    alone.evaluate("steps => show({steps})", ours)  # the page now knows of the first of the two
    alone.evaluate("steps => show({steps})", two)
    expect(alone.locator(".status")).to_contain_text("20 selected")
    assert len(asked) == 4, "an echo takes nothing back"
    alone.evaluate("show({steps: ''})")
    expect(alone.locator(".status")).to_be_hidden()


def test_nothing_is_redrawn_under_the_mouse(alone: Any, lab: Lab) -> None:
    x, y = at_px(lab, alone)[7]
    box = box_of(alone.locator("canvas"))
    alone.mouse.click(box["x"] + x, box["y"] + y)
    pressed = {"Birch": alone.locator(".legend .entry", has_text="Birch"), "A": alone.get_by_text("Set as A")}
    for button in pressed.values():
        button.hover()
        alone.mouse.down()
        alone.evaluate("show({})")  # as at any rerun of the page
        rest(alone)
        alone.mouse.up()
    expect(pressed["Birch"]).to_have_attribute("aria-pressed", "true")
    expect(alone.get_by_text("This is A")).to_be_disabled()


def test_a_refusal_stays_when_what_was_chosen_before_arrives(alone: Any) -> None:
    asked: list[Any] = []
    alone.route("**/api/selection**", lambda route: asked.append(route))
    alone.evaluate("steps => show({steps})", json.dumps([["=", "product", "0001"], ["+", "product", "x" * 5940]]))
    alone.locator(".legend .entry", has_text="Birch").click(modifiers=["Shift"])
    expect(alone.locator(".status")).to_contain_text("This selection has too many parts.")
    settle(alone, lambda: bool(asked))
    asked[0].fulfill(**mask_of(np.arange(80) < 10))
    expect(alone.locator(".legend .entry")).to_have_text(["Alder4 of 27", "Birch3 of 27", "Cedar3 of 26"])
    expect(alone.locator(".status")).to_contain_text("This selection has too many parts.")
    alone.get_by_role("button", name="Clear the selection").click()
    expect(alone.locator(".status")).to_be_hidden()


def test_broken_recipes_and_answers_leave_the_map_whole(alone: Any) -> None:
    alone.evaluate("show({steps: '{not json'})")
    expect(alone.locator(".status")).to_be_hidden()
    alone.evaluate("""show({steps: '{"a": 1}'})""")
    expect(alone.locator(".status")).to_be_hidden()
    alone.evaluate(
        """() => { const real = window.fetch;
          window.fetch = (address, options) => String(address).includes("/api/selection")
            ? Promise.reject(new TypeError("The network is away.")) : real(address, options); }"""
    )
    alone.evaluate("""show({steps: '[["=","product","0001"]]'})""")
    expect(alone.locator(".status")).to_contain_text("What is selected did not arrive: The network is away.")
    assert (pixels(alone.locator("canvas"))[..., 3] == 255).sum() > 80


def test_a_box_drawn_from_near_keeps_its_digits(alone: Any, lab: Lab) -> None:
    canvas, xy_n2 = alone.locator("canvas"), lab.map_view("tiny", "pca").xy_n2
    box, (px, py) = box_of(canvas), (500, 170)
    scale = 0.47 * min(np.array([box["width"], box["height"]]) / np.abs(xy_n2).max(0))
    x, y = (px - box["width"] / 2) / scale, (box["height"] / 2 - py) / scale
    alone.mouse.move(box["x"] + px, box["y"] + py)
    for _ in range(14):
        alone.mouse.wheel(0, -220)
    near = f"{np.exp(14 * 0.44):.3f}"  # the wheel's turns wait for each other, the mouse would overtake them
    settle(alone, lambda: alone.evaluate("location.search").endswith(near))
    canvas.focus()
    alone.keyboard.press("b")
    alone.mouse.move(box["x"] + px - 40, box["y"] + py - 40)
    alone.mouse.down()
    alone.mouse.move(box["x"] + px + 40, box["y"] + py + 40, steps=4)
    alone.mouse.up()
    settle(alone, lambda: bool(alone.evaluate("kept.some(([key]) => key === 'steps')")))
    corners = json.loads(alone.evaluate("kept.at(-1)[1]"))[0][2]
    (x0, y0), (x1, y1) = np.min(corners, 0), np.max(corners, 0)
    assert x1 - x0 == pytest.approx(80 / scale / np.exp(14 * 0.44), rel=0.01)
    assert (x0 + x1) / 2 == pytest.approx(x, abs=0.5 / scale)
    assert (y0 + y1) / 2 == pytest.approx(y, abs=0.5 / scale)
