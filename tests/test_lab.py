"""The Lab's answers, over a shop whose factors are known; and what it says when a catalogue grows under it."""

import io
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image

from looks_like.data.embeddings import drop_codes, read_embedding
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.sneakers.factors import PALETTE
from looks_like.data.sources import Columns
from looks_like.explorer.core import encoding
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.palette import CATEGORIES_MAX, MISSING, by_category
from looks_like.explorer.core.results import Product, product_json
from looks_like.explorer.core.status import status_of
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps.color_by import by_attribute
from looks_like.explorer.maps.layout import map_methods
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.paths import PathRequest, walk
from looks_like.explorer.paths.files.frames import pictures_of
from looks_like.explorer.search.finding.text import search
from looks_like.explorer.search.likeness.photographs import photograph, square_photograph
from looks_like.explorer.search.likeness.similar import nearest_to, similar_to_typed
from looks_like.explorer.training.configuration import configuration, for_device
from looks_like.explorer.training.running import run as training
from looks_like.explorer.training.running.run import TrainRequest
from looks_like.explorer.training.verdict import verdict_of
from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.family import Parts
from looks_like.model.geometry import CURVES, own_axes, write_axes
from looks_like.model.geometry.mixture import fit_mixture, read_mixture, write_mixture
from looks_like.model.training.trainer import Trainer

ROOT = Path(__file__).resolve().parent.parent
TINY: dict[str, Any] = {"size": 32, "latent": 4, "width": 8, "depth": 0, "batch": 16}
Shop = Any


def fill(lab: Lab, table: Path, name: str | None = "title") -> None:
    for _ in lab.import_products(str(table), Columns(name=name)):
        pass


def train(lab: Lab, name: str = "small", **ask: Any) -> None:
    for _ in training.train(lab, TrainRequest("vae", name, TINY, **{"epochs": 1, **ask})):
        pass


def encode(lab: Lab, name: str = "small") -> list[tuple[int, int]]:
    return list(encoding.encode(lab, name))


@pytest.fixture
def own(tmp_path: Path, open_shop: Callable[..., Shop]) -> tuple[Lab, Shop]:
    """A Lab and a shop of 40, to change."""
    shop = open_shop(tmp_path / "shop", 40)
    lab = Lab(tmp_path / "workspace")
    fill(lab, shop.table)
    return lab, shop


# -- the catalogue -----------------------------------------------------------------------------------------------


def test_a_product_is_shown_with_what_is_known_of_it(lab: Lab) -> None:
    product = lab.product("0005")
    assert (product.row, product.product_id, product.name) == (5, "0005", "Roof 5")
    assert product.attributes == {"brand": "Cedar", "price": 14.5, "year": 2020}
    assert product.distance is None
    assert lab.product_at(5) == product


def test_an_unknown_product_or_row_is_a_sentence(lab: Lab) -> None:
    with pytest.raises(CatalogueError, match="there is no product 'nobody' in this catalogue of 80"):
        lab.product("nobody")
    for row in (-1, 80):
        with pytest.raises(RequestError, match=f"there is no row {row} in this catalogue of 80"):
            lab.product_at(row)


@pytest.mark.parametrize(
    ("text", "first", "count"),
    [
        ("0042", "0042", 1),
        ("ROOF", "0002", 12),
        ("  disc 3", "0003", 5),
        ("", "0000", 12),
        ("nothing", None, 0),
        (".*", None, 0),
    ],
)
def test_search_finds_ids_and_names(lab: Lab, text: str, first: str | None, count: int) -> None:
    found = search(lab, text)
    assert len(found) == count
    assert found[0].product_id == first if first else not found


def test_an_exact_id_comes_first_in_a_search(
    tmp_path: Path, open_shop: Callable[..., Shop], write_table: Callable[..., Path]
) -> None:
    shop = open_shop(tmp_path / "shop", 3)
    rows = [["x-7", "0000.jpg"], ["7-x", "0001.png"], ["7", "0002.jpg"]]
    lab = Lab(tmp_path / "workspace")
    fill(lab, write_table(shop.folder / "t.csv", ["id", "image"], rows), None)
    assert [product.product_id for product in search(lab, "7")] == ["7", "x-7", "7-x"]
    assert [product.product_id for product in search(lab, "7", limit=1)] == ["7"]


def test_a_random_product_follows_from_its_seed(lab: Lab) -> None:
    assert lab.random_product(3) == lab.random_product(3)
    assert len({lab.random_product(seed).row for seed in range(20)}) > 5
    assert lab.random_product(3, "tiny").product_id in lab.catalogue().product_ids


