"""The door for notebooks: what its docstrings promise runs, and what people do with it works on a real workspace."""

import doctest
import html.parser
import importlib
import json
import pkgutil
import shutil
import signal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open

import looks_like
from looks_like.data.views import list_views, save_view
from looks_like.explorer.clusters.make import ClusterRequest, make_clusters
from looks_like.explorer.clusters.store import clusterings
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces import notebook
from looks_like.explorer.search.likeness.similar import nearest_to
from looks_like.explorer.training.models import rename_model, unfinished_models
from looks_like.explorer.training.running.run import TrainRequest, train
from looks_like.model.training import Trainer

MODULES = [f"{notebook.__name__}.{found.name}" for found in pkgutil.iter_modules(notebook.__path__)]
NAMES_MAX = 12


@pytest.fixture
def ws(lab: Lab) -> looks_like.Workspace:
    """Shared: change nothing."""
    return looks_like.open(lab.workspace.folder)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> looks_like.Workspace:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return looks_like.open(tmp_path / "w")


def well_formed(text: str) -> None:
    stack: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag not in ("img", "br"):
                stack.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag

    Reader().feed(text)
    assert not stack


def test_the_door_has_few_names_and_each_says_what_it_is_with_an_example() -> None:
    assert len(looks_like.__all__) <= NAMES_MAX
    for name in looks_like.__all__:
        assert getattr(looks_like, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = looks_like.nothing


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str, own: looks_like.Workspace) -> None:
    globs = {"looks_like": looks_like, "ws": own, "folder": own._lab.workspace.folder, "np": np}
    failed, _ = doctest.testmod(importlib.import_module(module), extraglobs=globs)
    assert failed == 0


def test_most_of_the_names_have_an_example() -> None:
    finder = doctest.DocTestFinder()
    found = [test for module in MODULES for test in finder.find(importlib.import_module(module)) if test.examples]
    assert len(found) >= 10


def test_pictures_of_any_kind_have_the_codes_of_the_product_that_they_show(
    ws: looks_like.Workspace, tmp_path: Path
) -> None:
    content = ws._lab.catalogue().pictures([9])[0]
    file = tmp_path / "nine.png"
    file.write_bytes(content)
    with Image.open(file) as image:
        codes = ws.encode([str(file), image, np.asarray(image.convert("RGB"))])
    np.testing.assert_allclose(codes, np.tile(ws._lab.space("tiny").code(9), (3, 1)), atol=0.05)
    assert ws.similar(file, k=1)["product_id"].iloc[0] == "0009"
    with pytest.raises(RequestError, match=r"uint8 \(H, W, 3\)"):
        ws.encode(np.zeros((4, 4), np.float32))


def test_similar_products_are_those_of_the_pages(ws: looks_like.Workspace) -> None:
    wanted = [product.product_id for product in nearest_to(ws._lab, "tiny", "0003", 5)]
    assert ws.similar("0003", k=5)["product_id"].tolist() == wanted


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "csv", "json"])
def test_a_path_is_saved_as_what_it_is_called(ws: looks_like.Workspace, tmp_path: Path, ending: str) -> None:
    file = ws.path(["0001", "0002"], steps=4).save(tmp_path / "new" / f"x.{ending}", size=64)
    assert file.stat().st_size > 100


def test_what_a_notebook_shows_is_well_formed_and_harmless(ws: looks_like.Workspace) -> None:
    path = ws.path(["0001", "0002"], steps=3)
    for thing in (ws, ws.models, ws.model(), path):
        well_formed(thing._repr_html_())
    assert 'alt="Path(0001 → 0002' in path._repr_html_()


def test_pages_show_pictures_with_words_for_those_who_do_not_see_them(ws: looks_like.Workspace) -> None:
    for thing in (ws, ws.model(), ws.path(["0001", "0002"], steps=3)):
        pictures = thing._repr_html_().split("<img ")[1:]
        assert pictures
        assert all(' alt="' in picture for picture in pictures)
    assert "Box 1 → Roof 2: 3 steps" in ws.path(["0001", "0002"], steps=3)._repr_html_()


