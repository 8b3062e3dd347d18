"""Deletions in the store: seen nowhere, back as it was, gone for good; and a kill at every step of each."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from looks_like.data import deletions
from looks_like.data.catalogue import catalogue_version, open_catalogue, open_rows
from looks_like.data.clusters import ClusterCard, Edit, append_edit, read_clusters, read_edits, write_clusters
from looks_like.data.compacting import bytes_used, compact
from looks_like.data.deletion_log import read_deletions
from looks_like.data.embeddings import read_embedding, write_codes
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import import_source
from looks_like.data.maps import MapCard, list_maps, read_map, write_map
from looks_like.data.pixels import pixel_array
from looks_like.data.tags import NewAction, append, read_tags
from looks_like.data.views import FILTERS, list_views, save_view
from looks_like.data.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
GONE = np.array([3, 4, 5, 40])
IDS = ("0003", "0004", "0005", "0040")


def fill(folder: Path, table: Path) -> Workspace:
    """Products, and by hand what hangs on them: codes, a map, clusters with a split, tags, a view and a filter of one
    name, a model's folder."""
    workspace = Workspace(folder)
    for _ in import_source(workspace, str(table)):
        pass
    catalogue = open_catalogue(workspace)
    ids, digests, count = catalogue.product_ids, catalogue.sha256, len(catalogue)
    z_nd = np.random.default_rng(0).normal(size=(count, 4)).astype(np.float32)
    (workspace.models / "tiny").mkdir(parents=True)
    (workspace.models / "tiny" / "card.json").write_text("{}")
    write_codes(workspace, "tiny", "w", ids, digests, z_nd)
    said = {"model": "tiny", "method": "pca", "seed": 0, "catalogue_version": 1, "weights": "w", "seconds": 0.0}
    write_map(workspace, MapCard(name="pca", made="2026-01-01", **said), ids, z_nd[:, :2], digests)
    card = ClusterCard(name="k", clustering="c", k=2, map="", names=("A", "B"), made="2026-01-01", **said)
    write_clusters(workspace, card, ids, np.arange(count) % 2 + 1)
    append_edit(workspace, card, Edit("split", (1, 3), ("C",), ("0004", "0006"), (3, 3), "ann", "2026-01-01"))
    append(workspace, [NewAction("ann", "add", "summer", pa.array(ids[:10]), changed=10)])
    save_view(workspace, "All", "map", "model=tiny", "ann")
    save_view(workspace, "All", "filter", '[["brand","is",["Alder"]]]', "ann", FILTERS)
    return workspace


@pytest.fixture
def workspace(shop: Any, tmp_path: Path) -> Workspace:
    return fill(tmp_path / "w", shop.table)


def everything(workspace: Workspace) -> dict[str, object]:
    """What people have in it, in plain values; deleted products are in nothing of it."""
    there = open_rows(workspace)
    assert there is not None
    codes, have = read_embedding(workspace, "tiny"), workspace.table_names()
    found: dict[str, object] = {
        "ids": there.product_ids,
        "values": there.values_of(range(len(there))),
        "pictures": there.pictures(there.there),
        "tagged": sorted(there.product_ids[row] for row in np.flatnonzero(read_tags(workspace, there).mask("summer"))),
        "coded": 0 if codes is None else int((there.rows_of(codes.product_ids) >= 0).sum()),
        "maps": [card.name for card in list_maps(workspace, "tiny")],
        "views": [(view.name, view.link, view.who) for view in list_views(workspace)],
        "filters": [(view.name, view.link, view.who) for view in list_views(workspace, FILTERS)],
        "models": sorted(path.name for path in workspace.models.glob("*")),
    }
    if "clusters--tiny--k" in have:
        clustering = read_clusters(workspace, "tiny", "k")
        members = dict(zip(clustering.product_ids, clustering.numbers_n.tolist(), strict=True))
        found["clusters"] = {key: members[key] for key in there.product_ids if key in members}
        found["edits"] = [edit.action for edit in read_edits(workspace, clustering.card)]
    return found


