"""The gallery by itself in a real Chromium: given items, items from an address, the small form, keys."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from settled import box_of

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.results import product_json
from looks_like.explorer.interfaces.browser_code import module_address, stylesheet

pytestmark = pytest.mark.browser
ACTIONS = [
    {"name": "like", "label": "Looks like this", "short": ""},
    {"name": "a", "label": "Set as A", "short": "As A"},
]
DATA = {"items": None, "address": "", "actions": ACTIONS, "empty": "Nothing here.", "compact": False, "size": 60}
MOUNT = """async ([code, styles]) => {
  document.body.innerHTML = "";
  document.body.append(Object.assign(document.createElement("style"), { textContent: styles }));
  const parentElement = document.body.appendChild(document.createElement("div"));
  const draw = (await import(code)).default;
  window.picked = [];
  const setTriggerValue = (name, value) => window.picked.push(value);
  window.show = (data) => draw({ data, parentElement, setTriggerValue });
}"""
Show = Callable[..., None]


@pytest.fixture
def show(page: Any, server: str) -> Show:
    """show(items=…, compact=…): draws the gallery in an otherwise empty page"""
    page.goto(server + "/_stcore/health")
    page.evaluate(MOUNT, [module_address("gallery/gallery.js"), stylesheet("gallery")])
    return lambda **data: page.evaluate("(data) => window.show(data)", DATA | data)


@pytest.fixture
def items(lab: Lab) -> list[dict[str, Any]]:
    return [product_json(lab.product_at(row)) for row in range(70)]


def test_a_card_shows_picture_name_and_words_and_says_what_was_asked(page: Any, show: Show, items: list[Any]) -> None:
    hostile = items[0] | {"name": "<img src=x onerror=alert(1)>", "near": "2.0 × typical", "why": ["<b>blue</b>"]}
    show(items=[hostile, items[1]])
    tile = page.get_by_role("listitem").first
    expect(tile).to_contain_text("<img src=x onerror=alert(1)>")
    expect(tile).to_contain_text("2.0 × typical")
    expect(tile).to_contain_text("<b>blue</b>")
    expect(tile.locator("img")).to_have_count(1)
    tile.get_by_role("button", name="Set as A").click()
    tile.locator("img").click()
    assert page.evaluate("picked") == [{"action": "a", "id": "0000"}, {"action": "like", "id": "0000"}]


def test_more_than_a_page_is_turned_and_said(page: Any, show: Show, items: list[Any]) -> None:
    show(items=items)
    expect(page.get_by_role("listitem")).to_have_count(60)
    expect(page.get_by_text("1 to 60 of 70")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    expect(page.get_by_text("61 to 70 of 70")).to_be_visible()
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text("1 to 60 of 70")).to_be_visible()


@pytest.mark.parametrize("compact", [False, True])
def test_none_is_said(page: Any, show: Show, compact: bool) -> None:
    show(items=[], compact=compact)
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_many_come_page_by_page_from_an_address(page: Any, show: Show, items: list[Any]) -> None:
    asked = []

    def answer(route: Any) -> None:
        asked.append(route.request.url.partition("?")[2])
        page_number = int(asked[-1].rpartition("=")[2])
        found = items[page_number * 60 :][:60]
        route.fulfill(body=json.dumps({"count": 70, "items": found}), content_type="application/json")

    page.route("**/api/some/items*", answer)
    show(address="/api/some/items?s=1")
    expect(page.get_by_text("1 to 60 of 70")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    expect(page.get_by_role("listitem").first).to_contain_text(items[60]["name"])
    assert asked == ["s=1&page=0", "s=1&page=1"]
    show(address="/api/some/items?s=2")
    expect(page.get_by_text("1 to 60 of 70")).to_be_visible()
    assert asked[2:] == ["s=2&page=0"]


def test_the_same_again_keeps_the_page_and_the_place(page: Any, show: Show, items: list[Any]) -> None:
    show(items=items)
    page.get_by_role("button", name="Next").click()
    show(items=items)
    expect(page.get_by_text("61 to 70 of 70")).to_be_visible()


def test_arrows_move_between_products_and_enter_asks_for_the_first(page: Any, show: Show, items: list[Any]) -> None:
    show(items=items[:20])
    page.keyboard.press("Tab")
    columns = page.evaluate("getComputedStyle(document.querySelector('.tiles')).gridTemplateColumns.split(' ').length")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    there = items[1 + columns]["product_id"]
    assert page.evaluate("picked") == [{"action": "like", "id": there}, {"action": "a", "id": there}]


def test_the_small_form_shows_what_a_picture_is_and_keeps_the_chosen(page: Any, show: Show, items: list[Any]) -> None:
    show(items=items[:20], compact=True, height=200)
    assert box_of(page.locator(".thumb").first)["width"] == 72
    expect(page.locator(".detail")).to_contain_text("Choose a picture")
    page.locator(".thumb").nth(3).click()
    page.locator(".thumb").nth(5).hover()
    expect(page.locator(".detail .name")).to_have_text(items[5]["name"])
    page.locator(".detail").hover()
    expect(page.locator(".detail .name")).to_have_text(items[3]["name"])
    page.get_by_role("button", name="Looks like this").click()
    assert page.evaluate("picked") == [{"action": "like", "id": "0003"}]


def test_a_refusal_is_said_and_asked_again(page: Any, show: Show, items: list[Any]) -> None:
    refused = {"status": 200, "body": json.dumps({"count": 1, "items": items[:1]})}
    page.route("**/api/some/items*", lambda route: route.fulfill(**refused))
    page.evaluate(
        "const no = { ok: false, json: async () => ({ error: 'Too many.' }) };"
        "window.fetch_ = window.fetch; window.fetch = async () => no"
    )
    show(address="/api/some/items?s=1")
    expect(page.get_by_text("Too many.")).to_be_visible()
    page.evaluate("window.fetch = window.fetch_")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
