"""Words for what products differ in: every product has a score, wherever attributes are asked for; and the way back."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns
from looks_like.data.visual_attributes import TABLE, VisualAttribute, name_attribute
from looks_like.explorer import tags
from looks_like.explorer.core import Lab, MapContext, encode
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.maps.color_by import by_attribute
from looks_like.explorer.search import Condition, Filter, find, mask, rows_where, similar_to
from looks_like.explorer.selecting import Selection, SelectionStep, delete_products, export_products, orders, page
from looks_like.explorer.tags import Ends
from looks_like.explorer.training import delete_model, rename_model
from looks_like.model.errors import ModelError

WHO = "Ann"


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    return Lab(tmp_path / "own")


def scores(lab: Lab, name: str) -> np.ndarray:
    return np.array(lab.catalogue().rows[name].to_pylist(), float)


def test_a_dimension_gets_a_name_and_every_product_a_score(own: Lab) -> None:
    before = own.catalogue().attributes
    tags.name_dimension(own, "tiny", 2, Ends("sole height", "flat", "tall"), WHO)
    catalogue, space = own.catalogue(), own.space("tiny")
    assert catalogue.attributes == [*before, "sole height"]
    assert catalogue.imported_attributes == before
    stands_n = space.axes.values(space.z_nd)[:, 1]
    found_n = scores(own, "sole height")[space.rows_n]
    assert np.corrcoef(found_n, stands_n)[0, 1] > 0.999
    assert np.quantile(found_n, [0.05, 0.95]) == pytest.approx([0, 100], abs=0.2)
    each = tags.visual_attributes(own)["sole height"]
    assert (each.low, each.high, each.who, each.model) == ("flat", "tall", WHO, "tiny")
    moved = space.z_nd[:1] + np.array(each.moves, np.float32)
    more = (moved - space.z_nd[:1]) @ np.array(each.reads, np.float32)
    assert float(more[0]) == pytest.approx(1, rel=1e-3), "what a slider adds is a point"


def test_turned_it_runs_the_other_way(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("a"), WHO)
    tags.name_dimension(own, "tiny", 1, Ends("b"), WHO, turned=True)
    assert np.corrcoef(scores(own, "a"), scores(own, "b"))[0, 1] < -0.999


def test_it_colours_filters_and_is_asked_for_as_any_attribute(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("sole height", "flat", "tall"), WHO)
    found_n = scores(own, "sole height")
    colouring = by_attribute(own, "sole height")
    assert (colouring.low, colouring.high, len(np.unique(colouring.index_n)) > 20) == ("flat", "tall", True)
    asked = Filter((Condition("sole height", "between", (80.0, None)),))
    assert np.array_equal(mask(own, asked), found_n >= 80)
    assert set(rows_where(own, '"sole height" >= 80')) == set(np.flatnonzero(found_n >= 80))
    client = TestClient(Starlette(routes=routes(lambda: own)))
    told = client.get("/api/colours", params={"by": "sole height", "v": own.etag()})
    assert told.status_code == 200
    assert "immutable" in told.headers["cache-control"]
    tags.drop_attribute(own, "sole height", WHO)
    tags.name_dimension(own, "tiny", 3, Ends("sole height"), WHO)
    again = client.get("/api/colours", params={"by": "sole height", "v": own.etag()})
    assert again.content != told.content, "nothing that was kept of another direction is told"
    assert np.array_equal(mask(own, asked), scores(own, "sole height") >= 80)
    assert set(find(own, "sole height over 80").rows_m) == set(np.flatnonzero(scores(own, "sole height") >= 80))


def test_between_two_selections_it_ranks_the_others(own: Lab) -> None:
    """The shop's pictures grow from dark to light; five of each end tell it."""
    bright_n = own.pixels(32).mean((1, 2, 3))
    order = np.argsort(bright_n)
    entry = tags.name_between(own, order[:8], order[-8:], Ends("brightness", "dark", "light"), WHO, "tiny")
    assert "from 8 products to 8" in entry.given["brightness"].words
    rest = order[8:-8]
    assert np.corrcoef(scores(own, "brightness")[rest], bright_n[rest])[0, 1] > 0.6
    assert [each.drawn for each in tags.named_dimensions(own, "tiny")] == [True]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        ([0, 1, 2], [2, 3, 4], "1 products are at both ends"),
        ([0], [1, 2], "two products at least|needs 2 products at least"),
        ([], [1, 2], "needs 2 products at least"),
    ],
)
def test_ends_that_can_be_none_are_a_sentence(own: Lab, low: list[int], high: list[int], said: str) -> None:
    with pytest.raises((RequestError, ModelError), match=said):
        tags.name_between(own, np.array(low, int), np.array(high, int), Ends("x"), WHO)
    assert not tags.visual_attributes(own)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb\u202e", "Brand", "product_id", "_picture", "\u200b"])