def test_a_thumbnail_is_found_by_the_picture_and_is_small(lab: Lab) -> None:
    product = lab.product("0003")
    assert Image.open(io.BytesIO(lab.thumbnail(product.sha256, 48))).size == (48, 48)
    assert Image.open(io.BytesIO(lab.thumbnail(product.sha256, 256))).size == (96, 96)
    with pytest.raises(RequestError, match="no product of this catalogue has that picture"):
        lab.thumbnail("0" * 64, 48)


def test_colours_of_a_category_say_how_many(lab: Lab) -> None:
    found = by_attribute(lab, "brand")
    assert [(entry.label, entry.count) for entry in found.legend] == [("Alder", 27), ("Birch", 27), ("Cedar", 26)]
    assert found.index_n.tolist()[:6] == [0, 1, 2, 0, 1, 2]
    assert found.missing == 0
    assert len(found.palette) == 3


def test_colours_of_a_number_go_from_low_to_high(lab: Lab) -> None:
    found = by_attribute(lab, "price")
    given = found.index_n != MISSING
    assert (~given).sum() == found.missing == math.ceil(80 / 7)
    assert (np.diff(found.index_n[given].astype(int)) >= 0).all()
    assert float(found.low) < float(found.high)
    assert not found.legend


def test_without_an_attribute_all_have_one_colour_and_an_unknown_one_is_a_sentence(lab: Lab) -> None:
    assert set(by_attribute(lab, "").index_n.tolist()) == {0}
    with pytest.raises(RequestError, match="no attribute 'taste'; there are: brand, price, year"):
        by_attribute(lab, "taste")


def test_many_categories_share_a_colour(
    tmp_path: Path, open_shop: Callable[..., Shop], write_table: Callable[..., Path]
) -> None:
    shop = open_shop(tmp_path / "shop", 40)
    rows = [
        [i, f"{i:04d}.{'png' if i % 2 else 'jpg'}", "" if i == 39 else f"maker {min(i // 2, 17)}"] for i in range(40)
    ]
    lab = Lab(tmp_path / "workspace")
    fill(lab, write_table(shop.folder / "t.csv", ["id", "image", "maker"], rows), None)
    found = by_attribute(lab, "maker")
    assert [entry.label for entry in found.legend[-2:]] == ["7 others", "not given"]
    assert len(found.legend) == CATEGORIES_MAX + 1
    assert sum(entry.count for entry in found.legend) == 40
    assert int(found.index_n[39]) == MISSING


def test_a_date_is_said_without_its_midnight() -> None:
    said = product_json(
        Product(0, "a", "", "", {"released": datetime(2024, 5, 1), "sold": datetime(2024, 5, 1, 8, 30)})
    )
    assert said["attributes"] == {"released": "2024-05-01", "sold": "2024-05-01 08:30:00"}


# -- models, codes, maps -----------------------------------------------------------------------------------------


def test_words_for_colours_are_drawn_as_what_they_say_and_none_is_left_over() -> None:
    words = [*PALETTE][:20]
    found = by_category("upper", pa.chunked_array([words * 2]))
    assert [entry.label for entry in found.legend] == sorted(words)
    assert {entry.label: entry.colour for entry in found.legend}["black"] == "#1c1c1e"
    mixed = by_category("upper", pa.chunked_array([[*words, "sunset"]]))
    assert mixed.legend[-1].label == "10 others"


# -- models, codes, maps -----------------------------------------------------------------------------------------


# -- models, codes, maps -----------------------------------------------------------------------------------------


# -- models, codes, maps -----------------------------------------------------------------------------------------


def test_every_product_has_a_code_and_a_place(lab: Lab) -> None:
    space, view = lab.space("tiny"), lab.map_view("tiny", "pca")
    assert space.z_nd.shape == (80, 6)
    assert space.rows_n.tolist() == list(range(80))
    assert np.isfinite(view.xy_n2).all()
    assert (view.missing, view.card.method) == (0, "pca")
    assert encode(lab, "tiny") == [(0, 0)]


def test_codes_are_those_of_the_pictures(lab: Lab) -> None:
    content = lab.catalogue().pictures([9])[0]
    np.testing.assert_allclose(
        photograph(lab, "tiny", square_photograph(lab, content)).z_d, lab.space("tiny").code(9), atol=0.15
    )


def test_what_was_learnt_tells_the_shapes_apart(lab: Lab) -> None:
    """Of the five nearest, far more than a third have the same form: chance would be a third."""
    same = [product.row % 3 == row % 3 for row in range(80) for product in nearest_to(lab, "tiny", f"{row:04d}", 5)]
    assert np.mean(same) > 0.5