# -- products -------------------------------------------------------------------------------------------------------


def test_deleted_products_leave_empty_rows_and_no_number_changes(workspace: Workspace) -> None:
    before, version = everything(workspace), catalogue_version(workspace)
    done = deletions.delete_rows(workspace, GONE, "ann", "a test")
    catalogue = open_catalogue(workspace)
    assert (done.products, done.said()) == (4, "4 products (a test)")
    assert (len(catalogue), catalogue.count, catalogue.version) == (80, 76, version + 1)
    assert [catalogue.row(key) for key in ("0002", "0006", "0079")] == [2, 6, 79]
    assert not any(catalogue.has(key) for key in IDS)
    assert catalogue.rows_of([*IDS, "0006"]).tolist() == [-1, -1, -1, -1, 6]
    assert not set(catalogue.rows_where("price > 0 or price is null")) & set(GONE)
    assert catalogue.values_of(GONE) == [{}] * 4
    assert not (catalogue.held_out | catalogue.to_learn)[GONE].any()
    assert catalogue.ever_to_learn.sum() >= catalogue.to_learn.sum()
    assert open_catalogue(workspace, version).product_ids == before["ids"]  # that version is what it was
    deletions.undo_deletion(workspace, done, "ann")
    assert everything(workspace) == before


def test_what_was_deleted_twice_is_back_when_both_are_undone(workspace: Workspace) -> None:
    first = deletions.delete_rows(workspace, GONE[:3], "ann")
    second = deletions.delete_rows(workspace, GONE, "ben")
    assert second.products == 1  # the others were deleted already
    deletions.undo_deletion(workspace, first, "ben")
    assert np.flatnonzero(~open_catalogue(workspace).there_n).tolist() == [40]
    with pytest.raises(CatalogueError, match="is back already"):
        deletions.undo_deletion(workspace, first, "ann")
    deletions.undo_deletion(workspace, second, "ann")
    assert open_catalogue(workspace).count == 80


def test_a_workspace_without_products_is_empty_and_undo_brings_all_back(workspace: Workspace) -> None:
    before = everything(workspace)
    done = deletions.delete_rows(workspace, np.arange(80), "ann")
    assert catalogue_version(workspace) == 0
    with pytest.raises(CatalogueError, match="holds no products yet"):
        open_catalogue(workspace)
    deletions.undo_deletion(workspace, done, "ann")
    assert everything(workspace) == before


@pytest.mark.parametrize("compacted", [False, True])
def test_what_is_imported_again_is_there_again_in_its_row(compacted: bool, workspace: Workspace, shop: Any) -> None:
    before = everything(workspace)
    done = deletions.delete_rows(workspace, GONE, "ann")
    if compacted:
        list(compact(workspace, "ann"))
    (*_, last) = import_source(workspace, str(shop.table))
    assert (last.added, last.updated, last.unchanged) == (4, 0, 76)
    after = everything(workspace)
    assert (after["ids"], after["values"], after["pictures"]) == tuple(before[k] for k in ("ids", "values", "pictures"))
    assert (after["tagged"] == before["tagged"]) is not compacted
    (*_, last) = import_source(workspace, str(shop.table))
    assert last.unchanged == 80
    if not compacted:
        deletions.undo_deletion(workspace, done, "ann")  # which has nothing left to do
        assert everything(workspace) == before


def test_the_array_of_pixels_is_not_made_anew_for_a_deletion(workspace: Workspace) -> None:
    whole = np.array(pixel_array(workspace, open_catalogue(workspace), 32))
    done = deletions.delete_rows(workspace, GONE, "ann")
    catalogue = open_catalogue(workspace)
    assert np.array_equal(pixel_array(workspace, catalogue, 32)[catalogue.there], whole[catalogue.there])
    first, second = sorted(workspace.pixels.glob("*.npy"))
    assert first.stat().st_ino == second.stat().st_ino
    deletions.undo_deletion(workspace, done, "ann")
    assert np.array_equal(pixel_array(workspace, open_catalogue(workspace), 32), whole)