def test_names_that_can_be_none_are_a_sentence(own: Lab, name: str) -> None:
    if name == "Brand" and "brand" not in own.catalogue().attributes:
        name = own.catalogue().attributes[0].upper()
    with pytest.raises(CatalogueError):
        tags.name_dimension(own, "tiny", 1, Ends(name), WHO)
    with pytest.raises(CatalogueError, match="two names"):
        tags.name_dimension(own, "tiny", 1, Ends("fine", "same", "SAME"), WHO)
    with pytest.raises(RequestError, match="has dimensions 1 to"):
        tags.name_dimension(own, "tiny", 99, Ends("fine"), WHO)
    assert not tags.visual_attributes(own)


def test_what_was_done_is_undone_and_what_was_changed_since_is_not(own: Lab) -> None:
    first = tags.name_dimension(own, "tiny", 1, Ends("one"), WHO)
    renamed = tags.rename_attribute(own, "one", Ends("two", "less", "more"), "Bob")
    assert list(tags.visual_attributes(own)) == ["two"]
    with pytest.raises(CatalogueError, match="changed since"):
        tags.undo_naming(own, first.number, WHO)
    tags.undo_naming(own, renamed.number, WHO)
    back = tags.visual_attributes(own)["one"]
    assert (back.low, back.high) == ("low", "high")
    with pytest.raises(CatalogueError, match="undone already"):
        tags.undo_naming(own, renamed.number, WHO)
    dropped = tags.drop_attribute(own, "one", WHO)
    assert not tags.visual_attributes(own)
    tags.undo_naming(own, None, WHO)
    assert list(tags.visual_attributes(own)) == ["one"]
    assert [each.who for each in tags.naming_log(own).entries] == [WHO, "Bob", WHO, WHO, WHO]
    assert dropped.said() == "take “one” away"
    tags.name_dimension(own, "tiny", 2, Ends("two"), WHO)
    with pytest.raises(CatalogueError, match="already: choose another name"):
        tags.rename_attribute(own, "two", Ends("one"), WHO)


def test_who_comes_later_has_a_score_and_nobody_elses_changes(own: Lab, write_table: Any, tmp_path: Path) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("sole height"), WHO)
    before, count = scores(own, "sole height"), len(own.catalogue())
    content = own.catalogue().pictures([3])[0]
    (tmp_path / "late.png").write_bytes(content)
    table = write_table(tmp_path / "late.csv", ["id", "image"], [["late", "late.png"]])
    for _ in own.import_products(str(table), Columns()):
        pass
    assert np.isnan(scores(own, "sole height")[count]), "no code yet"
    for _ in encode(own, "tiny"):
        pass
    after = scores(own, "sole height")
    assert np.array_equal(after[:count], before)
    assert after[count] == pytest.approx(before[3], abs=1)
    delete_products(own, np.array([5]), WHO)
    assert np.isnan(scores(own, "sole height")[5])


def test_it_follows_its_model_renamed_and_is_empty_without_it(own: Lab) -> None:
    entry = tags.name_dimension(own, "tiny", 1, Ends("one"), WHO)
    before = scores(own, "one")
    rename_model(own, "tiny", "little")
    assert np.array_equal(scores(own, "one"), before)
    tags.drop_attribute(own, "one", WHO)
    tags.undo_naming(own, None, WHO)
    assert tags.visual_attributes(own)["one"].model == "little"
    with pytest.raises(CatalogueError, match="changed since"):
        tags.undo_naming(own, entry.number, WHO)
    delete_model(own, "little", WHO)
    assert np.isnan(scores(own, "one")).all()


def test_a_column_that_comes_later_goes_before_one_of_its_name(own: Lab, write_table: Any, tmp_path: Path) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("shine"), WHO)
    (tmp_path / "late.png").write_bytes(own.catalogue().pictures([3])[0])
    table = write_table(tmp_path / "late.csv", ["id", "image", "shine"], [["late", "late.png", "7"]])
    for _ in own.import_products(str(table), Columns()):
        pass
    catalogue = own.catalogue()
    assert catalogue.rows["shine"].to_pylist()[-1] == 7
    assert "shine" in catalogue.imported_attributes


