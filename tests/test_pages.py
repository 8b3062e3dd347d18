"""Every page without a browser: it runs, shows no error, and says what is missing, what goes on and what to do."""

import errno
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from looks_like.data import acting
from looks_like.data.sources import Columns
from looks_like.explorer import tags as tagging
from looks_like.explorer.clusters.edits import rename
from looks_like.explorer.clusters.make import ClusterRequest, make_clusters
from looks_like.explorer.core import knn_graph as nearness
from looks_like.explorer.core.lab import Lab, open_lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.pages import PAGES as PAGES_LISTED
from looks_like.explorer.interfaces.widgets import latent_map
from looks_like.explorer.interfaces.widgets.progress.job_line import time_words
from looks_like.explorer.jobs.processes import process_identity
from looks_like.explorer.jobs.queue import Job, Jobs, write_record
from looks_like.explorer.maps.make import MapRequest, make_map
from looks_like.explorer.selecting import delete_products
from looks_like.model.geometry.neighbours import KnnArrays, NearestNeighbours
from looks_like.model.geometry.paths.curves import CURVES

PAGES = Path(__file__).parent.parent / "explorer" / "interfaces" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.py") if path.stem != "__init__")
Opener = Callable[..., AppTest]


@pytest.fixture
def run(open_page: Opener) -> Opener:
    return open_page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs_without_an_error(run: Opener, lab: Lab, name: str) -> None:
    app = run(name, lab.workspace.folder)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("name", NAMES)
def test_a_viewer_sees_each_page_without_an_error(
    run: Opener, lab: Lab, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "_source", lambda: acting.Actor("vi", acting.Role.VIEWER))
    app = run(name, lab.workspace.folder)
    assert not app.exception
    assert not app.error


def test_the_navigation_names_every_page() -> None:
    assert set(NAMES) == {*PAGES_LISTED, "main"}
    assert all(page.title.strip() and page.icon.strip() for page in PAGES_LISTED.values())
    assert len({page.title for page in PAGES_LISTED.values()}) == len(PAGES_LISTED)


def test_the_navigation_leads_to_every_page(run: Opener, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    navigation = st.navigation

    def listening(pages: list[Any], **options: Any) -> Any:
        told.append([page.title for page in pages])
        return navigation(pages, **options)

    monkeypatch.setattr(st, "navigation", listening)
    assert not run("main", lab.workspace.folder).exception
    assert told == [[page.title for page in PAGES_LISTED.values()]]


def test_the_menu_of_curves_has_every_curve(run: Opener, lab: Lab) -> None:
    menu = named(run("looks_like", lab.workspace.folder).selectbox, "Curve")
    assert menu.options == [curve.title for curve in CURVES.values()]
    assert all(curve.sentence in menu.help for curve in CURVES.values())


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("looks_like", {"a": "0003", "b": "0040", "curve": "linear", "steps": "24"}),
        ("looks_like", {"a": "0003", "b": "0040", "curve": "dense", "through": "37", "steps": "24"}),
        ("dimensions", {"from": "0005", "z": "1,0,0,0,0,0.5"}),
        ("similar", {"like": "0003", "k": "24", "filter": '[["brand","is",["Alder"]],["price","between",[10,50]]]'}),
    ],
)
def test_a_link_restores_what_it_says(run: Opener, lab: Lab, name: str, link: dict[str, str]) -> None:
    app = run(name, lab.workspace.folder, **link)
    assert not app.exception
    said = {key: app.query_params[key] for key in link}
    assert {key: value if isinstance(value, str) else value[0] for key, value in said.items()} == link


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("looks_like", {"a": "nobody", "b": "<script>alert(1)</script>", "curve": "zigzag", "steps": "x"}),
        ("looks_like", {"a": "0003", "b": "0040", "through": "9" * 5000}),
        ("looks_like", {"a": "0003", "b": "0040", "through": "-1"}),
        ("dimensions", {"from": "nobody", "z": "1,2,nonsense"}),
        ("similar", {"like": "<b>nobody</b>", "k": "many", "filter": "[[1]]"}),
        ("similar", {"like": "0003", "filter": '[["brand","is",[null,3,"nobody"]]]'}),
        ("map", {"model": "../..", "map": "none", "colour": "none", "view": "x,y", "a": "nobody"}),
    ],
)
def test_a_broken_link_opens_the_page_all_the_same(run: Opener, lab: Lab, name: str, link: dict[str, str]) -> None:
    app = run(name, lab.workspace.folder, **link)
    assert not app.exception
    assert not app.error


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are only recorded."""
    monkeypatch.setattr(Jobs, "_spawn", lambda jobs, job: None)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """A copy of the shop's Lab, to change."""
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


