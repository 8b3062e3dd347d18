"""An update: what is new comes onto everything, what was there stays, a second one changes nothing, models get old."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.generated import MODEL, made_up
from looks_like.data import pixels
from looks_like.data.deletions import undo_deletion
from looks_like.data.sources import Columns
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import encoding
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.jobs.queue import Jobs
from looks_like.explorer.maps.growing import update_log
from looks_like.explorer.maps.growing.novelty import novelty
from looks_like.explorer.maps.growing.update import UpdateRequest, update
from looks_like.explorer.maps.growing.update_log import UpdateReport, updates
from looks_like.explorer.search import read_colours
from looks_like.explorer.selecting import deletion_log


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    shutil.copytree(lab.workspace.folder, tmp_path / "workspace")
    return Lab(tmp_path / "workspace")


def updated(lab: Lab, *sources: Path, **more: Any) -> UpdateReport:
    request = UpdateRequest(tuple(map(str, sources)), Columns(name="title"), who="Ada", **more)
    report = list(update(lab, request))[-1].report
    assert report is not None
    return report


def stamps(lab: Lab) -> dict[str, tuple[int, int]]:
    return {name: lab.workspace.stamp(name) for name in lab.workspace.table_names()}


def test_what_is_new_is_encoded_and_placed_and_a_second_update_changes_nothing(
    own: Lab, open_shop: Callable[..., Any]
) -> None:
    shop, before = open_shop(own.workspace.folder / "more", 90), own.map_view("tiny", "pca").xy_n2
    report = updated(own, shop.table)
    assert (report.added, report.updated, report.deleted, report.unchanged) == (10, 0, 0, 80)
    assert report.version == own.version()
    assert any(sentence.startswith("Model tiny: 10 encoded, 10 placed") for sentence in report.said)
    after = own.map_view("tiny", "pca")
    assert after.missing == 0
    np.testing.assert_array_equal(after.xy_n2[:80], before)
    assert updates(own) == [report]
    then = stamps(own)
    again = updated(Lab(own.workspace.folder), shop.table)
    assert (again.added, again.updated, again.unchanged, again.changed) == (0, 0, 90, False)
    assert stamps(own) == then
    assert updates(own) == [report]


def test_a_replaced_picture_moves_alone_and_an_absent_product_goes_where_that_is_asked_for(
    own: Lab, open_shop: Callable[..., Any], draw_product: Callable[..., Image.Image]
) -> None:
    before = own.map_view("tiny", "pca").xy_n2
    shop = open_shop(own.workspace.folder / "fewer", 76)
    draw_product(43).rotate(90).save(shop.folder / "images" / "0003.png")
    kept = updated(own, shop.table)
    assert (kept.updated, kept.deleted, own.catalogue().count) == (1, 0, 80)
    moved_n = (own.map_view("tiny", "pca").xy_n2 != before).any(1)
    assert np.flatnonzero(moved_n).tolist() == [3]
    gone = updated(own, shop.table, delete_absent=True)
    assert (gone.deleted, own.catalogue().count) == (4, 76)
    assert "4 products that no source lists were deleted" in " ".join(gone.said)
    undo_deletion(own.workspace, deletion_log(own).standing[-1], "Ada")
    assert own.catalogue().count == 80


def test_a_source_that_lacks_most_products_deletes_none(own: Lab, open_shop: Callable[..., Any]) -> None:
    shop = open_shop(own.workspace.folder / "few", 20)
    with pytest.raises(RequestError, match="60 of 80 products stand in none of these sources, more than 20%"):
        updated(own, shop.table, delete_absent=True)
    assert own.catalogue().count == 80
    assert updated(own, shop.table, delete_absent=True, absent_max=1.0).deleted == 60


def test_products_unlike_all_others_make_a_model_stale_and_usual_ones_do_not(
    own: Lab, open_shop: Callable[..., Any]
) -> None:
    usual = updated(own, open_shop(own.workspace.folder / "more", 100).table)
    assert usual.stale == ()
    shop, rng = open_shop(own.workspace.folder / "strange", 130), np.random.default_rng(0)
    for number in range(100, 130):
        Image.fromarray(rng.integers(0, 256, (96, 96, 3), np.uint8)).save(shop.folder / "images" / f"{number:04d}.png")
    strange = updated(own, shop.table)
    assert strange.stale == ("tiny",)
    assert len(strange.unlike["tiny"]) >= 10
    assert "of 30 new products look unlike anything model tiny has seen" in " ".join(strange.said)
    assert "train it again" in " ".join(strange.said)


@pytest.mark.parametrize("stop", ["Importing", "tiny:", "Comparing"])
def test_what_came_with_an_update_that_was_stopped_is_judged_by_the_next(
    own: Lab, open_shop: Callable[..., Any], stop: str
) -> None:
    shop, rng = open_shop(own.workspace.folder / "strange", 110), np.random.default_rng(0)
    for number in range(80, 110):
        Image.fromarray(rng.integers(0, 256, (96, 96, 3), np.uint8)).save(shop.folder / "images" / f"{number:04d}.png")
    request = UpdateRequest((str(shop.table),), Columns(name="title"), who="Ada")
    stopped = update(own, request)
    while not next(stopped).stage.startswith(stop):
        pass
    stopped.close()
    assert updates(own) == []
    again = updated(Lab(own.workspace.folder), shop.table)
    assert again.stale == ("tiny",)
    assert len(again.unlike["tiny"]) >= 10
    assert updates(own) == [again]
    assert updated(Lab(own.workspace.folder), shop.table).stale == ()
    assert updates(own) == [again]


def test_too_few_new_products_say_nothing(own: Lab) -> None:
    assert novelty(own, "tiny", np.arange(3)) is None
    assert novelty(own, "tiny", np.arange(75)) is None  # nobody left to compare with


def test_new_products_like_tagged_ones_are_proposed_and_not_tagged(own: Lab, open_shop: Callable[..., Any]) -> None:
    rows = [row for row in range(80) if row % 5 in (2, 3)]  # green and blue
    tagging.add(own, "cold", rows, "Ada")
    report = updated(own, open_shop(own.workspace.folder / "more", 110).table)
    proposed = report.proposed["cold"]
    assert len(proposed) >= 3
    assert sum(int(key) % 5 in (2, 3) for key in proposed) >= 0.8 * len(proposed)
    assert not own.tag_state().tags_of(own.catalogue().row(proposed[0]))


def test_reports_of_strangers_are_none(own: Lab) -> None:
    good = UpdateReport("2026-01-01T00:00:00Z", "Ada", ("x",), ("said",), added=1, unlike={"m": ["a"]})
    update_log.keep_report(own, good)
    folder = own.workspace.folder / update_log.FOLDER
    [file] = folder.glob("*.json")
    assert updates(own) == [good]
    said = json.loads(file.read_text("utf-8"))
    for key, value in [("at", 7), ("added", "1"), ("added", True), ("said", "words"), ("unlike", {"m": [7]}), ("x", 1)]:
        file.write_text(json.dumps(said | {key: value}), "utf-8")
        assert updates(own) == []
    file.write_text("[" * 100_000, "utf-8")
    assert updates(own) == []
    outside = own.workspace.folder.parent / "outside.json"
    outside.write_text(json.dumps(said), "utf-8")
    file.unlink()
    file.symlink_to(outside)
    assert updates(own) == []


def test_a_link_in_place_of_the_folder_of_reports_is_neither_written_to_nor_swept(own: Lab, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for number in range(update_log._KEPT + 5):
        (outside / f"{number:020d}.json").write_text("{}", "utf-8")
    (own.workspace.folder / update_log.FOLDER).symlink_to(outside)
    update_log.keep_report(own, UpdateReport("2026-01-01T00:00:00Z", "Ada", (), ()))
    assert len(list(outside.iterdir())) == update_log._KEPT + 5
    assert updates(own) == []


def test_files_that_are_no_reports_are_left_where_they_are(own: Lab) -> None:
    folder = own.workspace.folder / update_log.FOLDER
    folder.mkdir()
    (folder / "notes.json").write_text("{}", "utf-8")
    for _ in range(update_log._KEPT + 2):
        update_log.keep_report(own, UpdateReport("2026-01-01T00:00:00Z", "Ada", (), ()))
    assert (folder / "notes.json").exists()
    assert len(updates(own)) == update_log._KEPT


def test_the_command_says_what_changed(
    own: Lab, open_shop: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    shop, words = open_shop(own.workspace.folder / "more", 85), ["--workspace", str(own.workspace.folder)]
    assert run(["update", str(shop.table), "--name", "title", "--json", *words]) == (0, "")
    said = json.loads(capsys.readouterr().out)
    assert (said["added"], said["version"]) == (5, own.version())
    assert run(["update", *words]) == (0, "")
    assert "Nothing has changed." in capsys.readouterr().out
    assert run(["update", "--delete-absent", *words])[0] == 2
    assert run(["update", str(shop.table), "--every", "soon", *words])[1].startswith("--every soon: write a number")


def test_the_page_says_what_updates_did_and_starts_the_next(
    own: Lab, open_shop: Callable[..., Any], open_page: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = open_shop(own.workspace.folder / "more", 85)
    updated(own, shop.table)
    monkeypatch.setattr(Jobs, "_spawn", lambda self, job: None)
    page = open_page("catalogue", own.workspace.folder)
    assert any("Ada: 5 added" in each.value for each in page.markdown)
    assert any("5 added, 0 updated, 80 unchanged" in each.value for each in page.caption)
    [again] = [button for button in page.button if button.label.startswith("Update again from")]
    again.click().run()
    assert [job.words for job in Jobs(own.workspace.folder).all()] == [
        ("update", str(shop.table), "--who", tagging.default_who())
    ]


@pytest.mark.slow
def test_a_hundred_among_thirty_thousand_cost_what_a_hundred_cost(
    lab: Lab, tmp_path: Path, open_shop: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: `python -m benchmarks update` says the seconds."""
    large = Lab(tmp_path / "large")
    made_up(large, 30_000, lab.folder("tiny"))
    before = large.map_view(MODEL, "umap").xy_n2
    assert large.copies().none  # what every later update builds on
    for _ in read_colours(large):
        pass
    looked = list[int]()
    encode_pictures, decode = encoding.encode_finely, pixels.pixels_of
    monkeypatch.setattr(encoding, "encode_finely", lambda net, x: looked.append(len(x)) or encode_pictures(net, x))
    opened = list[int]()
    monkeypatch.setattr(
        pixels, "pixels_of", lambda content, edge_px: opened.append(edge_px) or decode(content, edge_px)
    )
    shop = open_shop(tmp_path / "hundred", 100)
    report = updated(large, shop.table)
    assert (report.added, large.catalogue().count) == (100, 30_100)
    assert sum(looked) == 100
    assert (
        len(opened) < 1_500
    )  # 100 for the model, for copies and for colours, and 400 old ones that they are held beside
    after = large.map_view(MODEL, "umap")
    assert after.missing == 0
    np.testing.assert_array_equal(after.xy_n2[:30_000], before)
    then, files = stamps(large), len(list(large.workspace.folder.rglob("*")))
    again = updated(Lab(large.workspace.folder), shop.table)
    assert (again.changed, again.unchanged, sum(looked)) == (False, 100, 100)
    assert (stamps(large), len(list(large.workspace.folder.rglob("*")))) == (then, files)