def test_two_at_once_lose_nothing(own: Lab) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda i: tags.name_dimension(own, "tiny", 1, Ends(f"word {i}"), WHO), range(8)))
    assert len(tags.visual_attributes(own)) == 8
    assert [each.number for each in tags.naming_log(own).entries] == list(range(1, 9))


def test_numbers_of_another_length_are_no_score(own: Lab) -> None:
    """As a workspace from a stranger may hold."""
    odd = VisualAttribute("odd", "low", "high", model="tiny", weights=own.weights("tiny"), reads=(1.0, float("nan")))
    name_attribute(own.workspace, odd, [], WHO)
    assert np.isnan(scores(own, "odd")).all()


def test_the_commands(own: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--workspace", str(own.workspace.folder)]
    ids = own.catalogue().product_ids
    ends = [" or ".join(f"product_id = '{each}'" for each in part) for part in (ids[:4], ids[-4:])]
    assert run(["attribute", "add", "first", "--dimension", "1", "--low", "dark", "--high", "light", *at]) == (0, "")
    assert run(["attribute", "add", "second", "--from", ends[0], "--to", ends[1], *at])[0] == 0
    capsys.readouterr()
    assert run(["attribute", "list", "--json", *at])[0] == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["name"], each["low"]) for each in told] == [("first", "dark"), ("second", "low")]
    assert run(["export", "products", "--out", str(tmp_path / "x.csv"), *at])[0] == 0
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert np.allclose([float(row["first:result"]) for row in rows], scores(own, "first"), atol=0.05)
    capsys.readouterr()
    assert run(["list", *at])[0] == 0
    assert "Visual attributes: first, second" in capsys.readouterr().out
    assert run(["attribute", "rename", "first", "third", *at])[0] == 0
    assert run(["attribute", "undo", *at])[0] == 0
    assert run(["attribute", "delete", "second", *at])[0] == 0
    capsys.readouterr()
    assert run(["attribute", "log", "--json", *at])[0] == 0
    assert [each["undoes"] for each in json.loads(capsys.readouterr().out)] == [None, 3, None, None, None]
    code, sentence = run(["attribute", "add", "x", *at])
    assert (code, "--dimension N, or --from" in sentence) == (2, True)
    assert run(["attribute", "delete", "none", *at])[0] == 2


def test_products_are_sorted_by_it_and_by_other_numbers(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("sole height", "flat", "tall"), WHO)
    known = orders(own)
    assert (known["down sole height"], known["up sole height"]) == (
        "Sole height: tall first",
        "Sole height: flat first",
    )
    everyone = Selection(MapContext("tiny", "pca", ""), (SelectionStep("=", "shown", None),))
    found_n = scores(own, "sole height")
    first = page(own, everyone, "down sole height", 0, 10).products
    assert [each.row for each in first] == np.argsort(-found_n, kind="stable")[:10].tolist()
    with pytest.raises(RequestError, match="unknown order 'down nothing'"):
        page(own, everyone, "down nothing", 0, 10)


