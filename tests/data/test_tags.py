"""The log of tags and its replay: what holds after undo, by whom, under kills, with strangers' words."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from looks_like.data.catalogue import Catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.rowsets import RowSet
from looks_like.data.tags.log import _COLUMNS, TAGS, NewAction, append, checked_who, read_log, tag_key, tag_name
from looks_like.data.tags.state import TagState, read_tags
from looks_like.data.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def catalogue_of(count: int, version: int = 1) -> Catalogue:
    ids = pa.table({"product_id": [f"p{i}" for i in range(count)]})
    return Catalogue(version, ids, None, np.arange(count))  # type: ignore[arg-type]


SHOP = catalogue_of(40)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def say(workspace: Workspace, who: str, kind: str, tag: str, numbers: list[int] | range, of: str = "") -> str:
    return append(workspace, [NewAction(who, kind, tag, [f"p{i}" for i in numbers], "by hand", of)])[0]


def turn(workspace: Workspace, who: str, kind: str, action_id: str) -> str:
    return say(workspace, who, kind, "x", [], action_id)


def carriers(state: TagState, tag: str) -> list[int]:
    return np.flatnonzero(state.mask(tag)).tolist()


# -- replays by hand -------------------------------------------------------------------------------------------------


def test_nothing_is_tagged_at_first(workspace: Workspace) -> None:
    state = read_tags(workspace, SHOP)
    assert (state.carried, state.actions, state.tags_of(3), carriers(state, "x")) == ([], [], [], [])
    assert not workspace.folder.exists()


def test_tags_are_given_and_taken(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "summer", range(5))
    say(workspace, "ann", "add", "boots", [4, 5])
    say(workspace, "ann", "remove", "summer", [0, 9])
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("boots", 2), ("summer", 4)]
    assert carriers(state, "summer") == [1, 2, 3, 4]
    assert state.tags_of(4) == ["boots", "summer"]
    assert np.flatnonzero(state.any_tag).tolist() == [1, 2, 3, 4, 5]


def test_undoing_an_older_action_leaves_what_a_newer_one_did(workspace: Workspace) -> None:
    first = say(workspace, "ann", "add", "x", [1, 2, 3])
    say(workspace, "bob", "add", "x", [3, 4])
    turn(workspace, "ann", "undo", first)
    assert carriers(read_tags(workspace, SHOP), "x") == [3, 4]


def test_undoing_a_removal_below_a_newer_removal_brings_back_only_the_rest(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "x", [1, 2, 3])
    taken = say(workspace, "ann", "remove", "x", [1, 2])
    say(workspace, "bob", "remove", "x", [2])
    turn(workspace, "ann", "undo", taken)
    assert carriers(read_tags(workspace, SHOP), "x") == [1, 3]


def test_a_redone_action_stands_where_it_stood(workspace: Workspace) -> None:
    given_ = say(workspace, "ann", "add", "x", [1, 2])
    turn(workspace, "ann", "undo", given_)
    say(workspace, "bob", "remove", "x", [2])
    turn(workspace, "ann", "redo", given_)
    assert carriers(read_tags(workspace, SHOP), "x") == [1]


def test_undo_goes_back_one_by_one_and_redo_forth(workspace: Workspace) -> None:
    ids = [say(workspace, "ann", "add", "x", [i]) for i in range(3)]
    for expected in (2, 1):
        newest = read_tags(workspace, SHOP).undoable("ann")
        assert newest is not None
        assert newest.action_id == ids[expected]
        turn(workspace, "ann", "undo", newest.action_id)
    for expected in (1, 2):
        next_ = read_tags(workspace, SHOP).redoable("ann")
        assert next_ is not None
        assert next_.action_id == ids[expected]
        turn(workspace, "ann", "redo", next_.action_id)
    state = read_tags(workspace, SHOP)
    assert state.redoable("ann") is None
    assert carriers(state, "x") == [0, 1, 2]


def test_a_new_action_ends_what_could_be_redone(workspace: Workspace) -> None:
    turn(workspace, "ann", "undo", say(workspace, "ann", "add", "x", [1]))
    assert read_tags(workspace, SHOP).redoable("ann") is not None
    say(workspace, "ann", "add", "y", [2])
    assert read_tags(workspace, SHOP).redoable("ann") is None


def test_two_people_undo_their_own(workspace: Workspace) -> None:
    hers, his = say(workspace, "ann", "add", "x", [1]), say(workspace, "bob", "add", "x", [2])
    state = read_tags(workspace, SHOP)
    assert [state.undoable(who).action_id for who in ("ann", "bob")] == [hers, his]  # type: ignore[union-attr]
    assert state.undoable("eve") is None
    turn(workspace, "ann", "undo", hers)
    say(workspace, "bob", "add", "y", [3])
    state = read_tags(workspace, SHOP)
    assert state.redoable("bob") is None
    assert state.redoable("ann").action_id == hers  # type: ignore[union-attr]


def test_undoing_what_is_undone_and_what_never_was_changes_nothing(workspace: Workspace) -> None:
    first = say(workspace, "ann", "add", "x", [1])
    undone = turn(workspace, "ann", "undo", first)
    for who, kind, of in (
        ("bob", "undo", first),
        ("ann", "undo", undone),
        ("ann", "redo", "no such"),
        ("b", "redo", ""),
    ):
        turn(workspace, who, kind, of)
        assert carriers(read_tags(workspace, SHOP), "x") == []
    assert read_tags(workspace, SHOP).redoable("bob") is None


def test_how_many_would_change_is_known_before_an_undo(workspace: Workspace) -> None:
    first = say(workspace, "ann", "add", "x", [1, 2, 3])
    say(workspace, "bob", "add", "x", [3])
    state = read_tags(workspace, SHOP)
    assert state.products_changed_by_undo(state.actions[0]) == 2
    turn(workspace, "ann", "undo", first)
    state = read_tags(workspace, SHOP)
    assert state.products_changed_by_undo(state.actions[0]) == 2
    assert state.products_changed_by_undo(state.actions[1]) == 1


def test_a_rejection_holds_until_the_tag_is_given(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "x", [1])
    rejected = say(workspace, "ann", "reject", "x", [2, 3])
    say(workspace, "ann", "add", "x", [3])
    state = read_tags(workspace, SHOP)
    assert np.flatnonzero(state.tags["x"].rejected.mask()).tolist() == [2]
    turn(workspace, "ann", "undo", rejected)
    assert not read_tags(workspace, SHOP).tags["x"].rejected.count


def test_the_first_spelling_that_holds_names_the_tag(workspace: Workspace) -> None:
    wrong = say(workspace, "ann", "add", "SUmmer", [1])
    say(workspace, "bob", "add", "Summer", [2])
    say(workspace, "bob", "add", " summer ", [3])
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("SUmmer", 3)]
    turn(workspace, "ann", "undo", wrong)
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("Summer", 2)]
    assert carriers(state, "SUMMER") == [2, 3]


def test_products_that_are_not_here_count_nowhere_until_they_come(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "x", [1, 50, 1])
    state = read_tags(workspace, SHOP)
    assert state.tags["x"].carried.count == 1
    assert state.actions[0].products == 3
    later = read_tags(workspace, catalogue_of(60, version=2), state)
    assert carriers(later, "x") == [1, 50]


def test_many_ids_are_found_as_few_are(workspace: Workspace) -> None:
    shop, numbers = catalogue_of(9_000), range(4_000, 12_000)
    say(workspace, "ann", "add", "x", numbers)
    assert carriers(read_tags(workspace, shop), "x") == list(range(4_000, 9_000))


def test_who_said_last_what_holds(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "x", [1, 2])
    taken = say(workspace, "bob", "remove", "x", [2])
    assert read_tags(workspace, SHOP).last_action_of("x")[:4].tolist() == [-1, 0, 1, -1]
    turn(workspace, "bob", "undo", taken)
    assert read_tags(workspace, SHOP).last_action_of("x")[:4].tolist() == [-1, 0, 0, -1]


# -- renaming --------------------------------------------------------------------------------------------------------


def rename(workspace: Workspace, who: str, old: str, new: str) -> str:
    return append(workspace, [NewAction(who, "rename", new, pa.array([], pa.string()), of=old)])[0]


def test_a_renamed_tag_is_carried_under_its_new_name_and_under_the_old_one_again_when_undone(
    workspace: Workspace,
) -> None:
    say(workspace, "ann", "add", "sumer", [1, 2])
    say(workspace, "ann", "reject", "sumer", [5])
    renamed = rename(workspace, "bob", "Sumer", "Summer")
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("Summer", 2)]
    assert carriers(state, "summer") == [1, 2]
    assert state.tag("summer").rejected.mask()[5]  # type: ignore[union-attr]
    assert state.products_changed_by_undo(state.action(renamed)) == 3  # type: ignore[arg-type]
    say(workspace, "ann", "add", "summer", [7])
    turn(workspace, "bob", "undo", renamed)
    state = read_tags(workspace, SHOP)
    assert (carriers(state, "sumer"), carriers(state, "summer")) == ([1, 2], [7])
    turn(workspace, "bob", "redo", renamed)
    assert carriers(read_tags(workspace, SHOP), "summer") == [1, 2, 7]


def test_an_older_action_is_undone_through_a_renaming(workspace: Workspace) -> None:
    first = say(workspace, "ann", "add", "sumer", [1, 2, 3])
    say(workspace, "bob", "add", "summer", [3, 4])
    rename(workspace, "bob", "sumer", "summer")
    assert carriers(read_tags(workspace, SHOP), "summer") == [1, 2, 3, 4]
    turn(workspace, "ann", "undo", first)
    state = read_tags(workspace, SHOP)
    assert (carriers(state, "summer"), carriers(state, "sumer")) == ([3, 4], [])


def test_a_renaming_also_catches_products_that_are_not_here_yet(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "sumer", [1, 39])
    rename(workspace, "ann", "sumer", "summer")
    assert carriers(read_tags(workspace, catalogue_of(10)), "summer") == [1]
    assert carriers(read_tags(workspace, SHOP), "summer") == [1, 39]


def test_the_last_renaming_that_holds_spells_the_tag(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "summer", [1])
    respelled = rename(workspace, "ann", "summer", "SUMMER")
    say(workspace, "ann", "add", "Summer", [2])
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("SUMMER", 2)]
    turn(workspace, "ann", "undo", respelled)
    assert [tag.name for tag in read_tags(workspace, SHOP).carried] == ["summer"]


def test_what_a_tag_is_called_now(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "a", [1])
    rename(workspace, "ann", "a", "b")
    second = rename(workspace, "ann", "b", "C")
    state = read_tags(workspace, SHOP)
    assert [state.current_name(tag) for tag in ("A", "b", "c", "d")] == ["C", "C", "C", "d"]
    turn(workspace, "ann", "undo", second)
    assert read_tags(workspace, SHOP).current_name("a") == "b"
    say(workspace, "bob", "add", "a", [4])
    assert read_tags(workspace, SHOP).current_name("a") == "a"


def test_tags_renamed_in_a_ring_that_nobody_carries_end_the_search(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "a", [1])
    rename(workspace, "ann", "a", "b")
    rename(workspace, "ann", "b", "a")
    say(workspace, "ann", "remove", "a", [1])
    state = read_tags(workspace, SHOP)
    assert [state.current_name(tag) for tag in ("a", "b")] == ["a", "b"]


def test_a_renaming_takes_the_old_tag_and_gives_the_new_one(workspace: Workspace) -> None:
    say(workspace, "ann", "add", "a", [1, 2])
    renamed = rename(workspace, "ann", "a", "b")
    state = read_tags(workspace, SHOP)
    for tag, takes in (("A", True), ("b", False)):
        assert state.last_action_of(tag)[:4].tolist() == [-1, 1, 1, -1]
        assert state.action(renamed).takes(tag) is takes  # type: ignore[union-attr]


# -- against a naive model ------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["add", "remove", "reject", "rename", "undo", "redo", "undo any", "redo any"]),
        st.sampled_from(["x", "X", "y", "z"]),
        st.sampled_from(["x", "y", "z"]),  # what a renaming makes of it
        st.sets(st.integers(0, 11), min_size=1),
        st.integers(0, 30),
    ),
    max_size=25,
)


class Naive:
    """Sets, and everything replayed each time."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str, str, set[int]]] = []
        self.undone: set[int] = set()
        self.stacks: dict[str, list[int]] = {"ann": [], "bob": []}

    def turn(self, who: str, kind: str, which: int) -> int | None:
        """Which of the sayings an undo or redo is about; None where there is none."""
        if kind == "undo":
            mine = [i for i, said in enumerate(self.said) if said[0] == who and i not in self.undone]
            which = mine[-1] if mine else -1
        elif kind == "redo":
            which = self.stacks[who][-1] if self.stacks[who] else -1
        possible = [i for i in range(len(self.said)) if (i in self.undone) == kind.startswith("redo")]
        if which not in possible:
            return None
        if kind.startswith("undo"):
            self.undone.add(which)
            self.stacks[who].append(which)
        else:
            self.undone.remove(which)
            for stack in self.stacks.values():
                stack[:] = [i for i in stack if i != which]
        return which

    def held(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """Of each tag who carries it, and for whom it was rejected."""
        carried: dict[str, set[int]] = {"x": set(), "y": set(), "z": set()}
        rejected: dict[str, set[int]] = {"x": set(), "y": set(), "z": set()}
        for i, (_, kind, said, new, rows) in enumerate(self.said):
            tag = said.lower()
            if i in self.undone:
                continue
            if kind == "rename" and tag != new:
                carried[new] |= carried[tag]
                rejected[new] = (rejected[new] | rejected[tag]) - carried[new]
                carried[tag], rejected[tag] = set(), set()
            elif kind == "reject":
                rejected[tag] |= rows
            elif kind == "add":
                carried[tag], rejected[tag] = carried[tag] | rows, rejected[tag] - rows
            elif kind == "remove":
                carried[tag] = carried[tag] - rows
        return carried, rejected


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, cuts=st.sets(st.integers(0, 25)))
def test_the_replay_is_that_of_a_naive_model_wherever_it_is_cut(steps: list, cuts: set[int]) -> None:
    from looks_like.data.tags.log import Action

    naive, state, waiting, ids = Naive(), TagState((0, 0), 1, 12), [], list[str]()
    for number, (who, kind, tag, new, rows, which) in enumerate(steps, 1):
        of = tag if kind == "rename" else ""
        if kind in ("add", "remove", "reject", "rename"):
            naive.said.append((who, kind, tag, new, rows))
            naive.stacks[who] = []
            ids.append(str(number))
        else:
            asked = state.with_actions((0, 0), waiting)
            offered = asked.undoable(who) if kind == "undo" else asked.redoable(who)
            about = naive.turn(who, kind, which)
            if kind in ("undo", "redo"):
                assert (None if offered is None else offered.action_id) == (None if about is None else ids[about])
            of = "none" if about is None else ids[about]
        kind = kind.split()[0]
        said = new if kind == "rename" else tag
        action = Action(number, str(number), None, who, kind, said, "", of, 0, len(rows))  # type: ignore[arg-type]
        waiting.append((action, RowSet.of_rows(np.array(sorted(rows)), 12)))
        if number in cuts:
            state, waiting = state.with_actions((0, 0), waiting), []
    state = state.with_actions((0, 0), waiting)
    carried, rejected = naive.held()
    for tag in carried:
        known = state.tag(tag)
        assert set(carriers(state, tag)) == carried[tag]
        assert (set() if known is None else set(np.flatnonzero(known.rejected.mask()))) == rejected[tag]
    for i, action in enumerate(one for one in state.actions if one.kind not in ("undo", "redo")):
        naive.undone ^= {i}
        turned = naive.held()
        naive.undone ^= {i}
        differ = [
            before[tag] ^ after[tag]
            for before, after in zip((carried, rejected), turned, strict=True)
            for tag in before
        ]
        assert state.products_changed_by_undo(action) == len(set().union(*differ))
    holding = [i for i in range(12) if any(i in of for of in carried.values())]
    assert np.flatnonzero(state.any_tag).tolist() == holding