# -- all else -------------------------------------------------------------------------------------------------------

TAKERS: dict[str, Callable[[Workspace], Any]] = {
    "map": lambda w: deletions.delete_map(w, "tiny", "pca", "ann"),
    "clustering": lambda w: deletions.delete_clustering(w, "tiny", "k", "ann"),
    "model": lambda w: deletions.delete_model(w, "tiny", "ann"),
    "view": lambda w: deletions.delete_view(w, "All", "ann"),
    "filter": lambda w: deletions.delete_view(w, "All", "ann", deletions.FILTER),
    "products": lambda w: deletions.delete_rows(w, GONE, "ann"),
}


@pytest.mark.parametrize("what", TAKERS)
def test_everything_that_is_deleted_comes_back_as_it_was(what: str, workspace: Workspace) -> None:
    before = everything(workspace)
    done = TAKERS[what](workspace)
    assert done.what == what
    assert everything(workspace) != before
    deletions.undo_deletion(workspace, done, "ben")
    assert everything(workspace) == before
    if what in ("map", "clustering", "model", "view", "filter"):
        again = TAKERS[what](workspace)
        with pytest.raises(CatalogueError, match=r"no map|no clustering|no model|no view|no filter"):
            TAKERS[what](workspace)
        deletions.undo_deletion(workspace, again, "ann")
        assert everything(workspace) == before


def test_a_name_that_was_given_again_is_not_taken_by_an_undo(workspace: Workspace) -> None:
    old = read_map(workspace, "tiny", "pca")
    done = deletions.delete_map(workspace, "tiny", "pca", "ann")
    write_map(workspace, old.card, old.product_ids, old.xy_n2 + 1, old.sha256)
    with workspace.write_lock("something else"):  # settles, and moves nothing
        pass
    with pytest.raises(CatalogueError, match="there is another map 'pca' by now"):
        deletions.undo_deletion(workspace, done, "ann")
    assert np.allclose(read_map(workspace, "tiny", "pca").xy_n2, old.xy_n2 + 1)
    deletions.delete_map(workspace, "tiny", "pca", "ann")
    deletions.undo_deletion(workspace, done, "ann")
    assert np.array_equal(read_map(workspace, "tiny", "pca").xy_n2, old.xy_n2)


def test_a_map_of_a_deleted_model_waits_for_its_model(workspace: Workspace) -> None:
    of_map = deletions.delete_map(workspace, "tiny", "pca", "ann")
    of_model = deletions.delete_model(workspace, "tiny", "ann")
    with pytest.raises(CatalogueError, match="model 'tiny' of map 'pca' is not there: bring it back first"):
        deletions.undo_deletion(workspace, of_map, "ann")
    deletions.undo_deletion(workspace, of_model, "ann")
    deletions.undo_deletion(workspace, of_map, "ann")
    assert [card.name for card in list_maps(workspace, "tiny")] == ["pca"]


# -- for good -------------------------------------------------------------------------------------------------------


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_compacting_leaves_nothing_of_what_was_deleted_and_gives_its_space_back(workspace: Workspace) -> None:
    catalogue = open_catalogue(workspace)
    pictures = catalogue.pictures(GONE)
    for delete in ("products", "map", "view", "filter"):
        TAKERS[delete](workspace)
    kept, used = everything(workspace), sum(bytes_used(workspace.folder).values())
    *_, last = compact(workspace, "ann")
    assert last.done == last.total
    assert everything(workspace) == kept
    held = bytes_of(workspace.folder)
    assert not any(picture in held for picture in pictures)
    assert sum(bytes_used(workspace.folder).values()) < used
    codes, clustering = read_embedding(workspace, "tiny"), read_clusters(workspace, "tiny", "k")
    assert codes is not None
    assert not {*codes.product_ids, *clustering.product_ids} & {*IDS}
    assert [edit.product_ids for edit in read_edits(workspace, clustering.card)] == [("0006",)]
    assert not list((workspace.folder / "deletions").glob("*/"))
    assert all(
        len(list(path.glob("_versions/*.manifest"))) == 1 for path in (workspace.folder / "tables").glob("*.lance")
    )
    for entry in read_deletions(workspace.folder).entries[:3]:
        with pytest.raises(CatalogueError, match="gone for good"):
            deletions.undo_deletion(workspace, entry, "ann")
    assert len(list(compact(workspace, "ann"))) > 1  # and again: nothing to do, nothing lost
    assert everything(workspace) == kept


