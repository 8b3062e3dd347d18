"""Find in a browser, on real photographs of clothes whose titles say only of every second one what it is."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from serving import served, window
from settled import rest

from looks_like.data.sources import Columns
from looks_like.explorer.core import Lab
from looks_like.explorer.maps import MapRequest, make_map
from looks_like.explorer.search import find, make_look, read_colours

pytestmark = pytest.mark.browser

COUNT = 240
HEADERS = ["id", "image", "title", "season", "price", "launched"]
SEASONS = ("Winter", "High Summer")
DROPPED = """([content, type, name, kind]) => {
  const file = new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type });
  const clipboardData = new DataTransfer();
  clipboardData.items.add(file);
  const said = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { clipboardData, ...said })
    : new DragEvent(kind, { dataTransfer: clipboardData, ...said });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture(scope="module")
def clothes(
    tmp_path_factory: pytest.TempPathFactory, write_table: Callable[..., Path], real_clothes: list[Any]
) -> tuple[Lab, list[str]]:
    """-> (240 of Fashion-MNIST with a look and a map of it, the class of each); every second title says its class."""
    folder = tmp_path_factory.mktemp("clothes")
    (folder / "pictures").mkdir()
    classes, lines = [name.split("/")[0] for _, name, _ in real_clothes[:COUNT]], []
    for number, name in enumerate(classes):
        real_clothes[number][2].save(folder / "pictures" / f"{number}.pgm")
        title = f"{name} {number}" if number % 2 else f"Article {number}"
        launched = f"{2019 + number % 3}-0{1 + number % 9}-15"
        lines.append([f"f-{number:03}", f"{number}.pgm", title, SEASONS[number % 2], 20 + number, launched])
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(write_table(folder / "pictures" / "shop.csv", HEADERS, lines)), Columns()):
        pass
    for _ in make_look(lab):
        pass
    make_map(lab, "look", MapRequest("pca", "pca"))
    for _ in read_colours(lab):
        pass
    return lab, classes


@pytest.fixture(scope="module")
def home(clothes: tuple[Lab, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app over them."""
    lab, _ = clothes
    with served(lab.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, home: str) -> Iterator[Any]:
    with window(browser, home) as page:
        page.home = home
        yield page


def type_in(page: Any, text: str) -> None:
    box = page.get_by_role("textbox", name="Find products")
    box.fill(text)
    box.press("Enter")


def chips(page: Any) -> Any:
    return page.locator(".chip")


def test_words_find_pictures_whose_titles_lack_them(clothes: tuple[Lab, list[str]]) -> None:
    lab, classes = clothes
    for word, name, least in (("sneaker", "Sneaker", 6), ("trousers", "Trouser", 6), ("bags", "Bag", 6)):
        found = find(lab, word)
        assert {classes[row] for row in found.rows_m} == {name}
        assert all(row % 2 for row in found.rows_m)
        assert sum(classes[row] == name for row in found.alike_m[:10]) >= least
    assert not len(find(lab, "qwrtzk").all_m)


def test_what_is_typed_becomes_chips_a_filter_and_a_selection(page: Any, clothes: tuple[Lab, list[str]]) -> None:
    lab, _ = clothes
    page.goto(f"{page.home}/?model=look&map=pca")
    page.locator(".stPopover button", has_text="Find").click()
    type_in(page, "summer under 100 <bold>")
    expect(chips(page)).to_have_count(3)
    expect(page.get_by_label("What “summer” means")).to_have_value("is:season")
    expect(page.get_by_label("What “under 100” means").locator("option:checked")).to_have_text("price 100 or less")
    page.get_by_role("button", name="Take “bold” away").click()
    expect(chips(page)).to_have_count(2)
    expect(page.get_by_role("textbox", name="Find products")).to_have_value("summer under 100 <>")
    count = len(find(lab, "summer under 100").rows_m)
    assert 0 < count < COUNT
    page.get_by_role("button", name="Use as filter").click()
    expect(page.locator(".st-key-filter-line")).to_contain_text("season is High Summer")
    expect(page.locator(".status [role=status]")).to_have_text(f"{count} of {COUNT} shown")
    page.get_by_role("button", name=f"Select all {count}").click()
    expect(page.locator(".status [role=status]")).to_contain_text(f"{count} selected")
    page.get_by_label("What “summer” means").select_option("text")
    rest(page)
    page.get_by_role("button", name="Use as filter").click()
    expect(page.locator(".st-key-filter-line")).to_contain_text("holds “summer”")
    assert "found" in page.url


def test_a_picture_is_pasted_or_dropped_anywhere(page: Any, clothes: tuple[Lab, list[str]]) -> None:
    lab, _ = clothes
    page.goto(f"{page.home}/similar?model=look")
    page.locator(".drop").wait_for(state="attached")
    content = base64.b64encode(lab.catalogue().pictures([7])[0]).decode()
    assert page.evaluate(DROPPED, [content, "image/png", "shoe.png", "paste"])
    expect(page.get_by_text("The 12 nearest of 240 products")).to_be_visible()
    assert page.evaluate(DROPPED, [base64.b64encode(b"words").decode(), "text/plain", "note <b>.txt", "drop"])
    expect(page.get_by_text("note <b>.txt: it is not a picture.")).to_be_visible()
    assert page.evaluate(DROPPED, [base64.b64encode(b"words").decode(), "image/png", "torn.png", "drop"])
    expect(page.get_by_text("torn.png: not a picture")).to_be_visible()
    page.goto(f"{page.home}/?model=look&map=pca")
    expect(page.locator(".stPopover button", has_text="Find")).to_be_visible()
    page.locator(".drop").wait_for(state="attached")
    wide = io.BytesIO()
    noise_hwc = np.random.default_rng(0).integers(0, 256, (1600, 1600, 3), np.uint8)
    Image.fromarray(noise_hwc).save(wide, "PNG")  # 7.7 MB: made smaller before it is sent
    assert page.evaluate(DROPPED, [base64.b64encode(wide.getvalue()).decode(), "image/png", "wide.png", "drop"])
    expect(page.get_by_text("the 24 nearest to a picture")).to_be_visible()
