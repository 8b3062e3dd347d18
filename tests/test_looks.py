"""The look of a catalogue: everything that likeness does works before any model is trained; nothing that draws does."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from looks_like.data.embeddings import read_fine
from looks_like.data.sources import Columns
from looks_like.explorer import tags as tagging
from looks_like.explorer.clusters import ClusterRequest, clusters, make_clusters
from looks_like.explorer.core import Lab, encode
from looks_like.explorer.core.space import encode_finely
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.maps import MapRequest, catch_up, make_map
from looks_like.explorer.search import (
    find_enrichment,
    make_look,
    photograph,
    similar_to,
    square_photograph,
    without_look,
)
from looks_like.explorer.selecting import delete_products
from looks_like.explorer.training import TrainRequest, blend_models, find_model_axes, rename_model, train
from looks_like.model.errors import ModelError


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, open_shop: Any) -> Lab:
    """A shop's products with their look and its map, and no model."""
    folder = tmp_path_factory.mktemp("look")
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(open_shop(folder / "shop").table), Columns(name="title")):
        pass
    assert without_look(lab)
    stages = [now.stage for now in make_look(lab)]
    assert stages[0] == "Finding what is usual"
    make_map(lab, "look", MapRequest("pca", "pca"))
    return lab


@pytest.fixture
def own(bare: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(bare.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


def test_every_product_has_one_and_a_place(bare: Lab) -> None:
    space = bare.space("look")
    assert not without_look(bare)
    assert (space.z_nd.shape, space.decodes) == ((80, 128), False)
    assert bare.map_view("look", "pca").missing == 0
    assert (bare.models(), bare.models_to_show(), bare.decodes("look")) == (["look"], ["look"], False)


def test_its_fine_numbers_are_kept_too_and_go_with_it(own: Lab) -> None:
    fine = read_fine(own.workspace, "look")
    assert fine is not None
    assert (fine.z_nd.dtype, fine.z_nd.shape) == (np.int8, (80, own.net("look").fine))
    assert "bytes a product" in own.card("look").objective
    again = encode_finely(own.net("look"), own.pixels(own.net("look").seen_px))[1]
    assert np.abs(fine.z_nd.astype(int) - again[own.catalogue().rows_of(fine.product_ids)]).max() <= 1
    rename_model(own, "look", "eyes")
    renamed = read_fine(own.workspace, "eyes")
    assert renamed is not None
    assert np.array_equal(renamed.z_nd, fine.z_nd)
    assert renamed.product_ids == fine.product_ids


def test_similar_products_and_clusters_come_of_it(own: Lab) -> None:
    found = similar_to(own, "look", 5, 10)
    assert len(found) == 10
    assert not any("dimension" in " ".join(each.why()) for each in found), "its numbers have no meaning of their own"
    make_clusters(own, "look", ClusterRequest("k-means", k=3))
    assert sum(each.size for each in clusters(own, "look", "k-means")) == 80
    assert find_enrichment(own, np.arange(10), "look", tagging.masks(own)).dimensions == ()


def _alike(lab: Lab, counts: str, one_of: int) -> float:
    """The share of five nearest products whose number leaves the same rest as the asked one's."""
    rows = range(0, 80, 3)
    found = [[each.product.row for each in similar_to(lab, "look", row, 5, counts=counts)] for row in rows]
    return float(np.mean([[other % one_of == row % one_of for other in k] for row, k in zip(rows, found, strict=True)]))


def test_form_counts_or_colour_or_both(bare: Lab) -> None:
    forms, hues = 3, 5  # of the shop, by number
    assert _alike(bare, "colour", hues) > 0.9
    assert _alike(bare, "form", forms) > _alike(bare, "colour", forms) + 0.2
    assert _alike(bare, "colour", hues) > _alike(bare, "form", hues) + 0.2
    assert similar_to(bare, "look", 5, 10) == similar_to(bare, "look", 5, 10, counts="all")
    with pytest.raises(RequestError, match="what counts is one of form, more form, all, more colour, colour; got 'x'"):
        similar_to(bare, "look", 5, 10, counts="x")
    client = TestClient(Starlette(routes=routes(lambda: bare)))
    told = client.get(f"/api/similar?id={bare.catalogue().product_ids[5]}&k=5&counts=colour").json()
    assert [each["product_id"] for each in told] == [
        each.product.product_id for each in similar_to(bare, "look", 5, 5, counts="colour")
    ]


def test_a_model_whose_numbers_have_no_names_takes_them_as_they_are(lab: Lab) -> None:
    assert similar_to(lab, "tiny", 5, 10, counts="colour") == similar_to(lab, "tiny", 5, 10)


def test_why_says_how_form_and_colour_differ(bare: Lab) -> None:
    same = [each.look for each in similar_to(bare, "look", 5, 3, counts="colour")]
    assert all(words.endswith(("; the same colour", "; nearly the same colour")) for words in same), same
    red = similar_to(bare, "look", 5, 79)  # its hue is 0
    greens = [each.look for each in red if each.product.row % 5 == 2]
    assert all("greener" in words for words in greens), greens
    assert {words.split("; ")[0] for words in (each.look for each in red)} >= {"another form", "much the same form"}


def test_a_photograph_finds_its_own_product_first(bare: Lab) -> None:
    for row in (40, 48, 77):
        stored = bare.catalogue().pictures([row])[0]
        again = io.BytesIO()
        Image.open(io.BytesIO(stored)).convert("RGB").save(again, "JPEG", quality=88)
        seen = photograph(bare, "look", square_photograph(bare, again.getvalue()))
        assert seen.rebuilt == b""
        nearest = similar_to(bare, "look", seen.z_d, 1)[0].product
        assert bare.copies().first_n[nearest.row] == bare.copies().first_n[row]


def test_who_comes_later_gets_one_and_nobody_moves(own: Lab) -> None:
    before_nd, weights = own.space("look").z_nd.copy(), own.weights("look")
    picture = Image.new("RGB", (60, 60), "white")
    picture.paste((200, 30, 30), (10, 20, 50, 40))
    picture.save(own.workspace.folder / "new.png")
    table = own.workspace.folder / "more.csv"
    table.write_text("id,image\nnew-1,new.png\nnew-2,new.png\n", "utf-8")
    for _ in own.import_products(str(table), Columns()):
        pass
    for now in catch_up(own, "look"):
        told = now
    assert (told.encoded, told.placed) == (2, 2)
    assert np.array_equal(own.space("look").z_nd[:80], before_nd)
    assert [now.total for now in make_look(own)][-1] == 0, "asked again, nothing is left to do"
    assert own.weights("look") == weights


def test_nothing_that_draws_takes_it(bare: Lab, own: Lab) -> None:
    with pytest.raises(ModelError, match="'look' is a look: it knows what is alike, and draws nothing"):
        bare.decode("look", np.zeros((1, 128), np.float32))
    with pytest.raises(ModelError, match="draws nothing"):
        find_model_axes(own, "look")
    with pytest.raises(RequestError, match="can't be blended"):
        blend_models(own, "look", "look", 0.5, "other")
    with pytest.raises(RequestError, match="a look is no model that could be trained on"):
        list(train(own, TrainRequest("vae", "two", {"size": 32}, epochs=1, start="look")))
    client = TestClient(Starlette(routes=routes(lambda: bare)))
    ids = bare.catalogue().product_ids
    assert client.get(f"/api/similar?id={ids[3]}&k=5").status_code == 200
    assert client.get(f"/api/similar?model=look&id={ids[3]}&k=5").status_code == 200
    for path in (f"/api/decode?model=look&z={','.join(['0'] * 128)}", f"/api/path?a={ids[0]}&b={ids[1]}"):
        said = client.get(path)
        assert said.status_code in (400, 404)
        assert "model" in said.json()["error"]


def test_a_model_keeps_its_name(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    own = Lab(tmp_path / "w")
    with pytest.raises(RequestError, match="there is a model 'tiny' already"):
        list(make_look(own, "tiny"))


def test_beside_a_model_each_does_what_it_does_best(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    own = Lab(tmp_path / "w")
    assert run(["look", "--workspace", str(tmp_path / "w")]) == (0, "")
    assert own.model_name(None) == "look"
    assert own.model_name(None, decodes=True) == "tiny"
    assert own.models_to_show() == ["look", "tiny"]
    assert own.models_to_show(decodes=True) == ["tiny"]


@pytest.mark.parametrize("name", ["map", "similar", "catalogue", "looks_like", "dimensions"])
def test_pages_open_with_a_look_alone(own: Lab, open_page: Callable[..., AppTest], name: str) -> None:
    app = open_page(name, own.workspace.folder)
    assert not app.exception
    if name in ("looks_like", "dimensions"):
        assert any("Learn to draw them" in button.label for button in app.button)
    else:
        assert not app.error


@pytest.mark.parametrize("name", ["looks_like", "dimensions"])
def test_who_chooses_what_draws_keeps_the_look_elsewhere(
    lab: Lab, open_page: Callable[..., AppTest], tmp_path: Path, name: str
) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    own = Lab(tmp_path / "w")
    shutil.copytree(own.folder("tiny"), own.folder("other"))
    for _ in encode(own, "other"):
        pass
    for _ in make_look(own):
        pass
    app = open_page(name, own.workspace.folder, model="look")
    next(menu for menu in app.selectbox if menu.label == "Model").select("tiny").run()
    assert not app.exception
    assert (app.query_params["model"], app.query_params["decoder"]) == ("look", "tiny")
    app = open_page(name, own.workspace.folder, model="tiny")
    assert app.query_params["model"] == "tiny"
    assert "decoder" not in app.query_params


def test_without_products_there_is_nothing_to_look_at(own: Lab, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no products to look at yet"):
        list(make_look(Lab(tmp_path / "empty")))
    delete_products(own, own.catalogue().there, "ann")
    with pytest.raises(RequestError, match="no products to look at yet"):
        list(make_look(own))