def test_nothing_is_compacted_while_a_model_is_trained_or_somebody_writes(workspace: Workspace) -> None:
    with workspace.training_lock("tiny"), pytest.raises(CatalogueError, match="model 'tiny' is being trained by"):
        list(compact(workspace, "ann"))
    with workspace.write_lock("an import"), pytest.raises(CatalogueError, match="is being written by"):
        list(compact(workspace, "ann"))


# -- kills ----------------------------------------------------------------------------------------------------------

KILLED = """
import os, shutil, signal, sys
from pathlib import Path
import numpy as np
from lancedb.db import LanceDBConnection
from lancedb.merge import LanceMergeInsertBuilder
from lancedb.table import LanceTable
from looks_like.data import deletions
from looks_like.data.compacting import compact
from looks_like.data.workspace import Workspace

workspace, act, dies_at = Workspace(sys.argv[1]), sys.argv[2], int(sys.argv[3])
points = 0

def point():
    global points
    if points == dies_at:
        os.kill(os.getpid(), signal.SIGKILL)
    points += 1

def watched(owner, name):
    real = getattr(owner, name)
    def run(*args, **options):
        point()
        return real(*args, **options)
    setattr(owner, name, run)

watched(os, "replace")
watched(shutil, "rmtree")
watched(LanceTable, "update_field_metadata")
watched(LanceTable, "add")
watched(LanceTable, "optimize")
watched(LanceDBConnection, "create_table")
watched(LanceMergeInsertBuilder, "execute")
if act == "compact":
    list(compact(workspace, "ann"))
elif act == "undo":
    deletions.undo_deletion(workspace, deletions.read_deletions(workspace.folder).standing[-1], "ann")
elif act == "products":
    deletions.delete_rows(workspace, np.array([3, 4, 5, 40]), "ann")
elif act == "model":
    deletions.delete_model(workspace, "tiny", "ann")
elif act == "view":
    deletions.delete_view(workspace, "All", "ann")
print(points)
"""


def run(workspace: Workspace, act: str, dies_at: int) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-c", KILLED, str(workspace.folder), act, str(dies_at)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True)


# counted over all that is written: products write rows, an entry and a version; a model an entry, then five folders
@pytest.mark.parametrize(
    ("act", "dies_at"), [("products", 0), ("products", 1), ("products", 2), ("model", 1), ("model", 3), ("view", 1)]
)
def test_a_deletion_that_is_killed_is_done_or_not_and_can_be_done_again(
    act: str, dies_at: int, workspace: Workspace
) -> None:
    before = everything(workspace)
    done = run(workspace, act, dies_at)
    assert done.returncode == -9, done.stderr
    if act == "products":  # before its version is there, nobody misses any
        assert everything(workspace) == before
    with workspace.write_lock("something else"):  # which ends what was cut short
        pass
    if act != "model":
        TAKERS[act](workspace)
    elif everything(workspace) != before:
        assert not everything(workspace)["models"]
    while standing := read_deletions(workspace.folder).standing:
        last = deletions.undo_deletion(workspace, standing[-1], "ann")
        assert last.what == act
    assert everything(workspace) == before