@given(size=st.integers(1, 300), rows=st.sets(st.integers(0, 299)), other=st.sets(st.integers(0, 299)))
def test_a_set_of_rows_is_a_set_of_rows(size: int, rows: set[int], other: set[int]) -> None:
    rows, other = {row for row in rows if row < size}, {row for row in other if row < size}
    kept = RowSet.of_rows(np.array(sorted(rows, reverse=True), dtype=np.int64), size)
    assert kept.count == len(rows)
    assert set(np.flatnonzero(kept.mask()).tolist()) == rows
    assert {row for row in range(size) if kept.has(row)} == rows
    assert np.array_equal(RowSet.of_mask(kept.mask()).mask(), kept.mask())
    mask_n = RowSet.of_rows(np.array(sorted(other), dtype=np.int64), size).mask()
    assert set(np.flatnonzero(kept.set_in(mask_n.copy(), True)).tolist()) == rows | other
    assert set(np.flatnonzero(kept.set_in(mask_n, False)).tolist()) == other - rows


# -- the log ---------------------------------------------------------------------------------------------------------


def test_only_what_is_new_is_read(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    say(workspace, "ann", "add", "x", [1])
    before = read_tags(workspace, SHOP)
    assert read_tags(workspace, SHOP, before) is before
    say(workspace, "ann", "add", "x", [2])
    asked = []

    def watched(workspace: Workspace, after: int) -> object:
        asked.append(after)
        return read_log(workspace, after)

    monkeypatch.setattr("looks_like.data.tags.state.read_log", watched)
    after = read_tags(workspace, SHOP, before)
    assert asked == [1]
    assert carriers(after, "x") == [1, 2]
    assert carriers(before, "x") == [1]


def test_joining_the_parts_of_the_table_keeps_every_action_in_order(workspace: Workspace) -> None:
    for i in range(40):
        say(workspace, "ann", "add" if i % 3 else "remove", "x", [i % 7, i])
    table = workspace.table(TAGS)
    assert table is not None
    assert table.stats()["fragment_stats"]["num_fragments"] < 20
    state = read_tags(workspace, SHOP)
    assert [action.number for action in state.actions] == list(range(1, 41))
    held: set[int] = set()
    for i in range(40):
        held = held | {i % 7, i} if i % 3 else held - {i % 7, i}
    assert set(carriers(state, "x")) == held


def test_actions_with_one_number_are_both_kept(workspace: Workspace) -> None:
    """As two writers would leave them on a disk without locks."""
    say(workspace, "ann", "add", "x", [1])
    before = read_tags(workspace, SHOP)
    table = workspace.table(TAGS)
    assert table is not None
    row = table.to_arrow().to_pylist()[0]
    for action_id, product in (("b", "p2"), ("c", "p3"), ("b", "p2")):
        table.add(pa.Table.from_pylist([{**row, "action_id": action_id, "product_ids": [product]}], schema=_COLUMNS))
    for state in (read_tags(workspace, SHOP), read_tags(workspace, SHOP, before)):
        assert carriers(state, "x") == [1, 2, 3]
        assert len(state.actions) == 3


def test_a_folder_that_a_kill_left_is_no_obstacle(workspace: Workspace) -> None:
    (workspace.folder / "tables" / "tags.lance" / "_versions").mkdir(parents=True)
    assert read_tags(workspace, SHOP).actions == []
    say(workspace, "ann", "add", "x", [1])
    assert carriers(read_tags(workspace, SHOP), "x") == [1]


def test_a_strangers_table_is_a_sentence(workspace: Workspace) -> None:
    workspace.tables.create_table(TAGS, [{"a": 1}])
    with pytest.raises(CatalogueError, match=r"the table 'tags' of .* is not ours"):
        read_tags(workspace, SHOP)
    with pytest.raises(CatalogueError, match="is not ours"):
        say(workspace, "ann", "add", "x", [1])


def test_a_strangers_actions_that_make_no_sense_are_passed_over(workspace: Workspace) -> None:
    good = say(workspace, "ann", "add", "x", [1])
    table = workspace.table(TAGS)
    assert table is not None
    row = table.to_arrow().to_pylist()[0]
    odd = [{"tag": "a\x00"}, {"tag": None}, {"who": None}, {"kind": "burn", "of": good}, {"kind": None}, {"of": None}]
    odd += [{"product_ids": None, "tag": "y"}, {"product_ids": [None, "p2"], "tag": "z"}]
    for number, change in enumerate(odd, 2):
        told = {**row, "number": number, "action_id": str(number), **change}
        table.add(pa.Table.from_pylist([told], schema=_COLUMNS))
    state = read_tags(workspace, SHOP)
    assert [(tag.name, tag.carried.count) for tag in state.carried] == [("x", 1), ("z", 1)]
    assert read_tags(workspace, SHOP, state) is state


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" new   in ", "new in"),
        ("a\tb\nc", "a b c"),
        ("Cafe\u0301", "Café"),
        ("=1+1", "=1+1"),
        ("<b>", "<b>"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_tag_is_trimmed_and_its_blanks_collapsed(text: str, name: str) -> None:
    assert tag_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "\x00", "a\x07b", "a\u202eb", "\ud800", "x" * 61, "a\x1b[31m", "\u200f"])
