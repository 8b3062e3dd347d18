"""The Dimensions page in a real Chromium: the picture follows while a slider is dragged."""

import json
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect
from settled import box_of, rest, settle

pytestmark = pytest.mark.browser


def picture(page: Any) -> list[int]:
    """The pixels on the canvas."""
    values = page.locator(".sliders canvas").evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    )
    return list(values)


def same(one: list[int], other: list[int]) -> bool:
    """Alike to the last bit or two: the link rounds the code to three decimals."""
    return len(one) == len(other) and max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 2


def first_slider(page: Any) -> Any:
    """Once the picture is there, and the products beside it: everything has come to rest."""
    slider = page.locator(".dimension input").first
    expect(slider).to_be_visible()
    expect(page.locator(".near .card")).to_have_count(6)
    rest(page, slider)
    assert any(picture(page))
    return slider


def code_in(link: str) -> list[float]:
    return [float(part) for part in parse_qs(urlsplit(link).query).get("z", ["nan"])[0].split(",")]


def linked(page: Any, decoded: list[str]) -> bool:
    """Whether the page's link has the code that was decoded last, to the third decimal."""
    said, shown = code_in(page.url), code_in(decoded[-1])
    return len(said) == len(shown) and max(abs(a - b) for a, b in zip(said, shown, strict=True)) < 0.0006


def test_dragging_changes_the_picture_before_the_mouse_is_up(page: Any, server: str) -> None:
    page.goto(server + "/dimensions?from=0005")
    box = box_of(first_slider(page))
    before = picture(page)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2, steps=8)
    settle(page, lambda: not same(picture(page), before))
    page.mouse.up()


def test_the_nearest_products_follow_and_the_link_restores_the_picture(page: Any, server: str) -> None:
    decoded: list[str] = []
    page.on("request", lambda request: decoded.append(request.url) if "/api/decode" in request.url else None)
    page.goto(server + "/dimensions?from=0005")
    slider = first_slider(page)
    expect(page.locator(".near .card").first).to_contain_text("the product itself")
    slider.focus()
    before = float(slider.input_value())
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == pytest.approx(before + 60 * 0.006, abs=0.004)
    settle(page, lambda: linked(page, decoded))
    rest(page)
    moved, link = picture(page), page.url
    page.goto("about:blank")
    page.goto(link)
    first_slider(page)
    assert same(picture(page), moved)


def test_a_late_answer_does_not_replace_the_nearest_of_where_the_slider_is(page: Any, server: str) -> None:
    held: list[Any] = []
    page.route("**/api/nearest?**", lambda route: route.continue_() if held else held.append(route))
    page.goto(server + "/dimensions?from=0005")
    settle(page, lambda: bool(held))
    page.locator(".dimension input").first.press("End")
    page.wait_for_url("**z=**")  # which is written long after the nearest are asked for
    held[0].continue_()
    rest(page)
    code = parse_qs(urlsplit(page.url).query)["z"][0]
    with urllib.request.urlopen(f"{server}/api/nearest?{urlencode({'model': 'tiny', 'z': code, 'k': 6})}") as answer:
        nearest = [product["product_id"] for product in json.load(answer)]
    expect(page.locator(".near .card")).to_have_count(6)
    assert page.locator(".near .card").evaluate_all("all => all.map((card) => card.title)") == nearest


def test_reset_leads_back(page: Any, server: str) -> None:
    page.goto(server + "/dimensions?from=0005")
    slider = first_slider(page)
    before = picture(page)
    slider.focus()
    page.keyboard.press("End")
    settle(page, lambda: not same(picture(page), before))
    page.get_by_role("button", name="Reset").click()
    settle(page, lambda: same(picture(page), before))


def test_random_makes_another_picture(page: Any, server: str) -> None:
    page.goto(server + "/dimensions")
    first_slider(page)
    before = picture(page)
    page.get_by_role("button", name="Random picture").click()
    settle(page, lambda: not same(picture(page), before))