@pytest.mark.parametrize("dies_at", [1, 3])
def test_an_undo_that_is_killed_is_ended_by_who_writes_next(dies_at: int, workspace: Workspace) -> None:
    before = everything(workspace)
    deletions.delete_model(workspace, "tiny", "ann")
    assert run(workspace, "undo", dies_at).returncode == -9
    with workspace.write_lock("something else"):
        pass
    assert everything(workspace) == before


@pytest.mark.parametrize("dies_at", [0, 1])
def test_a_view_comes_back_though_its_undo_is_killed(dies_at: int, workspace: Workspace) -> None:
    before = everything(workspace)
    deletions.delete_view(workspace, "All", "ann")
    assert run(workspace, "undo", dies_at).returncode == -9
    for entry in read_deletions(workspace.folder).standing:
        deletions.undo_deletion(workspace, entry, "ann")
    assert everything(workspace) == before


def test_compacting_that_is_killed_is_ended_by_the_next(workspace: Workspace) -> None:
    pictures = open_catalogue(workspace).pictures(GONE)
    for delete in ("products", "clustering", "view"):
        TAKERS[delete](workspace)
    kept = everything(workspace)
    for dies_at in (0, 1, 3, 5):  # what is done already is not done again
        assert run(workspace, "compact", dies_at).returncode == -9
        assert everything(Workspace(workspace.folder)) == kept, dies_at
    list(compact(workspace, "ann"))
    assert everything(workspace) == kept
    assert not any(picture in bytes_of(workspace.folder) for picture in pictures)


# -- strangers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"places": ["../../etc"]},
        {"places": ["tables/../../x.lance"]},
        {"places": "tables/x.lance"},
        {"kind": "explode"},
        {"number": True},
        {"products": -1},
        {"what": None},
    ],
    ids=str,
)
def test_a_strangers_entry_moves_nothing_and_is_named(change: dict[str, object], workspace: Workspace) -> None:
    deletions.delete_map(workspace, "tiny", "pca", "ann")
    file = workspace.folder / "deletions" / "000001.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(CatalogueError, match=r"000001\.json can't be read"):
        deletions.delete_rows(workspace, GONE, "ann")


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY garbage", None])
def test_rows_that_can_not_be_read_are_named(content: bytes | None, workspace: Workspace) -> None:
    deletions.delete_rows(workspace, GONE, "ann")
    file = workspace.folder / "deletions" / "000001.npy"
    if content is None:
        np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    else:
        file.write_bytes(content)
    with pytest.raises(CatalogueError, match=r"000001\.npy"):
        open_catalogue(workspace)


def test_a_log_that_lacks_its_entries_brings_nothing_back(workspace: Workspace) -> None:
    deletions.delete_rows(workspace, GONE, "ann")
    shutil.rmtree(workspace.folder / "deletions")
    with pytest.raises(CatalogueError, match="lacks entries of the log: put those of a backup there"):
        open_catalogue(workspace)


def test_nothing_is_moved_out_of_the_workspace_by_a_link(workspace: Workspace, tmp_path: Path) -> None:
    deletions.delete_model(workspace, "tiny", "ann")
    aside, outside = workspace.folder / "deletions" / "000001", tmp_path / "outside"
    aside.rename(outside)
    held = sorted(path.name for path in outside.iterdir())
    aside.symlink_to(outside)
    with pytest.raises(CatalogueError), workspace.write_lock("something else"):
        deletions.undo_deletion(workspace, read_deletions(workspace.folder).standing[-1], "ann")
    assert sorted(path.name for path in outside.iterdir()) == held


def test_deleting_what_is_deleted_already_says_so_and_undoes_nothing_else(workspace: Workspace) -> None:
    first = deletions.delete_rows(workspace, GONE, "ann")
    deletions.delete_rows(workspace, np.array([7]), "bob")
    assert deletions.delete_rows(workspace, GONE, "ann").number == first.number, "asked twice, it is one"
    with pytest.raises(CatalogueError, match="deleted already"):
        deletions.delete_rows(workspace, np.array([3, 7]), "ann")
