"""Vectors of one's own and near duplicates in a real Chromium, on real pictures of clothes (Fashion-MNIST)."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import expect
from serving import served, window

from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.maps import MapRequest, make_map
from looks_like.explorer.search import duplicates, make_look, similar_to

pytestmark = pytest.mark.browser
COUNT, SAVED, MIRRORED = 60, 1, 44  # products; which come again (a file's number)


@pytest.fixture(scope="module")
def clothes(tmp_path_factory: pytest.TempPathFactory, real_clothes: list[Any]) -> Lab:
    """Some clothes with a look, two of them twice; vectors of their own by command, with a map."""
    folder = tmp_path_factory.mktemp("clothes")
    pictures = folder / "pictures"
    pictures.mkdir()
    for number, image in enumerate(as_a_shop_shows(picture) for _, _, picture in real_clothes[:COUNT]):
        image.save(pictures / f"c{number:02d}.png")
        if number == SAVED:
            image.save(pictures / f"z{number:02d}.jpg", quality=80)
        if number == MIRRORED:
            ImageOps.mirror(image).save(pictures / f"z{number:02d}.jpg", quality=90)
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(pictures), Columns()):
        pass
    for _ in make_look(lab):
        pass
    v_nv = lab.pixels(16).reshape(COUNT + 2, -1).astype(np.float32)
    np.save(folder / "v.npy", v_nv)
    vectors = ["look", "add", "mine", "--vectors", str(folder / "v.npy"), "--workspace", str(folder / "w")]
    assert run(vectors) == (0, "")
    make_map(lab, "mine", MapRequest("pca", "pca"))
    assert run(["duplicates", "--workspace", str(folder / "w")]) == (0, "")
    return lab


def as_a_shop_shows(picture: Image.Image) -> Image.Image:
    """Large, on white."""
    large = ImageOps.invert(picture.crop((2, 2, 30, 30))).resize((112, 112), Image.Resampling.BICUBIC)
    return ImageOps.expand(large, 8, 255).convert("RGB")


@pytest.fixture(scope="module")
def there(clothes: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(clothes.workspace.folder, tmp_path_factory.mktemp("log") / "log.txt") as address:
        yield address


@pytest.fixture
def page(browser: Any, there: str) -> Iterator[Any]:
    with window(browser, there) as page:
        yield page


def test_vectors_of_ones_own_are_a_map_and_what_is_similar(page: Any, there: str, clothes: Lab) -> None:
    page.goto(f"{there}/?model=mine")
    expect(page.get_by_text(f"{COUNT + 2} products, all on this map")).to_be_visible()
    page.goto(f"{there}/similar?model=mine&like=c05")
    expect(page.get_by_text("by the vectors mine")).to_be_visible()
    ids = [found.product.product_id for found in similar_to(clothes, "mine", clothes.catalogue().row("c05"), 12)]
    page.wait_for_function(
        "ids => [...document.querySelectorAll('*')]"
        ".flatMap((e) => [...(e.shadowRoot?.querySelectorAll('.tile .card') ?? [])])"
        ".map((card) => card.title).join() === ids.join()",
        arg=ids,
    )
    page.locator("input[type=file]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": png(clothes.catalogue().pictures([3])[0])}
    )
    expect(page.get_by_text("a photograph has none")).to_be_visible()


def png(content: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).save(out, "PNG")
    return out.getvalue()


def test_near_duplicates_are_looked_through_tagged_and_undone(page: Any, there: str, clothes: Lab) -> None:
    found = duplicates(clothes)
    assert found is not None
    ids = {frozenset(clothes.catalogue().product_ids[row] for row in group.rows_m) for group in found.groups}
    assert ids == {frozenset((f"c{number:02d}", f"z{number:02d}")) for number in (SAVED, MIRRORED)}
    page.goto(f"{there}/catalogue")
    page.get_by_role("button", name="Review duplicates").click()
    expect(page.get_by_text("2 groups to look through")).to_be_visible()
    expect(page.get_by_text(f"z{MIRRORED:02d} · mirrored")).to_be_visible()
    page.get_by_role("button", name="Keep this one, tag the others").first.click()
    expect(page.get_by_text("1 group to look through")).to_be_visible()
    assert list(tags.masks(Lab(clothes.workspace.folder))) == ["duplicate"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 groups to look through")).to_be_visible()
    page.get_by_role("button", name="Different products").last.click()
    expect(page.get_by_text("are different products: they are not shown as duplicates again")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 group to look through")).to_be_visible()
