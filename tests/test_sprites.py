"""Pages of small pictures: the right one in each cell, in the order of the map, and hostile questions refused."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.data.pictures import pixels_of
from looks_like.data.pixels import cached_pixels, pixel_array
from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.maps import sprites as atlases
from looks_like.explorer.maps.sprites import COLUMNS, EDGES_PX, SpriteSheets, along_hilbert, sprite_sheets_of

MAP = {"model": "tiny", "map": "pca"}


@pytest.fixture(scope="module")
def client(lab: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: lab)))


def cell(page: bytes, number: int, edge_px: int) -> np.ndarray:
    whole = np.asarray(Image.open(io.BytesIO(page)))
    line, column = divmod(number, COLUMNS)
    return whole[line * edge_px : (line + 1) * edge_px, column * edge_px : (column + 1) * edge_px].astype(float)


@pytest.mark.parametrize("edge_px", EDGES_PX)
@pytest.mark.parametrize("from_array", [True, False])
def test_each_cell_shows_the_product_that_its_place_says(
    lab: Lab, edge_px: int, from_array: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = SpriteSheets(lab)
    if from_array:
        pixel_array(lab.workspace, lab.catalogue(), 64)
    else:
        monkeypatch.setattr(atlases, "cached_pixels", lambda *_: None)
    page, order = made.page("tiny", "pca", edge_px, 0), made.order("tiny", "pca")
    stored = lab.catalogue().pictures(order)
    truth_nhwc = np.stack([pixels_of(content, edge_px) for content in stored]).astype(float)
    for number in (0, 1, 31, 32, 79):
        apart_n = np.abs(truth_nhwc - cell(page, number, edge_px)).mean((1, 2, 3))
        same_n = np.abs(truth_nhwc - truth_nhwc[number]).mean((1, 2, 3)) < 1
        assert same_n[np.argmin(apart_n)], f"cell {number} shows another product"
        assert apart_n[number] < 12
    assert (cell(page, len(order), edge_px) > 250).all(), "what lies behind the last product is white"


def test_a_page_has_the_same_products_at_every_size(lab: Lab) -> None:
    made = SpriteSheets(lab)
    with pytest.raises(RequestError, match="one of 16, 32, 64 px, got 7"):
        made.page("tiny", "pca", 7, 0)
    for edge_px in EDGES_PX:
        page = Image.open(io.BytesIO(made.page("tiny", "pca", edge_px, 0)))
        assert page.size == (COLUMNS * edge_px, COLUMNS * edge_px)


def test_the_order_holds_every_row_of_the_map_once(lab: Lab) -> None:
    assert sorted(SpriteSheets(lab).order("tiny", "pca")) == list(range(80))


def test_neighbours_in_the_pages_are_neighbours_on_the_map() -> None:
    xy_n2 = np.random.default_rng(0).uniform(-1, 1, (20_000, 2)).astype(np.float32)
    xy_n2[7] = np.nan
    order = along_hilbert(xy_n2)
    assert 7 not in order
    assert len(np.unique(order)) == 19_999
    steps_n = np.linalg.norm(np.diff(xy_n2[order], axis=0), axis=1)
    assert np.median(steps_n) < 0.02  # a typical product's nearest one is .01 away, a random one 1
    assert steps_n.max() < 0.1
    middle_n = (np.abs(xy_n2[order]) < 0.1).all(1)  # a hundredth of the map: 200 products
    assert len(np.unique(np.flatnonzero(middle_n) // 1024)) <= 4


@given(st.lists(st.tuples(*[st.floats(-3, 3, width=32) | st.just(float("nan"))] * 2), max_size=40))
def test_any_places_have_an_order(places: list[tuple[float, float]]) -> None:
    xy_n2 = np.array(places, np.float32).reshape(-1, 2)
    assert sorted(along_hilbert(xy_n2)) == list(np.flatnonzero(np.isfinite(xy_n2).all(1)))


def test_the_fingerprint_changes_with_a_picture(
    lab: Lab,
    tmp_path: Path,
    open_shop: Callable[..., Any],
    file_bytes: Callable[..., bytes],
    draw_product: Callable[..., Image.Image],
) -> None:
    other = open_shop(tmp_path / "shop", 12)
    changing = Lab(tmp_path / "workspace")
    list(changing.import_products(str(other.table), Columns(name="title")))
    view = replace(lab.map_view("tiny", "pca"), etag="same")
    changing.map_view = lambda model, name: view  # type: ignore[method-assign]
    before = SpriteSheets(changing).fingerprint("tiny", "pca")
    assert SpriteSheets(changing).fingerprint("tiny", "pca") == before
    (other.folder / "images" / "0003.png").write_bytes(file_bytes(draw_product(40), "PNG"))
    list(changing.import_products(str(other.table), Columns(name="title")))
    assert SpriteSheets(changing).fingerprint("tiny", "pca") != before


def test_the_kept_array_is_the_smallest_that_divides_and_none_is_made(lab: Lab, tmp_path: Path) -> None:
    catalogue = lab.catalogue()
    pixel_array(lab.workspace, catalogue, 64)
    have = set(lab.workspace.pixels.glob("*.npy"))
    kept = cached_pixels(lab.workspace, catalogue, 32)
    assert kept is not None
    assert kept.shape[1] == 32, "that of the model tiny"
    assert cached_pixels(lab.workspace, catalogue, 48) is None
    assert set(lab.workspace.pixels.glob("*.npy")) == have


def test_pages_may_be_kept_for_ever_by_their_fingerprint(client: TestClient, lab: Lab) -> None:
    version = sprite_sheets_of(lab).fingerprint("tiny", "pca")
    for path in ("order", "32/0"):
        assert "immutable" in client.get(f"/api/atlas/{path}", params={**MAP, "v": version}).headers["cache-control"]
        assert client.get(f"/api/atlas/{path}", params=MAP).headers["cache-control"] == "no-store"
        answer = client.get(f"/api/atlas/{path}", params={**MAP, "v": "old"})
        assert answer.status_code == 400
        assert "load it again" in answer.json()["error"]
    order = np.frombuffer(client.get("/api/atlas/order", params=MAP).content, "<u4")
    assert np.array_equal(order, SpriteSheets(lab).order("tiny", "pca"))


@pytest.mark.parametrize("path", ["7/0", "64/1", "64/-1", "x/0", "64/x", "999999999999/0", "64/99999999999999999999"])
def test_a_page_that_is_not_there_is_a_mistake(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/atlas/{path}", params=MAP)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_atlases_of_no_map_are_not_found(client: TestClient) -> None:
    assert client.get("/api/atlas/64/0", params={"model": "tiny", "map": "none"}).status_code == 404
    assert client.get("/api/atlas/64/0", params={"model": "../..", "map": "pca"}).status_code == 404


def test_products_come_by_rows_in_the_order_asked(client: TestClient) -> None:
    answer = client.get("/api/products?rows=7,3,7").json()
    assert [product["product_id"] for product in answer] == ["0007", "0003", "0007"]
    assert answer[1] == client.get("/api/product?row=3").json()


@pytest.mark.parametrize("rows", ["", "1,,2", "-1", "1;2", "80", "x", "²", "1" * 40, ",".join(["1"] * 101)])
def test_rows_that_are_none_are_a_mistake(client: TestClient, rows: str) -> None:
    answer = client.get("/api/products", params={"rows": rows})
    assert answer.status_code == 400
    assert answer.json()["error"]