def going_on(workspace: Path, *words: str, what: str, **said: Any) -> Job:
    """The record of a job whose process lives: this one."""
    folder, now = workspace / "jobs", time.time()
    folder.mkdir(exist_ok=True, parents=True)
    job = Job(f"{time.time_ns():016x}-0000", words, what, "running", asked=now, updated=now)
    write_record(folder, replace(job, pid=os.getpid(), born=process_identity(os.getpid()), **said))
    return job


def words_of(app: AppTest) -> str:
    said = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.info, *app.error]
    words = (re.sub(r"\\([^\w\s])", r"\1", element.value) for element in said)  # as people see them
    return "\n".join([*words, *(code.value for code in app.code)])


def button(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def named(elements: Any, label: str) -> Any:
    return next(each for each in elements if each.label == label)


@pytest.mark.usefixtures("no_process")
def test_an_empty_workspace_offers_the_demo_and_says_how_to_bring_ones_own(run: Opener, tmp_path: Path) -> None:
    app = run("main", tmp_path / "nothing")
    assert not app.exception
    assert "looks-like import" in words_of(app)
    assert "A table with a product in each row" in app.get("file_uploader")[0].proto.label
    assert not (tmp_path / "nothing").exists()
    button(app, "Show me the demo").click().run()
    assert not app.exception
    assert "Demo of 30,000 sneakers" in words_of(app)
    assert Jobs(tmp_path / "nothing").active()[0].words == ("demo", "--products", "30000", "--later")


def test_the_welcome_follows_the_demo(run: Opener, tmp_path: Path) -> None:
    going_on(tmp_path, "demo", what="Demo of 9 sneakers", stage="Encoding", share=0.8, seconds_left=21.0)
    app = run("main", tmp_path)
    assert not app.exception
    assert app.get("progress")[0].proto.value == 80
    assert app.get("progress")[0].proto.text == "2 of 3 · Encoding · about 20 s left"


def test_a_demo_that_failed_says_why_and_begins_again(run: Opener, tmp_path: Path) -> None:
    going_on(tmp_path, "demo", what="Demo", state="failed", error="the disk is <b>full</b>")
    app = run("main", tmp_path)
    assert "The demo did not come about: the disk is <b>full</b>" in app.error[0].value
    assert button(app, "Show me the demo")


@pytest.mark.usefixtures("no_process")
def test_a_demo_stopped_half_way_can_go_on(run: Opener, own: Lab) -> None:
    shutil.rmtree(own.workspace.models)
    going_on(own.workspace.folder, "demo", what="Demo", state="cancelled")
    app = run("main", own.workspace.folder)
    button(app, "Go on with the demo").click().run()
    assert Jobs(own.workspace.folder).active()


@pytest.mark.usefixtures("no_process")
def test_products_of_which_nothing_is_known_are_looked_at_unasked(run: Opener, own: Lab) -> None:
    shutil.rmtree(own.workspace.models)
    jobs = Jobs(own.workspace.folder)
    app = run("main", own.workspace.folder)
    assert not app.exception
    assert [job.words[:2] for job in jobs.active()] == [("look", "look"), ("map", "look"), ("clusters", "make")]
    assert "Looking at each product" in words_of(app)


@pytest.mark.usefixtures("no_process")
@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Learn to draw them · 10 minutes", [("train", "beta-vae"), ("map", "looks")]),
        ("Map what is alike · about ", [("look", "look"), ("map", "look"), ("clusters", "make")]),
    ],
)
def test_who_cancels_that_is_asked_from_then_on(
    run: Opener, own: Lab, label: str, words: list[tuple[str, str]]
) -> None:
    shutil.rmtree(own.workspace.models)
    going_on(own.workspace.folder, "look", "look", what="Looking at each product", state="cancelled")
    app = run("main", own.workspace.folder)
    assert not app.exception
    assert Jobs(own.workspace.folder).active() == []
    assert "80 products, and no model of them yet" in app.info[0].value
    next(each for each in app.button if each.label.startswith(label)).click().run()
    assert not app.exception
    assert [job.words[:2] for job in Jobs(own.workspace.folder).active()] == words


