"""The Dimensions page in a real Chromium: the picture follows while a slider is dragged."""

from typing import Any

import pytest
from playwright.sync_api import expect

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
    return slider


def test_dragging_changes_the_picture_before_the_mouse_is_up(page: Any, server: str) -> None:
    page.goto(server + "/dimensions?from=0005")
    box = first_slider(page).bounding_box()
    before = picture(page)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2, steps=8)
    page.wait_for_timeout(300)
    dragged = picture(page)
    page.mouse.up()
    assert dragged != before


def test_the_nearest_products_follow_and_the_link_restores_the_picture(page: Any, server: str) -> None:
    page.goto(server + "/dimensions?from=0005")
    slider = first_slider(page)
    expect(page.locator(".near .card").first).to_contain_text("the product itself")
    slider.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    page.wait_for_url("**z=**")
    page.wait_for_timeout(400)
    moved, link = picture(page), page.url
    page.goto("about:blank")
    page.goto(link)
    first_slider(page)
    assert same(picture(page), moved)


def test_reset_leads_back(page: Any, server: str) -> None:
    page.goto(server + "/dimensions?from=0005")
    slider = first_slider(page)
    before = picture(page)
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    assert not same(picture(page), before)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(300)
    assert same(picture(page), before)


def test_randomise_makes_another_picture(page: Any, server: str) -> None:
    page.goto(server + "/dimensions")
    first_slider(page)
    before = picture(page)
    page.get_by_role("button", name="Randomise").click()
    page.wait_for_timeout(600)
    assert picture(page) != before
