"""The Looks Like page in a real Chromium."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from settled import settle, stays

pytestmark = pytest.mark.browser
PATH = "/looks-like?a=0003&b=0040&steps=24"


def shown(page: Any) -> str:
    """The decoded step, as the address of a PNG."""
    return str(page.locator(".frame canvas").first.evaluate("canvas => canvas.toDataURL()"))


def test_the_path_plays_by_itself_and_stops(page: Any, server: str) -> None:
    page.goto(server + PATH)
    caption = page.locator("figcaption .name").first
    expect(caption).to_contain_text("Step")
    expect(caption).not_to_have_text(caption.text_content())  # it plays
    page.get_by_role("button", name="Pause").click()
    stopped = caption.text_content()
    stays(page, lambda: caption.text_content() == stopped)


def test_scrubbing_and_arrow_keys_change_the_picture(page: Any, server: str) -> None:
    page.goto(server + PATH)
    page.get_by_role("button", name="Pause").click()
    scrubber = page.get_by_label("Step of the path")
    scrubber.fill("0")
    expect(page.get_by_text("Step 1 of 24")).to_be_visible()
    first = shown(page)
    scrubber.fill("23")
    expect(page.get_by_text("Step 24 of 24")).to_be_visible()
    assert shown(page) != first
    page.locator(".player").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Step 23 of 24")).to_be_visible()


def test_the_gif_downloads_and_is_animated(page: Any, server: str) -> None:
    page.goto(server + PATH)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="GIF").click()
    download = waiting.value
    assert download.suggested_filename == "0003-to-0040.gif"
    film = Image.open(io.BytesIO(download.path().read_bytes()))
    assert film.format == "GIF"
    assert film.is_animated
    assert film.n_frames > 10


def test_before_the_path_is_there_nothing_can_be_scrubbed_and_play_waits_for_it(page: Any, server: str) -> None:
    held: list[Any] = []
    page.route("**/api/path?**", lambda route: held.append(route))
    page.goto(server + PATH)
    expect(page.get_by_label("Step of the path")).to_be_disabled()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").click()
    settle(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator("figcaption .name").first).to_have_text(re.compile(r"^Step ([2-9]|1.|2.) of 24$"))  # it plays
    expect(page.get_by_label("Step of the path")).to_be_enabled()


def test_typing_a_name_chooses_a_product_and_writes_the_link(page: Any, server: str) -> None:
    page.goto(server + "/looks-like")
    page.get_by_label("Find Product A").fill("0011")
    page.locator(".search").get_by_role("option").first.click()
    page.wait_for_url("**a=0011**")
    page.get_by_label("Find Product B").fill("roof")
    expect(page.locator(".search").get_by_role("option").first).to_contain_text("Roof")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**b=**")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_what_is_typed_for_one_product_stays_when_the_other_arrives(page: Any, server: str) -> None:
    page.goto(server + "/looks-like")
    page.get_by_label("Find Product B").fill("roof")
    page.locator(".slot", has_text="Product A").get_by_role("button", name="Random").click()
    page.wait_for_url("**a=**")
    expect(page.locator(".slot > .card img")).to_have_count(2)
    expect(page.get_by_label("Find Product B")).to_have_value("roof")


def test_swap_turns_the_path_round(page: Any, server: str) -> None:
    page.goto(server + PATH)
    page.get_by_role("button", name="Swap").click()
    page.wait_for_url("**a=0040&b=0003**")