@pytest.mark.usefixtures("no_process")
@pytest.mark.parametrize(("begun", "words"), [("looks", ("looks", "--resume")), ("bad", ("looks-2",))])
def test_a_training_that_was_stopped_goes_on_and_a_broken_model_keeps_its_name(
    run: Opener, own: Lab, begun: str, words: tuple[str, ...]
) -> None:
    card = json.loads((own.workspace.models / "tiny" / "card.json").read_text())
    shutil.rmtree(own.workspace.models)
    (own.workspace.models / "looks").mkdir(parents=True)
    broken = {"settings": {"latent": -1}} if begun == "bad" else {"finished": False}
    (own.workspace.models / "looks" / "card.json").write_text(json.dumps(card | broken))
    app = run("main", own.workspace.folder)
    button(app, "Learn to draw them · 10 minutes").click().run()
    assert not app.exception
    training = Jobs(own.workspace.folder).active()[0].words
    assert (training[3], *training[6:]) == words


def test_what_went_wrong_is_said_before_there_is_a_model_and_the_wrong_file_can_be_deleted(
    run: Opener, own: Lab
) -> None:
    shutil.rmtree(own.workspace.models)
    for number in (1, 2):
        going_on(own.workspace.folder, "import", f"{number}.csv", what="Importing products", state="failed", error="no")
    app = run("main", own.workspace.folder)
    assert not app.exception
    assert words_of(app).count("Importing products did not come about: no") == 2
    catalogue = run("catalogue", own.workspace.folder)
    assert not catalogue.exception
    assert "80 products" in words_of(catalogue)


@pytest.mark.usefixtures("no_process")
def test_a_model_that_has_seen_nothing_offers_the_job_and_the_command(run: Opener, own: Lab) -> None:
    own.workspace.tables.drop_table("codes--tiny")
    app = run("main", own.workspace.folder)
    assert "looks-like map tiny --method umap --encode" in words_of(app)
    button(app, "Encode and map it").click().run()
    assert not app.exception
    assert Jobs(own.workspace.folder).active()[0].words == ("map", "tiny", "--method", "umap", "--encode")


@pytest.mark.usefixtures("no_process")
def test_a_model_without_a_map_offers_the_job_and_the_command(run: Opener, own: Lab) -> None:
    own.workspace.tables.drop_table("map--tiny--pca")
    app = run("map", own.workspace.folder)
    assert not app.exception
    button(app, "Make a map").click().run()
    assert Jobs(own.workspace.folder).active()[0].words == ("map", "tiny", "--method", "umap", "--encode")
    assert "UMAP map: waiting for its turn" in words_of(app)
    assert button(app, "Make a map").disabled