def test_what_a_dimension_tells_is_said_in_words(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """By attributes that came with the products alone: one that was named follows from the codes themselves."""
    tags.name_dimension(own, "tiny", 1, Ends("itself"), WHO)
    space = own.space("tiny")
    told = tags.told_by_dimensions(own, "tiny")
    assert len(told) == len(space.axes)
    assert not any("itself" in each.words for each in told)
    along_n = space.axes.values(space.z_nd)[:, 0]
    catalogue = own.catalogue()
    half = np.where(along_n > np.median(along_n), "high top", "low top")
    by_row = np.full(len(catalogue), None, object)
    by_row[space.rows_n] = half
    bare = replace(catalogue, visual={}, rows=catalogue.rows.drop_columns(["itself"]))
    known = bare.with_columns({"collar": pa.array(by_row.tolist(), pa.string())}, {}, ("x",))
    other = Lab(own.workspace.folder)
    monkeypatch.setattr(other, "catalogue", lambda: known)
    first = tags.told_by_dimensions(other, "tiny")[0]
    assert first.words.startswith("mostly ")
    assert "collar" in first.words
    assert first.attributes[0][1] > 0.4


def test_a_slider_for_it_moves_its_score_on_any_model_that_draws(own: Lab) -> None:
    bright_n = own.pixels(32).mean((1, 2, 3))
    order = np.argsort(bright_n)
    tags.name_between(own, order[:10], order[-10:], Ends("brightness"), WHO, "tiny")
    tags.name_dimension(own, "tiny", 2, Ends("second"), WHO)
    brightness, second = tags.named_dimensions(own, "tiny")
    assert (brightness.name, second.name, brightness.dimension, second.dimension) == ("brightness", "second", 0, 2)
    space = own.space("tiny")
    for each in (brightness, second):
        assert float(np.dot(each.read_d, each.step_d)) == pytest.approx(1, rel=1e-4)
    start_d = space.mean_code
    moved_td = start_d + np.linspace(-60, 60, 5)[:, None] * np.array(brightness.step_d, np.float32)
    shown_t = space.decode(moved_td.astype(np.float32)).mean((1, 2, 3))
    assert (np.diff(shown_t) > 0).all(), "its picture grows lighter all the way"
    ends = TestClient(Starlette(routes=routes(lambda: own))).get("/api/ends?model=tiny")
    with Image.open(io.BytesIO(ends.content)) as sheet:
        assert sheet.size == (2 * space.size, (len(space.axes) + 2) * space.size)


def test_why_says_what_people_named(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("sole height", "flat", "tall"), WHO)
    found_n, asked = scores(own, "sole height"), 5
    for each in similar_to(own, "tiny", asked, 40):
        points = found_n[each.product.row] - found_n[asked]
        assert ("same sole height" in each.named) == (abs(points) <= 6), (points, each.named)
        assert ("more “tall”" in each.named) == (points >= 20)
        assert ("more “flat”" in each.named) == (points <= -20)
        assert not any("sole height" in line for line in each.why() if line != each.named)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([2**62 + i for i in range(80)], pa.int64()),
        pa.array([(-1.0) ** i * 1.7e308 for i in range(80)], pa.float64()),
        pa.array([float("inf"), float("nan"), None, 1.0] * 20, pa.float64()),
        pa.array([None] * 80, pa.float64()),
        pa.array([None] * 80, pa.null()),
        pa.array([i % 2 == 0 for i in range(80)], pa.bool_()),
        pa.array(list(range(80)), pa.time32("s")),
        pa.array(list(range(80)), pa.date32()),
        pa.array([2**62 + i for i in range(80)], pa.timestamp("ns", "UTC")),
        pa.array([["a"], []] * 40, pa.list_(pa.string())),
        pa.array([f"name {i}" for i in range(80)], pa.string()),
        pa.array(["same"] * 80, pa.string()),
    ],
    ids=lambda values: str(values.type),
)
def test_columns_of_any_kind_are_told_or_left_out(own: Lab, monkeypatch: pytest.MonkeyPatch, values: pa.Array) -> None:
    catalogue = own.catalogue()
    assert len(catalogue) >= 80
    odd = pa.concat_arrays([values, pa.nulls(len(catalogue) - 80, values.type)])
    monkeypatch.setattr(own, "catalogue", lambda: catalogue.with_columns({"odd": odd}, {}, ("x", str(values.type))))
    assert all(0 <= share <= 1 for told in tags.told_by_dimensions(own, "tiny") for _, share in told.attributes)


def test_what_is_exported_and_imported_again_stays_alive(own: Lab, tmp_path: Path) -> None:
    """A score in a table is of that moment: as a column it would hide the living one."""
    tags.name_dimension(own, "tiny", 1, Ends("sole height"), WHO)
    before = scores(own, "sole height")
    for kind in ("csv", "parquet", "jsonl"):
        content = export_products(own, None, kind)
        (tmp_path / f"again.{kind}").write_bytes(content)
    with (tmp_path / "again.csv").open(encoding="utf-8-sig", newline="") as file:
        assert "sole height:result" in next(csv.reader(file))
    for kind in ("csv", "parquet", "jsonl"):
        listing = own.offered(str(tmp_path / f"again.{kind}"), Columns())
        names = listing.attributes.column_names
        listing.close()
        assert [name for name in names if "sole" in name] == []
    assert np.array_equal(scores(own, "sole height"), before)


