"""Clusterings and what people changed: what is written is what is read, and nothing said is lost."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from looks_like.data.clusters import (
    ClusterCard,
    Edit,
    append_edit,
    clusters_table,
    edits_in_effect,
    edits_table,
    list_clusterings,
    read_clusters,
    read_edits,
    write_clusters,
)
from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace

CARD = ClusterCard(
    model="tiny",
    name="hdbscan",
    clustering="a1",
    method="hdbscan",
    k=2,
    seed=0,
    map="umap",
    catalogue_version=3,
    weights="f00d",
    made="2026-01-02T03:04:05+00:00",
    seconds=1.5,
    names=("Black boot", "<b>White</b> „slip-on“"),
)
IDS, NUMBERS = ["b", "a", "0007"], np.array([2, -1, 1], np.int32)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def test_a_clustering_is_read_as_it_was_written(workspace: Workspace) -> None:
    write_clusters(workspace, CARD, IDS, NUMBERS)
    found = read_clusters(workspace, "tiny", "hdbscan")
    assert found.card == CARD
    assert found.product_ids == IDS
    assert found.numbers_n.tolist() == NUMBERS.tolist()
    assert found.numbers_n.dtype == np.int32


def test_clusterings_are_listed_oldest_first_for_their_model_alone(workspace: Workspace) -> None:
    for name, made in (("k-means", "2026-02"), ("hdbscan", "2026-01")):
        write_clusters(workspace, replace(CARD, name=name, made=made), IDS, NUMBERS)
    write_clusters(workspace, replace(CARD, model="tiny-2"), IDS, NUMBERS)
    assert [card.name for card in list_clusterings(workspace, "tiny")] == ["hdbscan", "k-means"]
    assert list_clusterings(workspace, "other") == []


def test_one_that_is_not_there_is_named_with_those_that_are(workspace: Workspace) -> None:
    with pytest.raises(CatalogueError, match="has no clusters 'mine'; it has: none"):
        read_clusters(workspace, "tiny", "mine")
    write_clusters(workspace, CARD, IDS, NUMBERS)
    with pytest.raises(CatalogueError, match="has no clusters 'mine'; it has: hdbscan"):
        read_clusters(workspace, "tiny", "mine")


def test_a_table_without_a_card_is_refused(workspace: Workspace) -> None:
    workspace.tables.create_table(clusters_table("tiny", "odd"), [{"product_id": "a", "number": 1}])
    with pytest.raises(CatalogueError, match="have no card"):
        read_clusters(workspace, "tiny", "odd")


def test_edits_are_kept_one_by_one_in_order(workspace: Workspace) -> None:
    write_clusters(workspace, CARD, IDS, NUMBERS)
    edits = [
        Edit("rename", (1,), ("=cmd()|'x'",), who="Ana", at="2026-01-01T00:00:00+00:00"),
        Edit("split", (2, 3), ("Other",), ("b",), (3,)),
        Edit("merge", (1, 3)),
        Edit("hide", (1, 2)),
        Edit("undo"),
    ]
    seen = [workspace.stamp(edits_table("tiny", "hdbscan"))]
    for edit in edits:
        append_edit(workspace, CARD, edit)
        seen.append(workspace.stamp(edits_table("tiny", "hdbscan")))
    assert read_edits(Workspace(workspace.folder), CARD) == [replace(e, edit=i) for i, e in enumerate(edits, 1)]
    assert len(set(seen)) == len(seen), "every commit changes the stamp"


def test_a_clustering_made_anew_begins_without_edits(workspace: Workspace) -> None:
    write_clusters(workspace, CARD, IDS, NUMBERS)
    append_edit(workspace, CARD, Edit("hide", (1,)))
    again = replace(CARD, clustering="b2")
    write_clusters(workspace, again, IDS, NUMBERS)
    assert read_edits(workspace, again) == []
    append_edit(workspace, again, Edit("hide", (2,)))
    assert [edit.numbers for edit in read_edits(workspace, again)] == [(2,)]
    assert [edit.numbers for edit in read_edits(workspace, CARD)] == [(1,)], "nothing that was said is gone"


def test_an_unknown_action_is_refused(workspace: Workspace) -> None:
    with pytest.raises(CatalogueError, match="can't be changed by 'explode'"):
        append_edit(workspace, CARD, Edit("explode"))
    assert workspace.table_names() == []


def test_undoing_takes_back_the_newest_that_still_counts() -> None:
    one, two, three, undo = Edit("hide", (1,)), Edit("hide", (2,)), Edit("hide", (3,)), Edit("undo")
    assert edits_in_effect([one, two]) == [one, two]
    assert edits_in_effect([one, two, undo, undo]) == []
    assert edits_in_effect([one, undo, two, three, undo]) == [two]
    assert edits_in_effect([undo, one]) == [one], "there was nothing to undo"


def test_changes_may_be_made_while_something_is_imported(workspace: Workspace) -> None:
    write_clusters(workspace, CARD, IDS, NUMBERS)
    with workspace.write_lock("an import"), workspace.edit_lock("clusters"):
        append_edit(workspace, CARD, Edit("hide", (1,)))
    assert len(read_edits(workspace, CARD)) == 1