@pytest.mark.usefixtures("no_process")
def test_the_map_asks_for_its_clusters_anew_when_one_was_renamed(
    run: Opener, own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(latent_map, "show", lambda content, *rest, **said: asked.append(content.clusters_version))
    make_clusters(own, "tiny", ClusterRequest("k-means", k=3))
    for _ in range(2):
        run("map", own.workspace.folder)
    rename(own, "tiny", "k-means", 2, "Sale")
    assert not run("map", own.workspace.folder).exception
    first, same, renamed = asked
    assert first == same != renamed


def test_products_that_a_map_lacks_can_be_placed(run: Opener, own: Lab, open_shop: Any) -> None:
    more = open_shop(own.workspace.folder / "more", 85)
    for _ in own.import_products(str(more.table), Columns(name="title")):
        pass
    app = run("map", own.workspace.folder)
    assert "80 of 85 products on this map" in words_of(app)
    assert "5 products are not on this map yet" in words_of(app)
    button(app, "Place them").click().run()
    assert Jobs(own.workspace.folder).active()[0].words == ("place", "tiny")


def test_the_map_says_what_is_going_on_beside_it(run: Opener, own: Lab) -> None:
    first = going_on(own.workspace.folder, "map", what="UMAP map", share=0.4, seconds_left=21.0)
    going_on(own.workspace.folder, "map", "x", what="t-SNE map", state="waiting")
    app = run("map", own.workspace.folder)
    assert not app.exception
    assert "UMAP map: 40 %, about 20 s left · then t-SNE map" in words_of(app)
    assert button(app, "Cancel")
    Jobs(own.workspace.folder).mark(first.job_id).touch()
    app.run()
    assert "UMAP map: stopping …" in words_of(app)


def test_a_new_map_is_offered_and_the_shown_one_stays(run: Opener, own: Lab) -> None:
    app = run("map", own.workspace.folder, view="0.1,0.2,3")
    make_map(own, "tiny", MapRequest("pca", "second"))
    app.run()
    assert "The map second (PCA) is ready." in words_of(app)
    assert named(app.selectbox, "Map").value == "pca"
    assert app.query_params["view"] == "0.1,0.2,3"
    button(app, "Show it").click().run()
    assert not app.exception
    assert named(app.selectbox, "Map").value == "second"
    assert "is ready" not in words_of(app)


def test_what_is_typed_is_found_where_no_job_can_be_started(
    run: Opener, own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*what: Any, **how: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("looks_like.explorer.jobs.queue.write_record", refused)
    with pytest.raises(RequestError, match=r"can't be started: .* can't be written \(Read-only file system\)"):
        Jobs(own.workspace.folder).start(["colours"], "Reading colours")
    app = run("catalogue", own.workspace.folder)
    named(app.text_input, "Find products").set_value("red roof").run()
    assert not app.exception
    assert "Colours of pictures were not asked" in words_of(app)


def test_a_map_of_a_sample_says_that_it_is_one(run: Opener, own: Lab) -> None:
    make_map(own, "tiny", MapRequest("pca", "few", sample=40))
    app = run("map", own.workspace.folder, map="few")
    assert "40 pictures were laid out together, and all others were placed among them." in words_of(app)


def test_a_training_shows_what_has_been_learnt_so_far(run: Opener, own: Lab) -> None:
    shutil.copytree(own.folder("tiny"), own.folder("next"))
    going_on(own.workspace.folder, "train", "vae", "--name", "next", what="Learning how products look", share=0.4)
    app = run("map", own.workspace.folder)
    assert not app.exception
    assert named(app.expander, "What it has learnt so far")
    assert "**next** at step" in words_of(app)


def test_a_map_that_did_not_come_about_says_why_until_it_is_dismissed(run: Opener, own: Lab) -> None:
    going_on(own.workspace.folder, "map", "tiny", what="UMAP map", state="failed", error="the disk is full")
    app = run("map", own.workspace.folder)
    assert "UMAP map did not come about: the disk is full" in words_of(app)
    button(app, "Dismiss").click().run()
    assert "did not come about" not in words_of(app)
    assert Jobs(own.workspace.folder).all() == []


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (4.4, "4 s"), (21, "20 s"), (90, "90 s"), (150, "2 min")])
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_the_nearest_say_of_how_many(run: Opener, lab: Lab) -> None:
    app = run("similar", lab.workspace.folder, like="0003", filter='[["brand","is",["Alder"]]]')
    assert not app.exception
    assert "The 12 nearest of 27 products where brand is Alder, by what model tiny sees." in words_of(app)
    button(app, "Clear the filter").click().run()
    assert not app.exception
    assert "The 12 nearest of 80 products, by what model tiny sees." in words_of(app)
    assert "filter" not in app.query_params


def test_values_and_a_range_narrow_the_search_and_write_the_link(run: Opener, lab: Lab) -> None:
    app = run("similar", lab.workspace.folder, like="0003")
    app.multiselect[0].set_value(["Birch"]).run()
    stops = app.select_slider[0].options
    high = float(stops[8])
    app.select_slider[0].set_value((float(stops[0]), high)).run()
    assert not app.exception
    few = sum(number % 3 == 1 and number % 7 != 0 and 9.5 + number <= high for number in range(80))
    assert f"The {few} nearest of {few} products where brand is Birch, price {high:g} or less" in words_of(app)
    said = app.query_params["filter"]
    wanted = json.dumps([["brand", "is", ["Birch"]], ["price", "between", [None, high]]], separators=(",", ":"))
    assert (said if isinstance(said, str) else said[0]) == wanted