def test_a_model_says_what_it_learnt_from(lab: Lab) -> None:
    card = lab.card("tiny")
    assert card.finished
    assert card.products == 80 - int(lab.catalogue().held_out.sum())
    assert card.catalogue_version == lab.version()
    assert set(card.measures) >= {"mse", "pca_mse", "mse_over_pca", "active_dimensions", "kl_nats"}
    assert len(card.kl_nats) == 6
    assert sum(card.kl_nats) == pytest.approx(card.measures["kl_nats"], abs=0.01)
    nats = card.measures["reconstruction_nats"] + card.measures["kl_nats"]
    assert card.measures["negative_elbo_nats"] == pytest.approx(nats, rel=1e-4)


@pytest.mark.parametrize("name", ["gone", "../../etc", "tiny--x", ""])
def test_an_unknown_model_is_told_the_known_ones(lab: Lab, name: str) -> None:
    if name:
        with pytest.raises(RequestError, match=r"there is no model .*; there are: tiny"):
            lab.space(name)
    else:
        assert lab.model_name(name) == "tiny"


def test_an_unknown_map_is_told_the_known_ones(lab: Lab) -> None:
    with pytest.raises(CatalogueError, match="model 'tiny' has no map 'gone'; it has: pca"):
        lab.map_view("tiny", "gone")
    with pytest.raises(CatalogueError, match="can't name a map"):
        lab.map_view("tiny", "../pca")


def test_dimensions_come_by_what_they_change(lab: Lab) -> None:
    space = lab.space("tiny")
    assert space.has_axes
    dimensions = space.dimensions
    assert [dimension.number for dimension in dimensions] == list(range(1, len(dimensions) + 1))
    effects = [dimension.effect or 0 for dimension in dimensions]
    assert effects == sorted(effects, reverse=True)
    assert effects[-1] > 0
    one = dimensions[1]
    moved_d = space.code(3) + 2 * np.array(one.step_d)
    assert (moved_d - space.code(3)) @ np.array(one.read_d) == pytest.approx(2, abs=0.01)


def test_the_workspace_says_what_it_holds(lab: Lab) -> None:
    status = status_of(lab)
    assert (status.products, status.version) == (80, lab.version())
    [model] = status.models
    assert (model["name"], model["family"], model["finished"], model["products_without_code"]) == (
        "tiny",
        "vae",
        True,
        0,
    )
    assert [card["name"] for card in model["maps"]] == ["pca"]
    assert map_methods() == ("pca", "tsne", "umap")


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "new")
    assert asdict(status_of(lab)) == {"products": 0, "version": 0, "models": []}
    with pytest.raises(CatalogueError, match="looks-like import SOURCE"):
        search(lab, "x")
    with pytest.raises(RequestError, match=r"there is no model yet\. Train one: looks-like train vae"):
        lab.model_name(None)
    with pytest.raises(CatalogueError, match="looks-like import SOURCE"):
        train(lab)
    assert not lab.workspace.folder.exists()


# -- paths and neighbours ----------------------------------------------------------------------------------------


def test_a_path_begins_and_ends_at_its_products(lab: Lab) -> None:
    path = walk(lab, PathRequest("tiny", ("0003", "0040"), steps=9))
    assert path.frames_thwc.shape == (9, 32, 32, 3)
    assert path.frames_thwc.dtype == np.uint8
    assert [path.nearest[i].product_id for i in (0, -1)] == ["0003", "0040"]
    assert [path.nearest[i].distance for i in (0, -1)] == [0, 0]
    assert all(product.typical is not None and product.typical >= 0 for product in path.nearest)
    assert walk(lab, PathRequest("tiny", ("0003", "0040"), steps=9)) is path


@pytest.mark.parametrize("curve", list(CURVES))
def test_from_a_product_to_itself_nothing_moves(lab: Lab, curve: str) -> None:
    path = walk(lab, PathRequest("tiny", ("0007", "0007"), curve, 5))
    assert {product.product_id for product in path.nearest} == {"0007"}
    assert (path.frames_thwc == path.frames_thwc[0]).all()


def test_a_path_through_several_meets_each(lab: Lab) -> None:
    path = walk(lab, PathRequest("tiny", ("0003", "0040", "0008", "0003"), steps=10))
    assert [path.nearest[i].product_id for i in (0, 3, 6, 9)] == ["0003", "0040", "0008", "0003"]