def test_what_can_not_be_a_tag_is_refused_by_name(text: str) -> None:
    with pytest.raises(CatalogueError, match="can't be a tag: use 1 to 60 characters"):
        tag_name(text)


def test_a_tag_that_tables_could_not_tell_apart_is_refused() -> None:
    with pytest.raises(CatalogueError, match=r"'a \| b' can't be a tag: tables write"):
        tag_name("a | b")


def test_tags_that_differ_by_case_are_one() -> None:
    assert tag_key("New  IN") == tag_key("new in") != tag_key("newin")


@pytest.mark.parametrize("who", ["", " ", "x" * 81, "ann\n", "a\nb", "a\x00", "\ud800"])
def test_who_acts_must_be_readable(who: str, workspace: Workspace) -> None:
    if who == "ann\n":
        assert checked_who(who) == "ann"
        return
    with pytest.raises(CatalogueError, match="can't be a person: use 1 to 80 characters"):
        say(workspace, who, "add", "x", [1])
    assert not workspace.folder.exists()


def test_words_are_made_plain_and_kept_short(workspace: Workspace) -> None:
    append(workspace, [NewAction("ann", "add", "x", ["p1"], "lasso\x00 on \ud800 map\n" + "y" * 400)])
    ((action, _),) = read_log(workspace)[1]
    assert action.words.startswith("lasso on map yyy")
    assert len(action.words) == 300


