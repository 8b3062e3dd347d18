"""Tagging over a Lab: what is given, taken, undone and suggested, and how much of the catalogue it covers."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from looks_like.data.errors import CatalogueError
from looks_like.explorer import tags as tagging
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.requests import MapContext
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.filter import Filter
from looks_like.explorer.selecting.selection import Selection
from looks_like.explorer.selecting.selection import rows as selected_rows
from looks_like.explorer.selecting.steps import SelectionStep
from looks_like.explorer.tags.carried import TagCount, tags_of


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop's Lab of 80 products, to tag."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def rows(mask_n: np.ndarray) -> list[int]:
    return np.flatnonzero(mask_n).tolist()


def test_giving_and_taking_say_how_many_changed(own: Lab) -> None:
    done = tagging.add(own, "Summer", [3, 1, 3, 2], "ann", "lasso")
    assert (done.kind, done.tag, done.changed, done.already) == ("add", "Summer", 3, 0)
    assert done.words() == "3 products tagged Summer"
    done = tagging.add(own, "summer", np.array([3, 4]), "bob")
    assert (done.tag, done.changed, done.already) == ("Summer", 1, 1)
    assert done.words() == "1 product tagged Summer, 1 was so already"
    done = tagging.remove(own, "SUMMER", [1, 9], "ann")
    assert (done.changed, done.already) == (1, 1)
    assert rows(tagging.mask(own, "summer")) == [2, 3, 4]
    assert tagging.tags(own) == [TagCount("Summer", 3, 3 / 80)]
    assert tags_of(own, 3) == ["Summer"]
    assert tags_of(own, 1) == []


def test_what_changes_nothing_is_not_logged(own: Lab) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    before = tagging.stamp(own)
    for done in (tagging.add(own, "X", [2], "bob"), tagging.remove(own, "x", [7], "bob")):
        assert (done.changed, done.already, done.action_id) == (0, 1, "")
    assert tagging.stamp(own) == before
    assert len(tagging.history(own)) == 1


def test_what_two_people_tagged_stays_when_one_of_them_undoes(own: Lab) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    tagging.add(own, "x", [2, 3], "bob")
    done = tagging.undo(own, "ann")
    assert (done.kind, done.tag, done.changed) == ("undo", "x", 1)
    assert rows(tagging.mask(own, "x")) == [2, 3]
    assert tagging.redo(own, "ann").changed == 1
    assert rows(tagging.mask(own, "x")) == [1, 2, 3]


def test_a_tag_is_renamed_for_all_that_carry_it_and_links_go_on_meaning_it(own: Lab) -> None:
    tagging.add(own, "sumer", [1, 2, 3], "ann")
    done = tagging.rename(own, "SUMER", " Summer  26 ", "bob")
    assert (done.kind, done.tag, done.of, done.changed, done.already) == ("rename", "Summer 26", "sumer", 3, 0)
    assert done.words() == "3 products tagged Summer 26 instead of sumer"
    assert tagging.tags(own) == [TagCount("Summer 26", 3, 3 / 80)]
    assert rows(tagging.mask(own, "sumer")) == [1, 2, 3]
    of_old = Selection(
        MapContext("tiny", "pca"), (SelectionStep("=", "tag", "sumer"),), Filter.from_text('[["","tagged",["sumer"]]]')
    )
    assert (selected_rows(own, of_old).tolist(), of_old.steps[0].words(own, of_old.context)) == (
        [1, 2, 3],
        "tagged Summer 26",
    )
    newest = tagging.history(own, 1)[0].action
    assert tagging.said(newest) == "rename “sumer” to “Summer 26”: 3 products"
    assert (newest.who, newest.changed) == ("bob", 3)
    assert tagging.undo(own, "bob").changed == 3
    assert [each.tag for each in tagging.tags(own)] == ["sumer"]
    assert tagging.said(tagging.history(own, 1)[0].action) == "undo “Summer 26”: 3 products (rename by bob: from sumer)"
    tagging.redo(own, "bob")
    assert [each.tag for each in tagging.tags(own)] == ["Summer 26"]
    tagging.add(own, "sumer", [9], "ann")  # the word is free for others
    assert rows(tagging.mask(own, "sumer")) == [9]


def test_renaming_to_a_tag_that_is_there_joins_them(own: Lab) -> None:
    tagging.add(own, "sumer", [1, 2, 3], "ann")
    tagging.add(own, "Summer", [3, 4], "ann")
    done = tagging.rename(own, "sumer", "SUMMER", "bob")
    assert (done.tag, done.changed, done.already) == ("Summer", 3, 1)
    assert done.words() == "3 products tagged Summer instead of sumer, 1 had both"
    assert rows(tagging.mask(own, "summer")) == [1, 2, 3, 4]
    assert tagging.undo(own, "bob").changed == 3
    assert [rows(tagging.mask(own, tag)) for tag in ("sumer", "summer")] == [[1, 2, 3], [3, 4]]


def test_a_tag_is_spelled_anew_by_renaming_it(own: Lab) -> None:
    tagging.add(own, "summer", [1, 2], "ann")
    assert tagging.rename(own, "summer", "SUMMER", "ann").already == 0
    assert tagging.tags(own) == [TagCount("SUMMER", 2, 2 / 80)]


def test_what_can_not_be_renamed_or_deleted_is_a_sentence(own: Lab) -> None:
    tagging.add(own, "x", [1], "ann")
    tagging.add(own, "gone", [1], "ann")
    assert tagging.delete(own, "gone", "ann").words() == "1 product no longer tagged gone"
    before = tagging.stamp(own)
    for old, new, message in (
        ("never", "y", "nothing was ever tagged 'never'"),
        ("gone", "y", "no product is tagged 'gone' now"),
        ("x", "x", "called 'x' already"),
        ("x", "a|b", "can't be a tag"),
        ("x", " ", "can't be a tag"),
    ):
        with pytest.raises((RequestError, CatalogueError), match=message):
            tagging.rename(own, old, new, "ann")
    with pytest.raises(RequestError, match="no product is tagged 'gone' now"):
        tagging.delete(own, "gone", "ann")
    assert tagging.stamp(own) == before


def test_a_deleted_tag_comes_back_whole(own: Lab) -> None:
    tagging.add(own, "x", [1, 2], "ann")
    tagging.add(own, "x", [5], "bob")
    assert tagging.delete(own, "X", "bob").changed == 3
    assert tagging.tags(own) == []
    assert tagging.undo(own, "bob").changed == 3
    assert rows(tagging.mask(own, "x")) == [1, 2, 5]


def test_undo_and_redo_say_when_there_is_nothing_left(own: Lab) -> None:
    with pytest.raises(RequestError, match="there is nothing of ann to undo"):
        tagging.undo(own, "ann")
    with pytest.raises(RequestError, match="nothing that ann undid"):
        tagging.redo(own, "ann")
    first = tagging.add(own, "x", [1], "ann")
    undone = tagging.undo(own, "bob", first.action_id)
    with pytest.raises(RequestError, match="add 'x' by ann is undone already"):
        tagging.undo(own, "ann", first.action_id)
    for action_id in ("gone", undone.action_id):
        with pytest.raises(RequestError, match="there is no action"):
            tagging.undo(own, "ann", action_id)
    tagging.redo(own, "ann", first.action_id)
    with pytest.raises(RequestError, match="is not undone"):
        tagging.redo(own, "ann", first.action_id)


def test_a_mask_of_any_tag_and_of_one_that_never_was(own: Lab) -> None:
    assert rows(tagging.mask(own, "")) == []
    with pytest.raises(RequestError, match="nothing was ever tagged 'x'; there are: no tags yet"):
        tagging.mask(own, "x")
    tagging.add(own, "y", [1], "ann")
    tagging.add(own, "z", [5], "ann")
    assert rows(tagging.mask(own, "")) == [1, 5]
    with pytest.raises(RequestError, match="there are: y, z"):
        tagging.remove(own, "x", [1], "ann")
    tagging.undo(own, "ann")
    assert rows(tagging.mask(own, "z")) == []


def test_no_products_and_rows_that_are_not_here_are_refused(own: Lab) -> None:
    with pytest.raises(RequestError, match="no products are selected"):
        tagging.add(own, "x", [], "ann")
    for row in (-1, 80):
        with pytest.raises(RequestError, match=f"there is no row {row} in this catalogue of 80"):
            tagging.add(own, "x", [1, row], "ann")
    with pytest.raises(CatalogueError, match="can't be a tag"):
        tagging.add(own, "\x1b[31m", [1], "ann")
    with pytest.raises(CatalogueError, match="can't be a person"):
        tagging.add(own, "x", [1], "a\x00")
    assert tagging.stamp(own) == (0, 0)


def test_the_history_is_newest_first_and_says_what_is_undone(own: Lab) -> None:
    for i in range(5):
        tagging.add(own, "x", [i], "ann", f"words {i}")
    tagging.undo(own, "ann")
    seen = [(e.action.kind, e.action.words, e.action.changed, e.undone) for e in tagging.history(own, 3)]
    assert seen == [
        ("undo", "add by ann: words 4", 1, False),
        ("add", "words 4", 1, True),
        ("add", "words 3", 1, False),
    ]
    assert [e.action.words for e in tagging.history(own, 2, 4)] == ["words 1", "words 0"]
    assert tagging.history(own, 5, 100) == []


def test_coverage_of_all_and_of_some(own: Lab) -> None:
    assert tagging.coverage(own).share == 0
    tagging.add(own, "a", range(8), "ann")
    tagging.add(own, "b", range(6, 20), "ann")
    every = tagging.coverage(own)
    assert (every.products, every.tagged, every.share) == (80, 20, 0.25)
    assert every.tags == [TagCount("b", 14, 14 / 80), TagCount("a", 8, 0.1)]
    some = tagging.coverage(own, np.array([0, 1, 7, 50]))
    assert (some.products, some.tagged) == (4, 3)
    assert some.tags == [TagCount("a", 3, 0.75), TagCount("b", 1, 0.25)]
    assert tagging.coverage(own, np.empty(0, np.int64)).tags == []


def test_another_lab_sees_what_was_tagged(own: Lab) -> None:
    other = Lab(own.workspace.folder)
    assert tagging.tags(other) == []
    tagging.add(own, "x", [1], "ann")
    assert rows(tagging.mask(other, "x")) == [1]
    tagging.undo(other, "ann")
    assert rows(tagging.mask(own, "x")) == []