def test_names_that_are_html_stay_text(tmp_path: Path, shop: Any, write_table: Any) -> None:
    bad = "<img src=x onerror=alert(1)>"
    rows = [
        [f"{bad}{number}", f"images/{file.name}", f'"{bad}', bad]
        for number, file in enumerate(sorted((shop.folder / "images").iterdir())[:20])
    ]
    shutil.copytree(shop.folder / "images", tmp_path / "images")
    table = write_table(tmp_path / "bad.csv", ["id", "image", "title", "brand"], rows)
    ws = looks_like.open(tmp_path / "w").add(table, name="title")
    ws.train("vae", epochs=1, size=32, latent=4, width=8, batch=16)
    path, figure = ws.path(ws.products.index[:2], steps=2), ws.map(method="pca").plot(color="brand")
    said = [ws._repr_html_(), path._repr_html_(), *figure.data[0].text, figure.data[0].name]
    assert not [text for text in said if bad in text]


def test_a_map_says_what_is_not_given_and_what_its_scale_goes_from(ws: looks_like.Workspace) -> None:
    unknown, given = ws.map().plot(color="price").data
    missing = int(ws.products["price"].isna().sum())
    assert (unknown.name, len(unknown.x), len(given.x)) == ("not given", missing, 80 - missing)
    assert max(given.marker.color) <= 254
    assert given.marker.colorbar.ticktext[0].startswith("≤ ")
    assert "0000" in unknown.text[0]
    assert "price: not given" in unknown.text[0]


def test_an_attribute_called_like_a_column_of_ours_hides_nothing(tmp_path: Path, shop: Any, write_table: Any) -> None:
    files = sorted((shop.folder / "images").iterdir())[:20]
    shutil.copytree(shop.folder / "images", tmp_path / "images")
    rows = [[number, f"images/{file.name}", 1000 + number] for number, file in enumerate(files)]
    ws = looks_like.open(tmp_path / "w").add(write_table(tmp_path / "t.csv", ["id", "image", "distance"], rows))
    ws.train("vae", epochs=1, size=32, latent=4, width=8, batch=16)
    found = ws.similar(ws.products.index[0], k=3)
    assert found["distance"].max() < 1000 <= found["distance_"].min()


def test_one_id_is_one_product(own: looks_like.Workspace) -> None:
    assert own.tag("summer", "0001") == "1 product tagged summer"
    assert own.tags == {"summer": ["0001"]}
    assert own.untag("summer", "0001").startswith("1 product no longer")


def test_a_map_is_drawn_in_the_colours_of_an_attribute(ws: looks_like.Workspace) -> None:
    figure = ws.map("pca").plot(color="brand")
    assert {trace.name for trace in figure.data} == {"Alder", "Birch", "Cedar"} or len(figure.data) == 3
    assert sum(len(trace.x) for trace in figure.data) == 80
    assert sum(len(trace.x) for trace in ws.map().plot(color="price").data) == 80
    assert sum(len(trace.x) for trace in ws.map().plot().data) == 80
    with pytest.raises(RequestError, match="no attribute 'nothing'"):
        ws.map().plot(color="nothing")


def test_a_model_is_renamed_with_all_that_hangs_on_it(own: looks_like.Workspace) -> None:
    make_clusters(own._lab, "tiny", ClusterRequest("k-means", k=3))
    ids, z = own.codes()
    xy = own.map("pca").xy
    renamed = own.model("tiny").rename("other")
    assert [model.name for model in own.models] == ["other"]
    again, same = renamed.codes()
    assert dict(zip(ids, z.tolist(), strict=True)) == dict(zip(again, same.tolist(), strict=True))
    assert own.map("pca").xy.equals(xy)
    assert own._lab.maps("other")[0].model == "other"
    assert [card.model for card in clusterings(own._lab, "other")] == ["other"]
    assert not [table for table in own._lab.workspace.table_names() if "--tiny" in table]
    assert renamed.card.name == "other"


def test_a_deleted_model_leaves_products_and_tags_alone(own: looks_like.Workspace) -> None:
    own.tag("summer", ["0001"])
    own.model("tiny").delete()
    assert len(own.models) == 0
    assert len(own.products) == 80
    assert own.tags == {"summer": ["0001"]}
    assert not [table for table in own._lab.workspace.table_names() if "tiny" in table]
    assert not list(own._lab.workspace.folder.glob(".model*"))
    with pytest.raises(RequestError, match="no model yet"):
        own.model()


