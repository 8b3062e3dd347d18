"""Vectors that others made, as a look: maps and similar products come of them, no photograph does, nothing moves."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from looks_like.data import embeddings
from looks_like.data.sources import Columns
from looks_like.explorer.clusters import ClusterRequest, clusters, make_clusters
from looks_like.explorer.core import Lab, encode, status_of
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.notebook.workspace import open as open_workspace
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.maps import MapRequest, catch_up, make_map
from looks_like.explorer.search import VectorsRequest, add_vectors, make_look, photograph, similar_to
from looks_like.explorer.selecting import bring_vectors, delete_products, undo_deletion
from looks_like.explorer.training import TrainRequest, delete_model, rename_model, train
from looks_like.model.errors import ModelError
from looks_like.model.networks.given import KEPT_MAX

COUNT = 80


def vectors(numbers: int = 12, seed: int = 0) -> np.ndarray:
    """Products of one hue and form point nearly the same way."""
    rng, kind_n = np.random.default_rng(seed), np.arange(COUNT) % 15
    return rng.standard_normal((15, numbers))[kind_n] + 0.1 * rng.standard_normal((COUNT, numbers))


def saved(folder: Path, v_nv: np.ndarray, name: str = "clip.npy") -> VectorsRequest:
    np.save(folder / name, v_nv)
    return VectorsRequest(folder / name)


def listed(folder: Path, ids: list[str]) -> str:
    (folder / "ids.txt").write_text("\n".join(ids), "utf-8")
    return str(folder / "ids.txt")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, open_shop: Any) -> Lab:
    """A shop's products, and nothing made of them."""
    folder = tmp_path_factory.mktemp("own")
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(open_shop(folder / "shop").table), Columns(name="title")):
        pass
    return lab