def test_what_is_not_given_is_let_into_a_range_or_asked_for_alone(run: Opener, lab: Lab) -> None:
    app = run("similar", lab.workspace.folder, like="0003", filter='[["price","between",[null,20.5,true]]]')
    missing = next(group for group in app.button_group if "missing price" in str(group.key))
    assert missing.value == "or not given"
    few = sum(number % 7 == 0 or 9.5 + number <= 20.5 for number in range(80))
    assert f"{few} products where price 20.5 or less, or not given" in words_of(app)
    missing.set_value("only not given").run()
    assert not app.exception
    assert "12 nearest of 12 products where price is not given" in words_of(app)
    said = app.query_params["filter"]
    assert (said if isinstance(said, str) else said[0]) == '[["price","is",[null]]]'


def test_a_filter_that_nothing_passes_can_be_cleared(run: Opener, lab: Lab) -> None:
    app = run("similar", lab.workspace.folder, like="0003", filter='[["brand","is",["Nobody"]]]')
    assert not app.exception
    assert "0 nearest of 0 products where brand is Nobody" in words_of(app)
    assert not button(app, "Clear the filter").disabled


def test_a_filter_on_an_attribute_that_is_not_there_says_which_there_are(run: Opener, lab: Lab) -> None:
    app = run("similar", lab.workspace.folder, like="0003", filter='[["colour","is",["red"]]]')
    said = app.toast[0].value.replace("\\", "")  # signs that would be format are escaped
    assert "no attribute 'colour' to filter by; there are: brand, price, year" in said
    assert "The 12 nearest of 80 products" in words_of(app)


@pytest.mark.usefixtures("no_process")
def test_a_product_without_a_code_offers_the_job(run: Opener, own: Lab, open_shop: Any) -> None:
    more = open_shop(own.workspace.folder / "more", 81)
    for _ in own.import_products(str(more.table), Columns(name="title")):
        pass
    app = run("similar", own.workspace.folder, like="0080")
    assert not app.exception
    assert "Model tiny has not seen this product yet" in words_of(app)
    assert "begin with one of these" in words_of(app)
    button(app, "Place them").click().run()
    assert not app.exception
    assert Jobs(own.workspace.folder).active()[0].words == ("place", "tiny")


def test_a_photograph_is_shown_with_what_the_model_makes_of_it(
    run: Opener, lab: Lab, file_bytes: Any, draw_product: Any
) -> None:
    app = run("similar", lab.workspace.folder, like="0003")
    app.file_uploader[0].set_value(("x.png", file_bytes(draw_product(11)), "image/png")).run()
    assert not app.exception
    assert any("As the model rebuilds it" in html.proto.body for html in app.get("html"))
    assert "The 12 nearest of 80 products" in words_of(app)
    assert "like" not in app.query_params


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0" + b"x" * 99])
def test_a_file_that_is_no_picture_is_refused_by_name(run: Opener, lab: Lab, content: bytes) -> None:
    app = run("similar", lab.workspace.folder, like="0003")
    app.file_uploader[0].set_value(("<b>x</b>.jpg", content, "image/jpeg")).run()
    assert not app.exception
    assert app.error[0].value.startswith("<b>x</b>.jpg: ")
    assert "The 12 nearest of 80 products" in words_of(app), "what was there stays"


@pytest.mark.parametrize("name", ["map", "similar"])
@pytest.mark.parametrize(
    "condition",
    ['["","tagged",["**x** ![x](https://evil.example/x.png)"]]', '["![x](https://evil.example/x.png)","is",["x"]]'],
)
def test_a_strangers_filter_is_forgotten_and_never_format(run: Opener, lab: Lab, name: str, condition: str) -> None:
    app = run(name, lab.workspace.folder, filter=f"[{condition}]")
    assert not app.exception
    assert "Forgotten" in app.toast[0].value
    assert "![x](" not in app.toast[0].value
    assert "filter" not in app.query_params


def test_a_filter_by_a_tag_that_nobody_carries_any_more_opens(run: Opener, own: Lab) -> None:
    tagging.add(own, "gone", [1, 2], "ann")
    tagging.undo(own, "ann")
    app = run("map", own.workspace.folder, filter='[["","tagged",["gone"]]]')
    assert not app.exception
    assert "**0** of 80" in words_of(app)