@pytest.mark.parametrize(
    ("ask", "kind", "says"),
    [
        (("gone", ("0001", "0002")), RequestError, "there is no model 'gone'"),
        (("tiny", ("0001", "nobody")), CatalogueError, "there is no product 'nobody'"),
        (("tiny", ("0001", "0002"), "bezier"), ModelError, "unknown curve 'bezier'"),
    ],
)
def test_a_path_that_cannot_be_is_a_sentence(lab: Lab, ask: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        walk(lab, PathRequest(*ask))


def test_the_similar_ones_are_those_of_brute_force_and_not_itself(lab: Lab) -> None:
    z_nd = lab.space("tiny").z_nd
    distance_n = np.linalg.norm(z_nd - z_nd[11], axis=1)
    distance_n[11] = np.inf
    found = nearest_to(lab, "tiny", "0011", 6)
    assert [product.row for product in found] == np.argsort(distance_n, kind="stable")[:6].tolist()
    np.testing.assert_allclose([product.distance for product in found], np.sort(distance_n)[:6], rtol=1e-4)
    assert len(nearest_to(lab, "tiny", "0011", 500)) == 79


def test_a_photograph_finds_the_product_it_shows(lab: Lab, shop: Shop, tmp_path: Path) -> None:
    seen = tmp_path / "seen.webp"
    Image.open(shop.folder / "images" / "0013.png").resize((300, 300)).save(seen, quality=80)
    assert "0013" in [similar.product.product_id for similar in similar_to_typed(lab, "tiny", str(seen), 3)]


@pytest.mark.parametrize("product", ["nobody", "", "/", "x" * 5000, "a\0b", "http://shop.example/a.jpg"])
def test_neither_a_product_nor_a_file_is_a_sentence(lab: Lab, product: str) -> None:
    with pytest.raises(RequestError, match="is neither a product of this catalogue nor a file"):
        similar_to_typed(lab, "tiny", product, 12)


def test_a_file_that_is_no_photograph_is_refused(lab: Lab, shop: Shop) -> None:
    with pytest.raises(PictureError, match="not a picture"):
        similar_to_typed(lab, "tiny", str(shop.table), 12)


def test_a_dense_path_may_go_only_partly_through_products(lab: Lab) -> None:
    straight, half, dense = (
        walk(lab, PathRequest("tiny", ("0003", "0040"), "dense", 9, through)).z_td for through in (0, 50, 100)
    )
    np.testing.assert_allclose(straight, walk(lab, PathRequest("tiny", ("0003", "0040"), "linear", 9)).z_td, atol=1e-5)
    np.testing.assert_allclose(half, (straight + dense) / 2, atol=1e-5)
    assert np.abs(dense - straight).max() > 0.01


def test_small_pictures_are_enlarged_smoothly(lab: Lab) -> None:
    [pixels] = pictures_of(lab, [lab.product("0003")], 192)
    [own] = pictures_of(lab, [lab.product("0003")], 96)
    np.testing.assert_array_equal(pixels, np.asarray(Image.fromarray(own).resize((192, 192), Image.Resampling.LANCZOS)))


def test_many_threads_get_the_same_answers(lab: Lab) -> None:
    fresh = Lab(lab.workspace.folder)
    answers: list[list[Product]] = []
    threads = [threading.Thread(target=lambda: answers.append(nearest_to(fresh, "tiny", "0011", 4))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [nearest_to(lab, "tiny", "0011", 4)] * 6


# -- when the catalogue grows ------------------------------------------------------------------------------------


ODD_IDS = [
    "a/b/c",
    "it's",
    'say "hi"',
    "two words",
    "👟-π-日本",
    "x" * 300,
    "%_'; drop table products; --",
    "<b>",
    "..",
    "=1+1",
]


def test_odd_ids_work_from_end_to_end(
    tmp_path: Path, open_shop: Callable[..., Shop], write_table: Callable[..., Path]
) -> None:
    shop = open_shop(tmp_path / "shop", 40)
    files = sorted(path.name for path in (shop.folder / "images").iterdir())
    ids = ODD_IDS + [str(i) for i in range(len(ODD_IDS), 40)]
    lab = Lab(tmp_path / "workspace")
    table = write_table(shop.folder / "odd.csv", ["id", "image"], [list(row) for row in zip(ids, files, strict=True)])
    fill(lab, table, None)
    train(lab)
    encode(lab)
    for product_id in ODD_IDS:
        assert lab.product(product_id).product_id == product_id
        assert product_id in [product.product_id for product in search(lab, product_id)]
        assert len(nearest_to(lab, "small", product_id, 3)) == 3
        assert walk(lab, PathRequest("small", (product_id, "20"), steps=2)).nearest[0].product_id == product_id
    make_map(lab, "small", MapRequest("pca", "pca"))
    assert lab.map_view("small", "pca").missing == 0


def test_a_grown_catalogue_is_seen_at_once_and_brought_up_to_date(
    own: tuple[Lab, Shop], draw_product: Callable[..., Image.Image], write_table: Callable[..., Path]
) -> None:
    lab, shop = own
    train(lab)
    assert encode(lab)[-1] == (40, 40)
    make_map(lab, "small", MapRequest("pca", "pca"))
    ask = PathRequest("small", ("0001", "0002"), steps=3)
    codes_before, places, path = lab.space("small").z_nd.copy(), lab.map_view("small", "pca").xy_n2, walk(lab, ask)

    draw_product(3).transpose(Image.Transpose.ROTATE_90).save(shop.folder / "images" / "new.png")
    fill(lab, write_table(shop.folder / "more.csv", ["id", "image"], [["new", "new.png"]]), None)
    assert lab.product("new").row == 40
    assert status_of(lab).models[0]["products_without_code"] == 1
    with pytest.raises(ModelError, match="has no code of model 'small' yet: looks-like encode small"):
        nearest_to(lab, "small", "new", 12)
    assert lab.map_view("small", "pca").missing == 1

    assert encode(lab)[-1] == (1, 1)
    np.testing.assert_array_equal(lab.space("small").z_nd[:40], codes_before)
    assert nearest_to(lab, "small", "new", 1)[0].distance > 0
    view = lab.map_view("small", "pca")
    np.testing.assert_array_equal(view.xy_n2[:40], places)  # frozen
    assert view.missing == 1
    assert np.array_equal(walk(lab, ask).z_td, path.z_td)


def test_a_changed_picture_gets_a_new_code_and_no_other_does(
    own: tuple[Lab, Shop], draw_product: Callable[..., Image.Image]
) -> None:
    lab, shop = own
    train(lab)
    encode(lab)
    before = lab.space("small").z_nd.copy()
    draw_product(40).rotate(180).save(shop.folder / "images" / "0003.png")
    fill(lab, shop.table)
    assert encode(lab)[-1] == (1, 1)
    changed = np.flatnonzero((lab.space("small").z_nd != before).any(1))
    assert changed.tolist() == [3]


def test_a_path_is_not_kept_beyond_what_it_was_made_from(
    own: tuple[Lab, Shop], draw_product: Callable[..., Image.Image]
) -> None:
    lab, shop = own
    train(lab)
    encode(lab)
    ask = PathRequest("small", ("0003", "0004"), steps=3)
    before = walk(lab, ask)
    draw_product(40).rotate(180).save(shop.folder / "images" / "0003.png")
    fill(lab, shop.table)
    encode(lab)
    assert not np.array_equal(walk(lab, ask).z_td[0], before.z_td[0])


def test_without_codes_every_question_is_a_sentence(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    for ask in (
        lambda: nearest_to(lab, "small", "0001", 12),
        lambda: walk(lab, PathRequest("small", ("0001", "0002"))),
        lambda: make_map(lab, "small", MapRequest("pca", "pca")),
        lambda: lab.random_product(model="small"),
        lambda: lab.nearest_products("small", np.zeros(4, np.float32), 3),
    ):
        with pytest.raises((ModelError, RequestError), match="looks-like encode small"):
            ask()


def test_a_random_point_comes_from_the_mixture_made_after_training(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    mixture = read_mixture(lab.folder("small"))
    assert mixture is not None
    assert mixture.latent == 4
    np.testing.assert_array_equal(lab.space("small").sample_code(3), mixture.sample(1, 3)[0])


def test_a_model_without_a_mixture_gets_one_from_its_codes(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    (lab.folder("small") / "mixture.safetensors").unlink()
    with pytest.raises(ModelError, match="looks-like encode small"):
        lab.space("small").sample_code()
    encode(lab)
    space = lab.space("small")
    np.testing.assert_array_equal(space.sample_code(3), fit_mixture(space.z_nd).sample(1, 3)[0])


def test_a_mixture_of_another_model_is_a_sentence(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    write_mixture(lab.folder("small"), fit_mixture(np.eye(3, dtype=np.float32)))
    with pytest.raises(ModelError, match=r"'small' has 3 dimensions, the model has 4\. Delete the file"):
        lab.space("small")


# -- training ----------------------------------------------------------------------------------------------------


def test_a_name_that_is_taken_or_unsafe_is_refused(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    with pytest.raises(RequestError, match="there is a model 'small' already: choose another --name"):
        train(lab)
    with pytest.raises(RequestError, match="model 'small' is finished: there is nothing to resume"):
        train(lab, resume=True)
    with pytest.raises(ModelError, match="'other' is not a model: it has no card"):
        train(lab, "other", resume=True)
    with pytest.raises(CatalogueError, match="can't name a model"):
        train(lab, "../small")
    assert lab.models() == ["small"]


def test_an_encoding_that_was_stopped_keeps_what_it_had_and_goes_on_there(
    own: tuple[Lab, Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, _ = own
    train(lab)
    encode(lab)
    straight = read_embedding(lab.workspace, "small")
    assert straight is not None
    drop_codes(lab.workspace, "small")
    monkeypatch.setattr(encoding, "_CHUNK", 8)
    monkeypatch.setattr(encoding, "_COMMIT", 16)
    stopped = encoding.encode(lab, "small")
    assert [next(stopped)[0] for _ in range(4)] == [0, 8, 16, 24]
    stopped.close()
    kept = read_embedding(lab.workspace, "small")
    assert kept is not None
    assert len(kept.product_ids) == 16
    total = len(straight.product_ids)
    assert list(encoding.encode(lab, "small"))[-1] == (total - 16, total - 16)
    again = read_embedding(lab.workspace, "small")
    assert again is not None
    codes = dict(zip(again.product_ids, again.z_nd, strict=True))
    for product_id, z_d in zip(straight.product_ids, straight.z_nd, strict=True):
        np.testing.assert_allclose(codes[product_id], z_d, atol=1e-4)


def test_a_training_that_was_stopped_goes_on_to_the_same_model(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab, "straight", epochs=20)
    running = training.train(lab, TrainRequest("vae", "stopped", TINY, epochs=20))
    for now in running:
        if now.report:
            break
    running.close()
    assert lab.models() == ["straight"]
    assert [model["finished"] for model in status_of(lab).models] == [False, True]
    with pytest.raises(RequestError, match="already: choose another --name, or --resume it"):
        train(lab, "stopped")
    train(lab, "stopped", resume=True)
    assert weights(lab, "stopped") == weights(lab, "straight")
    assert not list(lab.folder("stopped").glob("checkpoint*"))


def weights(lab: Lab, name: str) -> bytes:
    return (lab.folder(name) / "weights.safetensors").read_bytes()


def test_a_model_can_start_from_another(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    for _ in training.train(lab, TrainRequest("vae", "next", {"lr": 1e-6}, epochs=1, start="small")):
        pass
    card = lab.card("next")
    assert (card.start, card.settings["latent"], card.settings["lr"]) == ("small", 4, 1e-6)
    with pytest.raises(RequestError, match="--from small: the new model keeps its family"):
        list(training.train(lab, TrainRequest("vae", "third", {"latent": 8}, epochs=1, start="small")))
    with pytest.raises(RequestError, match="--from small: the new model keeps its family"):
        list(training.train(lab, TrainRequest("autoencoder", "third", epochs=1, start="small")))
    with pytest.raises(ModelError, match="'gone' is not a model"):
        list(training.train(lab, TrainRequest("vae", "third", epochs=1, start="gone")))


def test_a_model_can_have_another_decoder_and_no_code_moves(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    train(lab)
    for _ in encode(lab, "small"):
        pass
    larger = {"size": 64, "decoder": "refined", "decoder_width": 8}
    for _ in training.train(lab, TrainRequest("vae", "clear", larger, epochs=1, start="small")):
        pass
    settings = lab.card("clear").settings
    assert (settings["size"], settings["sees"], settings["learns"]) == (
        64,
        lab.card("small").settings["size"],
        "decoder",
    )
    for _ in encode(lab, "clear"):
        pass
    np.testing.assert_allclose(lab.space("clear").z_nd, lab.space("small").z_nd, atol=0.1)  # averaged down, then seen
    assert lab.space("clear").decode(lab.space("clear").z_nd[:2]).shape == (2, 64, 64, 3)
    np.testing.assert_array_equal(lab.space("clear").axes.steps_ad, lab.space("small").axes.steps_ad)
    with pytest.raises(RequestError, match="sees is 32 there, not 64"):
        list(training.train(lab, TrainRequest("vae", "third", {**larger, "sees": 64}, epochs=1, start="small")))


def test_axes_that_a_kill_left_are_not_those_of_the_next_model(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    lab.folder("small").mkdir(parents=True)
    write_axes(lab.folder("small"), own_axes(np.random.default_rng(0).normal(size=(9, 3)), np.arange(3)))
    train(lab)
    assert lab.space("small").axes.latent == lab.card("small").settings["latent"]


def test_too_little_memory_means_half_the_batch_and_is_said(
    own: tuple[Lab, Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, _ = own
    plain_init = Trainer.__init__

    def init(trainer: Trainer, *given: Any, **named: Any) -> None:
        plain_init(trainer, *given, **named)
        if trainer.batch > 8:
            trainer.train_step()  # weights have moved by then
            raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(Trainer, "__init__", init)
    said = [now.stage for now in training.train(lab, TrainRequest("vae", "fits", TINY | {"batch": 32}, budget_s=1))]
    assert "too little memory for 32 pictures a step: going on with 16" in said
    assert "too little memory for 16 pictures a step: going on with 8" in said
    assert lab.card("fits").settings["batch"] == 8
    assert lab.card("fits").finished

    def no_room(trainer: Trainer, *given: Any, **named: Any) -> None:
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(Trainer, "__init__", no_room)
    with pytest.raises(ModelError, match="too small for 8 pictures of 32 px a step: use a smaller --size"):
        list(training.train(lab, TrainRequest("vae", "never", TINY | {"batch": 8}, budget_s=1)))


def test_a_budget_that_was_stopped_goes_on_by_its_time_alone(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    running = training.train(lab, TrainRequest("vae", "timed", TINY, budget_s=4.0))
    first = next(now.report for now in running if now.report)
    running.close()  # type: ignore[attr-defined]
    assert (lab.card("timed").budget_s, lab.card("timed").steps) == (4.0, 0)
    for other in ({"epochs": 3}, {"steps": 5}):
        with pytest.raises(RequestError, match="'timed' began with a budget of 4 seconds, and goes on by that"):
            configuration(lab, TrainRequest("vae", "timed", resume=True, **other))
    last = list(training.train(lab, TrainRequest("vae", "timed", resume=True, budget_s=5.0)))[-1]
    assert last.card.finished
    assert last.card.budget_s == 5.0
    assert last.card.steps >= first.step
    assert "PCA" in verdict_of(lab, "timed")


def test_a_number_of_steps_is_kept_to_the_step(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    for _ in training.train(lab, TrainRequest("vae", "counted", TINY, steps=7)):
        pass
    assert (lab.card("counted").steps, lab.card("counted").budget_s) == (7, 0.0)
    with pytest.raises(RequestError, match="said twice"):
        TrainRequest("vae", "m", steps=7, budget_s=60.0)


def test_a_gpu_that_goes_away_loses_nothing(own: tuple[Lab, Shop], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, _ = own
    train(lab, "straight", epochs=3)
    plain_step = Trainer.train_step

    def step(trainer: Trainer) -> Parts:
        if trainer.step == 2:
            raise torch.AcceleratorError("CUDA error: unspecified launch failure\nand much more")
        return plain_step(trainer)

    monkeypatch.setattr(Trainer, "train_step", step)
    with pytest.raises(ModelError, match=r"stopped answering at step 2 \(CUDA error: unspecified launch failure\)"):
        train(lab, "gone", epochs=3)
    monkeypatch.setattr(Trainer, "train_step", plain_step)
    train(lab, "gone", resume=True, epochs=3)
    assert weights(lab, "gone") == weights(lab, "straight")


def test_a_critic_needs_a_thousand_products(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    request = TrainRequest("vae", "sharp", TINY | {"sharpen": 0.5}, epochs=1)
    for ask in (lambda: configuration(lab, request), lambda: list(training.train(lab, request))):
        with pytest.raises(ModelError, match=r"would learn the \d+ products by heart.*it needs 1,000"):
            ask()


def test_too_few_products_to_learn_from_are_a_sentence(tmp_path: Path, open_shop: Callable[..., Shop]) -> None:
    lab = Lab(tmp_path / "workspace")
    fill(lab, open_shop(tmp_path / "shop", 12).table)
    with pytest.raises(ModelError, match="needs at least 16 products to learn from and this catalogue has 12"):
        train(lab)
    assert not (lab.workspace.models / "small" / "card.json").exists()


TRAIN = """
import sys
import looks_like.explorer.training.running.run as training
from looks_like.explorer.interfaces.commands.main import main
training._CHECKPOINT_EVERY_S = 0.0
sys.argv = ["looks-like", "train", "vae", "-w", sys.argv[1], *sys.argv[2:]]
main()
"""
SHAPE = ["--size", "32", "--latent", "4", "--set", "width=8", "--set", "batch=16"]


def command(lab: Lab, *options: str) -> "subprocess.Popen[bytes]":
    """A real training of its own, with a checkpoint at every report."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    arguments = [sys.executable, "-c", TRAIN, str(lab.workspace.folder), *options]
    return subprocess.Popen(arguments, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def test_a_training_goes_on_as_it_began_or_says_what_was_asked_otherwise(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    running = training.train(lab, TrainRequest("vae", "half", {"size": 32, "width": 8, "batch": 16}, epochs=20))
    next(report for report in running if report.report)
    running.close()  # type: ignore[attr-defined]
    with pytest.raises(
        RequestError, match="model 'half' goes on as it began, and latent is 32 there, not 8: leave that"
    ):
        configuration(lab, TrainRequest("vae", "half", {"latent": 8, "size": 32}, resume=True))
    with pytest.raises(RequestError, match="family is vae there, not gan"):
        list(training.train(lab, TrainRequest("gan", "half", resume=True)))
    found = configuration(lab, TrainRequest("vae", "half", {"size": 32}, epochs=3, resume=True))
    assert (found.resumes, found.settings["width"], found.steps) == (True, 8, lab.card("half").steps)


@pytest.mark.slow
def test_a_training_that_is_killed_goes_on_to_the_same_model(own: tuple[Lab, Shop]) -> None:
    lab, _ = own
    assert command(lab, "--name", "straight", "--epochs", "75", *SHAPE).wait() == 0
    training = command(lab, "--name", "killed", "--epochs", "75", *SHAPE)
    history = lab.folder("killed") / "history.jsonl"
    while not history.exists() or len(history.read_text().splitlines()) < 2:
        assert training.poll() is None, "it ended before it was killed"
        time.sleep(0.01)
    training.send_signal(signal.SIGKILL)
    training.wait()
    assert lab.models() == ["straight"]
    assert not lab.card("killed").finished
    assert command(lab, "--name", "killed", "--resume").wait() == 0
    assert weights(lab, "killed") == weights(lab, "straight")
    assert lab.card("killed").measures == lab.card("straight").measures


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_training_behind_a_shell_or_in_a_container_is_stopped_by_signals(
    own: tuple[Lab, Shop], number: signal.Signals
) -> None:
    """A shell starts what it puts behind with SIGINT ignored; a container is stopped with SIGTERM."""
    lab, name = own[0], number.name.lower()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        training = command(lab, "--name", name, "--epochs", "5000", *SHAPE)
    finally:
        signal.signal(signal.SIGINT, before)
    history = lab.folder(name) / "history.jsonl"
    while not history.exists() or not history.read_text():
        assert training.poll() is None, "it ended before it was stopped"
        time.sleep(0.01)
    training.send_signal(number)
    assert training.wait() == 130
    assert not lab.card(name).finished, "it can go on"


def test_a_resumed_training_goes_on_with_the_products_it_began_with(
    open_shop: Callable[..., Shop], draw_product: Callable[..., Image.Image], tmp_path: Path
) -> None:
    """Interrupted, then 20 products more, then resumed: the same weights as never interrupted."""
    shop = open_shop(tmp_path / "shop", 60)
    settings = {"size": 32, "latent": 4, "width": 8, "batch": 16}
    weights = []
    for name, breaks in (("whole", False), ("broken", True)):
        lab = Lab(tmp_path / name)
        list(lab.import_products(str(shop.table), Columns(name="title")))
        running = training.train(lab, TrainRequest("vae", "m", settings, epochs=20))
        if breaks:
            next(report for report in running if report.report)
            running.close()  # type: ignore[attr-defined]
            more = open_shop(tmp_path / "more", 80)
            list(lab.import_products(str(more.table), Columns(name="title")))
            running = training.train(lab, TrainRequest("vae", "m", resume=True))
        list(running)
        weights.append((lab.folder("m") / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_one_model_is_trained_by_one_process(lab: Lab) -> None:
    with lab.workspace.training_lock("other"), pytest.raises(CatalogueError, match="is being trained by process"):
        list(training.train(lab, TrainRequest("vae", "other", {"size": 32}, epochs=1)))


def test_a_question_without_an_answer_leaves_nothing_behind(own: tuple[Lab, Shop]) -> None:
    lab, _ = own

    def fails() -> int:
        raise RequestError("no")

    for number in range(3):
        with pytest.raises(RequestError):
            lab.cache.get_or_make(("none", number), fails)
    assert not lab.cache.in_flight
    assert lab.cache.get_or_make(("none", 0), lambda: 5) == 5


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({}, {"batch": 512, "lr": 0.004}),
        ({"size": 128}, {"size": 128, "batch": 256, "lr": 0.002828}),
        ({"size": 256}, {"size": 256}),
        ({"batch": 64}, {"batch": 64}),
        ({"lr": 1e-3}, {"lr": 1e-3, "batch": 512}),
    ],
)
def test_a_gpu_has_larger_batches_and_a_rate_for_them(settings: dict[str, Any], found: dict[str, Any]) -> None:
    assert for_device("vae", settings, Device("cuda", torch.bfloat16, "a card")) == found
    assert for_device("vae", settings, Device("cpu", torch.float32, "a test")) == settings