def test_a_model_that_is_trained_or_has_a_namesake_stays(own: looks_like.Workspace) -> None:
    with own._lab.workspace.training_lock("tiny"), pytest.raises(MISTAKES, match="being trained"):
        looks_like.open(own._lab.workspace.folder).model("tiny").delete()
    with pytest.raises(RequestError, match="already"):
        own.model("tiny").rename("tiny")
    with pytest.raises(MISTAKES, match="can't name"):
        own.model("tiny").rename("../x")
    assert len(own.codes()[0]) == 80


def test_from_pictures_to_a_map(tmp_path: Path, shop: Any) -> None:
    ws = looks_like.open(tmp_path / "new")
    assert repr(ws) == "Workspace(0 products, 0 models)"
    well_formed(ws._repr_html_())
    ws.add(shop.table, name="title")
    model = ws.train("vae", name="small", epochs=1, size=32, latent=4, width=8, depth=0, batch=16)
    assert model.codes()[1].shape == (80, 4)
    assert len(ws.map(method="pca").xy) == 80
    assert "small" in ws._repr_html_()


def test_an_interrupted_training_goes_on_where_it_was(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted in the midst of a step, as people do: nothing that was learnt is lost."""
    ws = looks_like.open(tmp_path / "new").add(shop.table, name="title")
    tiny = {"size": 32, "latent": 4, "width": 8, "depth": 0, "batch": 16}
    steps, step_of = 0, Trainer.train_step

    def interrupted(trainer: Trainer) -> dict[str, float]:
        nonlocal steps
        steps += 1
        if steps == 30:
            signal.raise_signal(signal.SIGINT)
        return step_of(trainer)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(Trainer, "train_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ws.train("vae", name="half", epochs=50, **tiny)
    assert signal.getsignal(signal.SIGINT) is before
    with safe_open(tmp_path / "new/models/half/checkpoint.safetensors", "pt") as file:
        assert json.loads(file.metadata()["state"])["step"] == 50, "the next report is at step 50"
    assert (len(ws.models), "half" in ws.models, ws.models["half"].card.finished) == (0, False, False)
    assert "not finished" in ws.models._repr_html_()
    ws.train("vae", name="half", resume=True)
    assert "half" in ws.models


def test_a_training_that_was_stopped_can_be_renamed_and_deleted(own: looks_like.Workspace) -> None:
    running = train(own._lab, TrainRequest("vae", "half", {"size": 32, "width": 8, "batch": 16}, epochs=20))
    next(now for now in running if now.report)
    with pytest.raises(MISTAKES, match="being trained"):
        rename_model(Lab(own._lab.workspace.folder), "tiny", "half")
    running.close()  # type: ignore[attr-defined]
    own.models["half"].rename("later")
    assert unfinished_models(own._lab) == ["later"]
    own.models["later"].delete()
    assert unfinished_models(own._lab) == []
    assert own._lab.models() == ["tiny"]


def test_saved_views_follow_a_model_to_its_new_name(own: looks_like.Workspace) -> None:
    save_view(own._lab.workspace, "mine", "map", "model=tiny&map=pca&find=tiny%20box&filter=", "me")
    save_view(own._lab.workspace, "other", "map", "model=another&map=pca", "me")
    own.model("tiny").rename("shoes")
    links = {view.name: dict(parse_qsl(view.link, keep_blank_values=True)) for view in list_views(own._lab.workspace)}
    assert links["mine"] == {"model": "shoes", "map": "pca", "find": "tiny box", "filter": ""}
    assert links["other"]["model"] == "another"


@pytest.mark.slow
def test_a_check_is_a_table_and_a_report(ws: looks_like.Workspace, tmp_path: Path) -> None:
    found = ws.check("tiny")
    assert set(found.table.columns) == {"section", "measure", "model", "value", "baseline"}
    assert "tiny" in set(found.table["model"])
    assert found.save(tmp_path / "x.html").read_text("utf-8").startswith("<!doctype html>")
    assert 'sandbox="allow-scripts"' in found._repr_html_()