def test_a_tag_is_renamed_joined_and_deleted_on_the_page(run: Opener, own: Lab) -> None:
    tagging.add(own, "sumer", [1, 2], "ann")
    tagging.add(own, "Summer", [2, 3], "ann")
    app = run("map", own.workspace.folder, panel="tags", selection='[["=","tag","sumer"]]')
    named(app.selectbox, "One tag").set_value("sumer").run()
    named(app.text_input, "New name").set_value("SUMMER").run()
    assert any("2 products are tagged Summer already" in each.value for each in app.caption)
    named(app.button, "Rename").click().run()
    assert not app.exception
    assert [(each.tag, each.products) for each in tagging.tags(own)] == [("Summer", 3)]
    assert any("tagged Summer instead of sumer, 1 had both" in each.value for each in app.caption)
    assert named(app.selectbox, "One tag").value == "Summer"
    named(app.button, "Delete").click().run()
    assert not app.exception
    assert tagging.tags(own) == []
    named(app.button, "Undo").click().run()
    assert [each.tag for each in tagging.tags(own)] == ["Summer"]
    named(app.button, "Undo").click().run()
    assert [each.tag for each in tagging.tags(own)] == ["sumer", "Summer"]
    assert not app.exception


def test_a_name_that_can_not_be_is_said_and_nothing_is_renamed(run: Opener, own: Lab) -> None:
    tagging.add(own, "x", [1], "ann")
    app = run("map", own.workspace.folder, panel="tags")
    named(app.text_input, "New name").set_value("a|b").run()
    named(app.button, "Rename").click().run()
    assert not app.exception
    assert any("tables write" in each.value for each in app.caption)
    assert [each.tag for each in tagging.tags(own)] == ["x"]


def test_the_tag_panel_says_what_is_being_found_and_no_page_waits_for_it(
    run: Opener, own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagging.add(own, "x", range(0, 40, 3), "ann")
    go_on, others = threading.Event(), NearestNeighbours.others

    def slow(self: NearestNeighbours, rows_m: np.ndarray, k: int) -> KnnArrays:
        assert go_on.wait(60)
        return others(self, rows_m, k)

    monkeypatch.setattr(NearestNeighbours, "others", slow)
    monkeypatch.setattr(nearness, "FEW", 0)
    app = run("map", own.workspace.folder, panel="tags", colour="how true")
    try:
        said = " ".join(each.value for each in app.caption)
        assert not app.exception
        assert "Looking which products are most alike" in said
        assert "Looking how true each place is" in said
    finally:
        go_on.set()
    assert len(open_lab().space("tiny").knn.all_of().index_nk) == 80
    app.run()
    assert "Looking" not in " ".join(each.value for each in app.caption)
    assert not app.exception


def test_how_many_clusters_there_are_is_proposed_and_not_asked(run: Opener, own: Lab) -> None:
    app = run("map", own.workspace.folder, panel="clusters")
    assert named(app.number_input, "Smallest, products").value is None
    named(app.radio, "Find").set_value("k-means").run()
    assert named(app.number_input, "How many").value is None
    assert not app.exception


# -- deleting ---------------------------------------------------------------------------------------------------------


def test_the_selection_is_deleted_on_the_map_and_brought_back(run: Opener, own: Lab) -> None:
    count = own.catalogue().count
    steps = '[["=","product","0003"],["+","product","0004"]]'
    app = run("map", own.workspace.folder, selection=steps)
    named(app.button, "Delete 2 products").click().run()
    assert not app.exception
    assert own.catalogue().count == count - 2
    assert any(each.value.startswith("Deleted") and "2 products" in each.value for each in app.caption)
    named(app.button, "Undo").click().run()
    assert not app.exception
    assert own.catalogue().count == count
    assert any("2 selected" in each.value for each in app.markdown)  # as it was before


def test_maps_are_deleted_and_brought_back_on_the_page_of_the_catalogue(run: Opener, own: Lab) -> None:
    app = run("catalogue", own.workspace.folder)
    app.button("delete map tiny pca").click().run()
    assert not app.exception
    assert "pca" not in [card.name for card in own.maps("tiny")]
    named(app.button, "Bring back").click().run()
    assert not app.exception
    assert "pca" in [card.name for card in own.maps("tiny")]


def test_where_all_products_are_deleted_the_welcome_offers_them_back(run: Opener, own: Lab) -> None:
    delete_products(own, own.catalogue().there, "ann")
    app = run("main", own.workspace.folder)
    assert not app.exception
    named(app.button, "Bring back what was deleted last").click().run()
    assert not app.exception
    assert own.catalogue().count == len(own.catalogue())