@pytest.fixture
def own(bare: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(bare.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def test_they_are_a_look_of_every_product(own: Lab, tmp_path: Path) -> None:
    v_nv = vectors()
    done = add_vectors(own, "clip", saved(tmp_path, v_nv))
    assert (done.added, done.replaced, done.without, done.bytes_each) == (COUNT, 0, 0, 48)
    assert "12 numbers each: 48 bytes a product, 48 MB a million" in done.words()
    assert "of unit length; 48 bytes a product" in own.card("clip").objective
    cosine_nn = (v_nv / np.linalg.norm(v_nv, axis=1, keepdims=True)) @ (v_nv / np.linalg.norm(v_nv, axis=1)[:, None]).T
    nearest = [row for row in (-cosine_nn[5]).argsort() if row != 5][:3]
    assert [each.product.row for each in similar_to(own, "clip", 5, 3)] == nearest
    make_map(own, "clip", MapRequest("pca", "pca"))
    assert own.map_view("clip", "pca").missing == 0
    make_clusters(own, "clip", ClusterRequest("k-means", k=15))
    assert sum(each.size for each in clusters(own, "clip", "k-means")) == COUNT
    assert status_of(own).models[0]["about"] == "own vectors by cosine, 12 numbers a product"
    assert list(encode(own, "clip")) == [(0, 0)], "there is nothing to encode"


def test_by_distance_they_keep_their_length(own: Lab, tmp_path: Path) -> None:
    v_nv = vectors() * np.linspace(1, 5, COUNT)[:, None]
    add_vectors(own, "prices", VectorsRequest(saved(tmp_path, v_nv).file, distance="euclidean"))
    assert np.array_equal(own.space("prices").z_nd, v_nv.astype(np.float32))


def test_of_long_ones_principal_components_are_kept(own: Lab, tmp_path: Path) -> None:
    done = add_vectors(own, "clip", saved(tmp_path, vectors(KEPT_MAX + 44)))
    assert (done.given, done.kept) == (KEPT_MAX + 44, KEPT_MAX)
    v_nv = vectors(KEPT_MAX + 44).astype(np.float32)
    v_nv /= np.linalg.norm(v_nv, axis=1, keepdims=True)
    apart_nn = np.linalg.norm(v_nv[:, None] - v_nv[None], axis=2)
    z_nd = own.space("clip").z_nd
    assert np.allclose(np.linalg.norm(z_nd[:, None] - z_nd[None], axis=2), apart_nn, atol=1e-4)


def test_who_comes_later_has_none_until_they_are_brought_and_nobody_moves(own: Lab, tmp_path: Path) -> None:
    ids, v_nv = own.catalogue().product_ids, vectors(KEPT_MAX + 4)
    first = saved(tmp_path, v_nv[:70])
    done = add_vectors(own, "clip", VectorsRequest(first.file, listed(tmp_path, ids[:70])))
    assert "10 products have no vector, and so no place and nothing similar: '0070', '0071', '0072' and 7 more" in (
        done.words()
    )
    make_map(own, "clip", MapRequest("pca", "pca"))
    before_nd, places_n2 = own.space("clip").z_nd.copy(), own.map_view("clip", "pca").xy_n2[:70].copy()
    *_, now = catch_up(own, "clip")
    assert (now.encoded, now.placed, now.without) == (0, 0, 10)
    assert "10 products have no vector yet (looks-like look add brings them)" in now.words()
    with pytest.raises(ModelError, match="looks-like look add clip --vectors FILE"):
        own.space("clip").code(75)
    done = add_vectors(own, "clip", saved(tmp_path, v_nv.astype(np.float16)))
    assert (done.added, done.replaced, done.same, done.without) == (10, 0, 70, 0)
    *_, now = catch_up(own, "clip")
    assert (now.placed, now.without) == (10, 0)
    assert np.array_equal(own.space("clip").z_nd[:70], before_nd)
    assert np.array_equal(own.map_view("clip", "pca").xy_n2[:70], places_n2)


def test_some_are_replaced_and_most_only_anew(own: Lab, tmp_path: Path) -> None:
    v_nv = vectors()
    add_vectors(own, "clip", saved(tmp_path, v_nv))
    make_map(own, "clip", MapRequest("pca", "pca"))
    v_nv[3] *= -1
    done = add_vectors(own, "clip", saved(tmp_path, v_nv))
    assert (done.added, done.replaced, done.same) == (0, 1, 79)
    assert "keeps its place on maps" in done.words()
    assert own.space("clip").code(3) @ v_nv[3] > 0
    other = saved(tmp_path, vectors(seed=1))
    with pytest.raises(RequestError, match=r"80 of the 80 products .* have another one .* --anew"):
        add_vectors(own, "clip", other)
    done = add_vectors(own, "clip", VectorsRequest(other.file, anew=True))
    assert (done.added, done.same) == (COUNT, 0)
    with pytest.raises(RequestError, match="have 12 numbers, these have 9"):
        add_vectors(own, "clip", saved(tmp_path, vectors(9)))
    assert add_vectors(own, "clip", VectorsRequest(saved(tmp_path, vectors(9)).file, anew=True)).given == 9


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ids": ["x", "y", "z"]}, "none of the 3 ids is a product of this catalogue: 'x', 'y', 'z'"),
        (
            {"ids": ["0001", "y", "z"]},
            "2 of 3 ids are no products of this catalogue: 'y', 'z'. To leave them out: --some",
        ),
        ({"zero": True}, "1 vectors are all zeros, .* --distance euclidean. These are of '0000'"),
        ({"distance": "manhattan"}, "distances are cosine or euclidean, got 'manhattan'"),
        ({"distance": "euclidean", "large": True}, "80 vectors are numbers of a million and more"),
        ({"name": "look"}, "there is a model 'look' already"),
    ],
)
def test_what_can_not_be_is_said(own: Lab, tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    if "name" in changed:
        for _ in make_look(own):
            pass
    v_nv = vectors() * (1e7 if "large" in changed else 1)
    v_nv[0] *= "zero" not in changed
    ids = listed(tmp_path, changed["ids"]) if "ids" in changed else ""
    request = VectorsRequest(
        saved(tmp_path, v_nv[: len(changed.get("ids", v_nv))]).file, ids, changed.get("distance", "cosine")
    )
    with pytest.raises(RequestError, match=said):
        add_vectors(own, changed.get("name", "clip"), request)
    assert "clip" not in own.models()


def test_foreign_ones_are_left_out_where_somebody_says_so(own: Lab, tmp_path: Path) -> None:
    ids = listed(tmp_path, ["0001", "y"])
    done = add_vectors(own, "clip", VectorsRequest(saved(tmp_path, vectors()[:2]).file, ids, some=True))
    assert (done.added, done.without) == (1, 79)
    assert "1 of 2 ids is no product of this catalogue: 'y': left out" in done.words()


def test_a_kill_leaves_nothing_that_another_try_does_not_mend(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    request = saved(tmp_path, vectors())
    for name in ("write_weights", "write_codes"):
        with monkeypatch.context() as patched:
            patched.setattr(f"looks_like.explorer.search.likeness.own_vectors.{name}", killed)
            with pytest.raises(KeyboardInterrupt):
                add_vectors(own, "clip", request)
    assert own.models() == ["clip"]
    assert embeddings.read_embedding(own.workspace, "clip") is None
    assert add_vectors(own, "clip", request).added == COUNT
    with monkeypatch.context() as patched:
        patched.setattr("looks_like.explorer.search.likeness.own_vectors.drop_codes", killed)
        with pytest.raises(KeyboardInterrupt):
            add_vectors(own, "clip", VectorsRequest(saved(tmp_path, vectors(seed=2), "b.npy").file, anew=True))
    assert len(own.space("clip").z_nd) == 0, "codes of other vectors are none"
    assert add_vectors(own, "clip", VectorsRequest(tmp_path / "b.npy")).added == COUNT


def test_they_are_renamed_deleted_and_brought_back_as_models_are(own: Lab, tmp_path: Path) -> None:
    add_vectors(own, "clip", saved(tmp_path, vectors()))
    make_map(own, "clip", MapRequest("pca", "pca"))
    rename_model(own, "clip", "eye")
    assert (own.models(), [card.name for card in own.maps("eye")]) == (["eye"], ["pca"])
    deleted = delete_model(own, "eye", "ann")
    assert own.models() == []
    undo_deletion(own, "ann", deleted.number)
    assert len(own.space("eye").z_nd) == COUNT
    delete_products(own, np.arange(5), "ann")
    assert len(own.space("eye").z_nd) == COUNT - 5
    assert add_vectors(own, "eye", saved(tmp_path, vectors()[5:])).same == COUNT - 5


def test_photographs_and_pictures_are_refused_in_a_sentence(own: Lab, tmp_path: Path) -> None:
    add_vectors(own, "clip", saved(tmp_path, vectors()))
    stored = own.catalogue().pictures([40])[0]
    with pytest.raises(ModelError, match="'clip' has vectors that were brought, and a photograph has none"):
        photograph(own, "clip", stored)
    (tmp_path / "photo.png").write_bytes(stored)
    code, sentence = run(["similar", str(tmp_path / "photo.png"), "--workspace", str(own.workspace.folder)])
    assert (code, "a photograph has none" in sentence) == (2, True)
    with pytest.raises(ModelError, match="draws nothing"):
        own.decode("clip", np.zeros((1, 12), np.float32))
    with pytest.raises(RequestError, match="no model that could be trained on"):
        list(train(own, TrainRequest("vae", "two", {"size": 32}, epochs=1, start="clip")))


def test_a_look_of_ours_goes_before_them_and_they_before_models(own: Lab, tmp_path: Path) -> None:
    for _ in make_look(own):
        pass
    add_vectors(own, "clip", saved(tmp_path, vectors()))
    assert own.model_name(None) == "look"
    assert own.models_to_show() == ["look", "clip"]


def test_the_command_and_the_notebook(own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, folder = saved(tmp_path, vectors()).file, str(own.workspace.folder)
    assert run(["look", "add", "clip", "--vectors", str(file), "--workspace", folder]) == (0, "")
    assert "80 vectors added" in capsys.readouterr().out
    assert run(["look", "add", "clip", "--vectors", str(tmp_path / "no.npy"), "--workspace", folder])[0] == 2
    model = open_workspace(folder).add_vectors("dino", file, anew=True)
    assert model.codes()[1].shape == (COUNT, 12)
    assert run(["list", "--workspace", folder]) == (0, "")


@pytest.mark.parametrize("name", ["map", "similar", "catalogue", "looks_like", "dimensions"])
def test_pages_open_with_them_alone(own: Lab, open_page: Callable[..., AppTest], tmp_path: Path, name: str) -> None:
    add_vectors(own, "clip", saved(tmp_path, vectors()))
    make_map(own, "clip", MapRequest("pca", "pca"))
    app = open_page(name, own.workspace.folder, like="0005")
    assert not app.exception
    if name in ("map", "similar", "catalogue"):
        assert not app.error
    if name == "catalogue":
        assert any("own vectors by cosine, 12 numbers a product" in each.value for each in app.markdown)
    if name == "similar":
        assert any("by the vectors clip" in each.value for each in app.caption)


def test_files_over_the_page_become_a_look_and_leave_nothing(own: Lab, tmp_path: Path) -> None:
    ids = own.catalogue().product_ids
    content = saved(tmp_path, vectors()).file.read_bytes()
    files = [("ids of mine.txt", "\n".join(ids[::-1]).encode()), ("../v.npy", content)]
    assert bring_vectors(own, "clip", files, VectorsRequest()).added == COUNT
    first, last = own.space("clip").code(0), vectors()[-1]
    assert np.allclose(first, last / np.linalg.norm(last), atol=1e-6)
    with pytest.raises(RequestError, match=r"^v\.npy: 80 rows, and ids\.txt has 1 ids"):
        bring_vectors(own, "clip", [("v.npy", content), ("ids.txt", b"x")], VectorsRequest())
    assert not list((own.workspace.folder / "uploads").iterdir())
    assert not Jobs(own.workspace.folder).active()
