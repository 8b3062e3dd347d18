"""The tools of Dimensions, in Chromium on real photographs: locks, undo, cards, the heat map, directions, products
here, and a photograph to start from.
"""

import io
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from serving import served, window
from settled import rest, settle
from test_accessibility import violations

from looks_like.explorer import tags
from looks_like.explorer.core.lab import Lab

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own(clothes: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    folder = tmp_path_factory.mktemp("dimension tools") / "own"
    shutil.copytree(clothes.workspace.folder, folder)
    return Lab(folder)


@pytest.fixture(scope="module")
def address(own: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(own.workspace.folder, tmp_path_factory.mktemp("app") / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with window(browser, address) as page:
        page.goto(f"{address}/dimensions?from=p5")
        expect(page.locator(".near .card")).to_have_count(6)
        rest(page)
        yield page


def place(page: Any, number: int) -> float:
    return float(page.get_by_role("slider", name=f"Dimension {number}", exact=True).input_value())


def places(page: Any) -> list[float]:
    return [float(value) for value in page.locator(".dimension input").evaluate_all("all => all.map((i) => i.value)")]


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def test_a_locked_slider_stays_when_all_others_go_and_everything_is_undone(page: Any) -> None:
    began, lock = places(page), button(page, "Lock: Dimension 2")
    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    expect(button(page, "Undo move")).to_be_disabled()
    button(page, "Random picture").click()
    expect(button(page, "Undo move")).to_be_enabled()
    rest(page)
    drawn = places(page)
    assert drawn[1] == pytest.approx(began[1], abs=0.01)
    assert max(abs(a - b) for a, b in zip(drawn, began, strict=True)) > 0.1
    slider = page.get_by_role("slider", name="Dimension 1", exact=True)
    slider.press("End")
    assert place(page, 1) == pytest.approx(3, abs=0.01)
    page.get_by_role("slider", name="Dimension 2", exact=True).press("Home")
    button(page, "Reset").click()
    assert place(page, 2) == pytest.approx(-3, abs=0.01), "Reset leaves what is locked"
    assert place(page, 1) == pytest.approx(began[0], abs=0.01)

    slider.focus()
    page.keyboard.press("Control+z")
    assert place(page, 1) == pytest.approx(3, abs=0.01)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert places(page) == pytest.approx(drawn, abs=0.01)
    page.keyboard.press("Control+Shift+z")
    assert place(page, 1) == pytest.approx(3, abs=0.01)
    button(page, "Undo move").click()
    button(page, "Undo move").click()
    assert places(page) == pytest.approx(began, abs=0.01)
    expect(button(page, "Undo move")).to_be_disabled()
    button(page, "Redo move").click()
    assert places(page) == pytest.approx(drawn, abs=0.01)


def test_ctrl_z_in_a_field_is_the_fields_own(page: Any) -> None:
    page.get_by_role("slider", name="Dimension 1", exact=True).press("End")
    button(page, "Name: Dimension 3").click()
    page.get_by_label("Left end").press_sequentially("abc")
    page.keyboard.press("Control+z")
    assert place(page, 1) == pytest.approx(3, abs=0.01)


def test_a_card_shows_pictures_and_products_along_its_dimension(page: Any) -> None:
    opens = button(page, "Card: Dimension 2")
    opens.click()
    card = page.get_by_role("region", name="Card of dimension 2")
    expect(card.locator(".along img")).to_have_count(5)
    settle(page, lambda: bool(card.locator("img").evaluate_all("all => all.every((i) => i.naturalWidth > 0)")))
    strip = card.get_by_role("img", name="Seven pictures")
    assert strip.evaluate("i => i.naturalWidth / i.naturalHeight") == 7
    expect(card.get_by_text("of what this model knows of a picture")).to_be_visible()
    expect(card.get_by_role("img", name="How 600 products are spread along dimension 2")).to_be_visible()
    before = strip.get_attribute("src")
    page.get_by_role("slider", name="Dimension 1", exact=True).press("End")
    settle(page, lambda: strip.get_attribute("src") != before)  # of the picture as it is now
    rest(page)
    expect(card.locator(".along img")).to_have_count(5)
    opens.click()
    expect(card).to_have_count(0)
    expect(opens).to_have_attribute("aria-expanded", "false")

    opens.click()
    other = card.locator(".along button:not([title^='p5:'])").first
    wanted = (other.get_attribute("title") or "").removesuffix(": start from it")
    other.click()
    expect(page.get_by_text(f"Reset leads back to {wanted}.")).to_be_visible()
    settle(page, lambda: page.url.endswith(f"from={wanted}"))


def test_the_heat_map_is_walked_by_keys_and_leads_to_a_card(page: Any) -> None:
    page.get_by_text("Dimensions and attributes: what tells what").click()
    table = page.get_by_role("table", name="How much of the difference along each dimension")
    expect(table.get_by_role("rowheader", name="brightness")).to_be_visible()
    cells = table.get_by_role("button")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    said = page.evaluate(
        "() => [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.activeElement?.title)"
        ".find(Boolean) ?? document.activeElement.title"
    )
    assert "dimension 3: " in said
    page.keyboard.press("Enter")
    card = page.get_by_role("region", name="Card of dimension 3")
    expect(card.locator(".along img")).to_have_count(5)
    expect(card).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_serious_keeps_people_out_of_cards_and_tables(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    button(page, "Card: Dimension 2").click()
    page.get_by_text("Dimensions and attributes: what tells what").click()
    page.get_by_text("Other directions: the widest").click()
    button(page, "Find products here").click()
    expect(page.locator(".along img")).to_have_count(5)
    expect(page.locator(".ways")).to_be_visible()
    expect(page.get_by_role("rowheader", name="brightness", exact=True)).to_be_visible()
    rest(page)
    assert violations(page) == []


def test_a_direction_is_tried_named_and_taken_away(page: Any, own: Lab) -> None:
    page.get_by_text("Other directions: the widest").click()
    page.get_by_role("button", name="Try brightness: low → high").click()
    slider = page.get_by_role("slider", name="brightness: low → high")
    expect(slider).to_be_focused()
    before = page.locator(".sliders canvas").evaluate("c => c.toDataURL()")
    page.keyboard.press("End")
    settle(page, lambda: page.locator(".sliders canvas").evaluate("c => c.toDataURL()") != before)
    assert float(slider.input_value()) == pytest.approx(125, abs=0.2)
    rest(page)
    button(page, "Name: brightness: low → high").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("brightness by looks")
    expect(page.get_by_label("Right end")).to_have_value("high")
    page.get_by_label("Name", exact=True).fill("👟 <b>light</b>")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("“👟 <b>light</b>” is an attribute now")).to_be_visible()
    expect(page.get_by_role("slider", name="👟 <b>light</b>")).to_be_visible()
    assert list(tags.visual_attributes(own)) == ["👟 <b>light</b>"]
    button(page, "Name: Dimension 2").click()
    page.get_by_label("Name", exact=True).fill("👟 <b>light</b>")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("“👟 <b>light</b>” means something else now")).to_be_visible()
    page.get_by_role("button", name="Undo", disabled=False).first.click()
    expect(page.get_by_role("slider", name="Dimension 2", exact=True)).to_be_visible()
    button(page, "Remove: brightness: low → high").click()
    expect(slider).to_have_count(0)
    button(page, "Take away: 👟 <b>light</b>").click()
    expect(page.get_by_text("is taken away")).to_be_visible()
    assert not tags.visual_attributes(own)


def test_products_here_follow_and_lead_to_the_map(page: Any) -> None:
    button(page, "Find products here").click()
    found = page.get_by_role("region", name="Products here")
    expect(found.locator(".card")).to_have_count(24)
    first = page.locator(".near .card").evaluate_all("all => all.map((card) => card.title)")
    assert found.locator(".card").evaluate_all("all => all.map((card) => card.title)")[:6] == first
    page.get_by_role("slider", name="Dimension 1", exact=True).press("End")
    rest(page)
    expect(found.locator(".card")).to_have_count(24)
    button(page, "Select them on the map").click()
    expect(page.get_by_text("24 selected").first).to_be_visible()
    expect(page.get_by_text("the 24 nearest to a picture")).to_be_visible()


def test_a_photograph_is_where_the_sliders_start(page: Any, real_clothes: list[Any]) -> None:
    def dropped(content: bytes) -> None:
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            {"name": "mine.png", "mimeType": "image/png", "buffer": content}
        )

    before = page.locator(".sliders canvas").evaluate("c => c.toDataURL()")
    page.get_by_role("button", name="Start from a photograph").click()
    dropped(b"<script>")
    expect(page.get_by_text("mine.png: ")).to_be_visible()
    expect(page.get_by_text("Reset leads back to your photograph")).to_have_count(0)
    rest(page)  # the field of before is gone
    dropped(png(real_clothes[700][2].convert("RGB")))
    expect(page.get_by_text("Reset leads back to your photograph")).to_be_visible()
    settle(page, lambda: page.locator(".sliders canvas").evaluate("c => c.toDataURL()") != before)
    expect(page.get_by_alt_text("As the model rebuilds it")).to_be_visible()
    page.wait_for_url("**z=**")
    rest(page)
    page.get_by_role("button", name="Start from a product again").click()
    expect(page.get_by_text("Reset leads back to your photograph")).to_have_count(0)


def test_a_photograph_of_one_pixel_ends_nothing(page: Any) -> None:
    page.get_by_role("button", name="Start from a photograph").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "dot.png", "mimeType": "image/png", "buffer": png(Image.new("RGB", (1, 1), "red"))}
    )
    said = page.get_by_text("dot.png: ").or_(page.get_by_text("Reset leads back to your photograph"))
    expect(said.first).to_be_visible()
    expect(page.locator(".near .card")).to_have_count(6)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
