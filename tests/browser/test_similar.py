"""The page Similar in a real Chromium: its cards are the Lab's answers, in their order, and everything leads on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from settled import rest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.search.likeness.photographs import photograph, square_photograph
from looks_like.explorer.search.likeness.similar import similar_to

pytestmark = pytest.mark.browser


def cards(page: Any) -> list[str]:
    """The product ids shown, in order."""
    return [str(name) for name in page.locator(".tile .card").evaluate_all("all => all.map((card) => card.title)")]


def nearest(lab: Lab, product_id: str, k: int = 12) -> list[str]:
    row = lab.catalogue().row(product_id)
    return [similar.product.product_id for similar in similar_to(lab, "tiny", row, k)]


def shows(page: Any, ids: list[str]) -> None:
    """Waits until these cards, and no others, are there."""
    page.wait_for_function(
        "ids => [...document.querySelectorAll('*')]"
        ".flatMap((e) => [...(e.shadowRoot?.querySelectorAll('.tile .card') ?? [])])"
        ".map((card) => card.title).join() === ids.join()",
        arg=ids,
    )


def test_a_product_chosen_by_name_shows_its_nearest_in_order(page: Any, server: str, lab: Lab) -> None:
    page.goto(server + "/similar")
    expect(page.get_by_text("begin with one of these")).to_be_visible()
    page.get_by_label("Find Looks like").fill("0011")
    page.get_by_role("option").first.click()
    page.wait_for_url("**like=0011**")
    shows(page, nearest(lab, "0011"))
    assert cards(page) == nearest(lab, "0011")
    expect(page.get_by_text("The 12 nearest of 80 products")).to_be_visible()
    expect(page.locator(".tile").first).to_contain_text("typical")
    expect(page.locator(".tile").first).to_contain_text("same brand")


def test_a_card_becomes_the_question_and_the_link_restores_it(page: Any, server: str, lab: Lab) -> None:
    page.goto(server + "/similar?like=0003&k=24")
    shows(page, nearest(lab, "0003", 24))
    second = nearest(lab, "0003")[1]
    page.get_by_role("button", name="Looks like this").nth(1).click()
    page.wait_for_url(f"**like={second}**")
    shows(page, nearest(lab, second, 24))
    page.goto(page.url)
    shows(page, nearest(lab, second, 24))


def test_a_photograph_is_looked_for_and_does_not_stay_in_the_link(
    page: Any, server: str, lab: Lab, tmp_path: Path, draw_product: Callable[..., Any]
) -> None:
    file = tmp_path / "mine.jpg"
    draw_product(22, 1).resize((300, 240)).save(file, quality=92)
    page.goto(server + "/similar?like=0003")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_alt_text("Your photograph")).to_be_visible()
    expect(page.get_by_alt_text("As the model rebuilds it")).to_be_visible()
    z_d = photograph(lab, "tiny", square_photograph(lab, file.read_bytes())).z_d
    shows(page, [similar.product.product_id for similar in similar_to(lab, "tiny", z_d, 12)])
    page.wait_for_url(lambda address: "like" not in address)
    bad = tmp_path / "bad.jpg"
    bad.write_text("<script>alert(1)</script>")
    rest(page)  # the place to drop a file on is a new one
    page.locator("input[type=file]").set_input_files(bad)
    expect(page.get_by_text("bad.jpg: not a picture that can be read")).to_be_visible()


def test_keys_lead_from_card_to_card(page: Any, server: str, lab: Lab) -> None:
    page.goto(server + "/similar?like=0003")
    found = nearest(lab, "0003")
    shows(page, found)
    page.locator(".tile").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**like={found[2]}**")
    shows(page, nearest(lab, found[2]))


def test_a_card_goes_to_the_morph_and_to_the_map(page: Any, server: str, lab: Lab) -> None:
    page.goto(server + "/similar?like=0003")
    found = nearest(lab, "0003")
    shows(page, found)
    page.get_by_role("button", name="Set as A").first.click()
    expect(page.get_by_text("Set as A.")).to_be_visible()
    page.get_by_role("button", name="Set as B").nth(1).click()
    expect(page.get_by_text("Set as B.")).to_be_visible()
    page.get_by_role("button", name="Show on the map").nth(2).click()
    page.wait_for_url(re.compile(r"/map|/\?"))
    page.wait_for_url("**view=**")
    x, y = lab.map_view("tiny", "pca").xy_n2[lab.catalogue().row(found[2])]
    view = page.url.partition("view=")[2].partition("&")[0].replace("%2C", ",")
    assert [float(part) for part in view.split(",")] == pytest.approx([x, y, 12], abs=1e-3)
    assert f"a={found[0]}&b={found[1]}" in page.url
    card = page.get_by_role("group", name="The chosen product")
    expect(card).to_contain_text(lab.product(found[2]).name)
    expect(card.get_by_role("button", name="Set as A")).to_be_visible()
    page.locator(".stage canvas").press("Escape")
    expect(card).to_be_hidden()
    page.get_by_role("link", name="Similar").click()
    shows(page, found)
    page.get_by_role("link", name="Map").click()
    expect(page.locator(".map .stage:not(.loading)")).to_be_visible()
    expect(page.get_by_role("group", name="The chosen product")).to_be_hidden()  # it was asked for once


def test_on_a_phone_two_cards_stand_beside_each_other(page: Any, server: str, lab: Lab) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server + "/similar?like=0003")
    shows(page, nearest(lab, "0003"))
    first, second, third = page.locator(".tile").evaluate_all(  # at one moment: the page may still be growing
        "all => all.slice(0, 3).map((tile) => tile.getBoundingClientRect().toJSON())"
    )
    assert first["y"] == second["y"] < third["y"]
    assert second["right"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