def test_names_that_differ_in_case_alone_are_one(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("Shine"), WHO)
    with pytest.raises(CatalogueError, match="“Shine” already"):
        tags.name_dimension(own, "tiny", 2, Ends("shine"), WHO)
    tags.name_dimension(own, "tiny", 2, Ends("Shine"), WHO)
    tags.rename_attribute(own, "Shine", Ends("shine"), WHO)
    assert list(tags.visual_attributes(own)) == ["shine"]


def test_one_without_scores_is_said_and_can_be_taken_away(own: Lab, open_page: Any) -> None:
    odd = VisualAttribute("odd", "low", "high", model="gone", weights="x", reads=(1.0,))
    name_attribute(own.workspace, odd, [], WHO)
    assert tags.scored(own) == {"odd": 0}
    page = open_page("dimensions", own.workspace.folder)
    assert not page.exception
    assert any("“odd”: no product has a score of it" in caption.value for caption in page.caption)
    next(button for button in page.button if button.label == "Take away").click().run()
    assert not page.exception
    assert not tags.visual_attributes(own)


def test_a_slider_says_the_score_of_the_product_that_it_starts_from(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("own"), WHO)
    order = np.argsort(own.pixels(32).mean((1, 2, 3)))
    tags.name_between(own, order[:10], order[-10:], Ends("brightness"), WHO, "tiny")
    space, found = own.space("tiny"), {each.name: each for each in tags.named_dimensions(own, "tiny")}
    for name, most in (("own", 0.1), ("brightness", 40)):
        each, score_n = found[name], scores(own, name)[space.rows_n]
        read_n = each.at_mean + (space.z_nd - space.axes.mean_d) @ np.array(each.read_d)
        assert np.abs(read_n - score_n).mean() < most
        assert abs((read_n - score_n).mean()) < 0.1, "neither more nor less in the mean"


def test_a_kill_while_a_model_is_renamed_leaves_every_score(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from looks_like.explorer.training import models

    tags.name_dimension(own, "tiny", 1, Ends("one"), WHO)
    before = scores(own, "one")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("follow_renamed_model", "_remove_folder"):
        with monkeypatch.context() as patched:
            patched.setattr(models, step, killed)
            with pytest.raises(KeyboardInterrupt):
                rename_model(own, "tiny", f"little-{len(step)}")
        assert np.array_equal(scores(Lab(own.workspace.folder), "one"), before), step


def test_a_table_that_a_stranger_wrote_ends_no_page(own: Lab) -> None:
    tags.name_dimension(own, "tiny", 1, Ends("one"), WHO)
    table = own.workspace.table(TABLE)
    assert table is not None
    nothing = pa.Table.from_pylist([{"entry": 2, "undoes": 0, "name": "bare", "gone": False}], schema=table.schema)
    table.add(nothing)
    assert np.isnan(scores(own, "bare")).all()
    assert len(tags.visual_attributes(own)) == 2
    assert run(["attribute", "list", "--workspace", str(own.workspace.folder)])[0] == 0
    assert run(["attribute", "log", "--workspace", str(own.workspace.folder)])[0] == 0


def test_tables_of_other_programs_are_read_or_named_in_a_sentence(own: Lab) -> None:
    """One with more columns and fewer; and one that is something else, which a backup or a move mends."""
    tags.name_dimension(own, "tiny", 1, Ends("one"), WHO)
    table = own.workspace.table(TABLE)
    assert table is not None
    other = table.to_arrow().drop_columns(["moves", "who"]).append_column("later", pa.array(["x"]))
    own.workspace.tables.create_table(TABLE, other, mode="overwrite")
    assert list(tags.visual_attributes(Lab(own.workspace.folder))) == ["one"]
    assert np.isfinite(scores(Lab(own.workspace.folder), "one")).all()
    own.workspace.tables.create_table(TABLE, pa.table({"entry": ["no number"]}), mode="overwrite")
    with pytest.raises(CatalogueError, match="holds no visual attributes"):
        Lab(own.workspace.folder).catalogue()


def test_dimensions_begin_with_a_product_that_is_neither_the_mean_nor_odd(own: Lab) -> None:
    space = own.space("tiny")
    away_n = np.linalg.norm(space.z_nd - space.mean_code, axis=1)
    row = space.example_row
    low, high = np.quantile(away_n, [0.3, 0.7])
    assert low <= away_n[space.positions(np.array([row]))[0]] <= high
    delete_products(own, own.catalogue().there[1:], WHO)
    assert own.space("tiny").example_row == own.catalogue().there[0]