def test_a_kind_that_is_not_one_is_refused(workspace: Workspace) -> None:
    with pytest.raises(CatalogueError, match="'burn'; there are: add"):
        say(workspace, "ann", "burn", "x", [1])


def test_tagging_goes_on_beside_an_import(workspace: Workspace) -> None:
    with workspace.write_lock("an import"):
        say(workspace, "ann", "add", "x", [1])
    assert carriers(read_tags(workspace, SHOP), "x") == [1]


def test_a_disk_without_room_is_a_sentence(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("lance error: LanceError(IO): No space left on device, /somewhere")

    monkeypatch.setattr("lancedb.table.LanceTable.add", full)
    with pytest.raises(CatalogueError, match=r"tags could not be written .*No space left"):
        say(workspace, "ann", "add", "x", [1])


# -- processes -------------------------------------------------------------------------------------------------------

WRITER = """
import contextlib, sys
from looks_like.data.tags.log import NewAction, append
from looks_like.data.workspace import Workspace
who, folder, locks = sys.argv[1:]
if locks == "without":
    Workspace.edit_lock = lambda self, what: contextlib.nullcontext()
print("ready", flush=True)
sys.stdin.readline()
for i in range(40):
    both = NewAction(who, "add", "both", [f"p{i}"])
    append(Workspace(folder), [NewAction(who, "add", f"{who} {i}", [f"p{i}"]), both])
"""

TAGGER = """
import sys
from looks_like.data.tags.log import NewAction, append
from looks_like.data.workspace import Workspace
ids = [f"p{i}" for i in range(10_000)]
for i in range(10_000):
    append(Workspace(sys.argv[1]), [NewAction("ann", "add", "x", ids, str(i))])
    print(i, flush=True)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> "Start":
    """start(program, *words) -> a process with pipes; killed at the end."""
    begun: list[subprocess.Popen[str]] = []

    def start(program: str, *words: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", program, *map(str, words)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        begun.append(subprocess.Popen(command, cwd=ROOT, text=True, **pipes))  # type: ignore[call-overload]
        return begun[-1]

    yield start  # type: ignore[misc]
    for process in begun:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("locks", ["with", "without"])  # without: what some network disks do
def test_two_processes_that_write_at_once_lose_nothing_not_even_the_first_action(
    locks: str, workspace: Workspace, start: Start
) -> None:
    if locks == "without":  # LanceDB may create a table twice, the second one empty: that the lock alone prevents
        say(workspace, "eve", "add", "first", [1])
    writers = [start(WRITER, who, workspace.folder, locks) for who in ("ann", "bob")]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    state = read_tags(workspace, SHOP)
    if locks == "with":
        assert [action.number for action in state.actions] == list(range(1, 161))
    else:
        assert len(state.actions) == 161
    for who in ("ann", "bob"):
        mine = [action.tag for action in state.actions if action.who == who and action.tag != "both"]
        assert mine == [f"{who} {i}" for i in range(40)]
        assert all(carriers(state, f"{who} {i}") == [i] for i in range(40))
    assert carriers(state, "both") == list(range(40))


def test_a_kill_at_any_moment_leaves_whole_actions(workspace: Workspace, start: Start) -> None:
    moments = np.random.default_rng(7).uniform(0, 0.06, 5)
    said = 0
    for moment in moments:
        tagger = start(TAGGER, workspace.folder)
        assert tagger.stdout is not None
        tagger.stdout.readline()
        time.sleep(moment)
        os.kill(tagger.pid, signal.SIGKILL)
        said += 1 + len(tagger.communicate()[0].splitlines())
    _, log = read_log(workspace)
    whole = [(action.number, len(ids)) for action, ids in log]
    assert {count for _, count in whole} == {10_000}
    assert sorted(number for number, _ in whole) == list(range(1, len(whole) + 1))
    assert said <= len(whole) <= said + len(moments)
    assert read_tags(workspace, catalogue_of(10_000)).tags["x"].carried.count == 10_000
    say(workspace, "bob", "add", "y", [1])
    assert carriers(read_tags(workspace, SHOP), "y") == [1]
