"""Completion, in Chromium on real photographs: a part is erased with the mouse, what may stand there is seen and saved;
values that products lack are accepted, and undone.
"""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from serving import served, window

from looks_like.data.pictures import square_picture
from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser


@pytest.fixture
def own(clothes: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(clothes.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


@pytest.fixture
def address(own: Lab, tmp_path: Path) -> Iterator[str]:
    with served(own.workspace.folder, tmp_path / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        yield page


def test_an_erased_photograph_is_completed_and_saved(
    page: Any, address: str, tmp_path: Path, real_clothes: list[Any]
) -> None:
    photo = tmp_path / "photo.png"
    real_clothes[900][2].convert("RGB").resize((200, 200)).save(photo)
    page.goto(f"{address}/completion")
    canvas = page.locator(".erase canvas")
    expect(canvas).to_be_visible()
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.get_by_role("button", name="Back to products")).to_be_visible()
    fill = page.get_by_role("button", name="Fill it")
    expect(fill).to_be_disabled()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    expect(page.get_by_text("% of the picture is erased")).to_be_visible()
    fill.click()
    expect(page.get_by_alt_text("Completed picture, the likeliest")).to_be_visible()
    expect(page.get_by_alt_text("Completed picture 4")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Likeliest, PNG").click()
    made_hwc = np.asarray(Image.open(saved.value.path()))
    true_hwc = np.asarray(Image.open(io.BytesIO(square_picture(photo.read_bytes()).content)).convert("RGB"))
    assert made_hwc.shape == true_hwc.shape == (200, 200, 3)
    differs_hw = (made_hwc != true_hwc).any(2)
    outside_hw = np.ones((200, 200), bool)
    outside_hw[48:102, 48:102] = False
    assert not differs_hw[outside_hw].any(), "known pixels are kept"
    assert differs_hw[52:98, 52:98].mean() > 0.2, "the hole is filled anew"
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.get_by_role("button", name="Clear", exact=True).last.click()
    expect(fill).to_be_disabled()


def test_values_are_accepted_one_by_one_and_at_once_and_undone(page: Any, address: str, own: Lab) -> None:
    lacked = own.catalogue().rows["made_in"].null_count
    page.goto(f"{address}/completion?complete=attributes&lacking=made_in")
    expect(page.get_by_text("By guessing")).to_be_visible()
    page.get_by_role("button", name="Accept this value").first.click()
    expect(page.get_by_text("was filled for 1 product")).to_be_visible()
    assert own.catalogue().rows["made_in"].null_count == lacked - 1
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("was filled for 1 product")).to_have_count(0)
    assert own.catalogue().rows["made_in"].null_count == lacked
    page.get_by_role("button", name="Not so").first.click()
    expect(page.get_by_text("is not proposed again for 1 product")).to_be_visible()
    slider = page.get_by_role("slider", name="Confidence, at least")
    slider.focus()
    slider.press("Home")
    at_once = page.get_by_role("button", name="from 50 % on")
    expect(at_once).to_be_enabled()
    at_once.click()
    expect(page.get_by_text("was filled for")).to_be_visible()
    assert own.catalogue().rows["made_in"].null_count < lacked
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("was filled for")).to_have_count(0)
    assert own.catalogue().rows["made_in"].null_count == lacked
