"""Clusters over a workspace: made, listed, changed by people and undone; who comes later finds a place."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from looks_like.data.clusters import Edit, append_edit
from looks_like.data.errors import CatalogueError
from looks_like.data.sources import Columns
from looks_like.explorer.clusters import (
    ClusterRequest,
    clusterings,
    clusters,
    clusters_etag,
    finding,
    hide,
    make_clusters,
    members,
    membership,
    merge,
    numbers,
    outdated_reason,
    rename,
    split,
    state,
    undo_edit,
)
from looks_like.explorer.clusters.make import start_clusters
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.routes import routes
from looks_like.explorer.jobs.queue import Jobs, repeatable

K = "k-means"


@pytest.fixture(scope="module")
def made(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shop's workspace with four k-means clusters. Shared: copy it to change it."""
    folder = tmp_path_factory.mktemp("clusters") / "workspace"
    shutil.copytree(lab.workspace.folder, folder)
    make_clusters(Lab(folder), "tiny", ClusterRequest(K, k=4))
    return folder


@pytest.fixture
def mine(made: Path, tmp_path: Path) -> Lab:
    """The same, to change."""
    return Lab(shutil.copytree(made, tmp_path / "workspace"))


@pytest.fixture(scope="module")
def theirs(made: Path) -> Lab:
    return Lab(made)


def sizes(lab: Lab) -> dict[int, int]:
    return {cluster.number: cluster.size for cluster in clusters(lab, "tiny", K)}


def names(lab: Lab) -> dict[int, str]:
    return {cluster.number: cluster.name for cluster in clusters(lab, "tiny", K)}


# -- making and listing --------------------------------------------------------------------------------------------


def test_clusters_are_numbered_by_size_and_hold_everyone_once(theirs: Lab) -> None:
    found = clusters(theirs, "tiny", K)
    assert [cluster.number for cluster in found] == [1, 2, 3, 4]
    assert [cluster.size for cluster in found] == sorted((cluster.size for cluster in found), reverse=True)
    rows = [members(theirs, "tiny", K, number) for number in (1, 2, 3, 4)]
    assert np.array_equal(np.sort(np.concatenate(rows)), np.arange(80))
    assert [len(part) for part in rows] == [cluster.size for cluster in found]
    assert sum(cluster.share for cluster in found) == pytest.approx(1)


def test_a_cluster_shows_products_of_its_own(theirs: Lab) -> None:
    for cluster in clusters(theirs, "tiny", K):
        rows_m = set(members(theirs, "tiny", K, cluster.number).tolist())
        shown = [cluster.cover.row, *(product.row for product in cluster.examples)]
        assert set(shown) <= rows_m
        assert len(set(shown)) == len(shown)
        z_md = theirs.space("tiny").z_nd[sorted(rows_m)]
        nearest = sorted(rows_m)[int(np.linalg.norm(z_md - z_md.mean(0), axis=1).argmin())]
        assert cluster.cover.row == nearest


def test_names_differ_and_are_there_before_anyone_gives_one(theirs: Lab) -> None:
    said = list(names(theirs).values())
    assert len({name.casefold() for name in said}) == 4
    assert all(said)


def test_outlines_come_with_a_map_alone(theirs: Lab) -> None:
    assert all(not cluster.outline and cluster.at is None for cluster in clusters(theirs, "tiny", K))
    for cluster in clusters(theirs, "tiny", K, "pca"):
        assert cluster.outline[0].shape[1] == 2
        assert cluster.at is not None


def test_the_share_that_is_tagged_is_told_when_asked(theirs: Lab) -> None:
    rows_m = members(theirs, "tiny", K, 2)
    tagged_n = np.zeros(80, bool)
    tagged_n[rows_m[: len(rows_m) // 2]] = True
    shares = {cluster.number: cluster.tagged for cluster in clusters(theirs, "tiny", K, tagged_n=tagged_n)}
    assert shares == {1: 0, 2: (len(rows_m) // 2) / len(rows_m), 3: 0, 4: 0}
    assert clusters(theirs, "tiny", K)[0].tagged is None


def test_the_card_says_how_they_were_made(theirs: Lab) -> None:
    card = clusterings(theirs, "tiny")[0]
    assert (card.method, card.k, card.seed, card.map, card.catalogue_version) == (K, 4, 0, "", theirs.version())
    assert len(card.names) == 4


def test_the_same_codes_and_seed_give_the_same_clusters(mine: Lab) -> None:
    before = numbers(mine, "tiny", K)
    make_clusters(mine, "tiny", ClusterRequest(K, "again", k=4))
    assert np.array_equal(numbers(mine, "tiny", "again"), before)
    assert names(mine) == {cluster.number: cluster.name for cluster in clusters(mine, "tiny", "again")}


def test_hdbscan_looks_at_a_map_and_leaves_out_who_lies_between(mine: Lab) -> None:
    made = make_clusters(mine, "tiny", ClusterRequest("hdbscan", map_name="pca"))
    assert (made.card.map, made.card.name) == ("pca", "hdbscan")
    found = numbers(mine, "tiny")
    assert found.min() in (-1, 1), "the newest clustering unless said"
    assert made.card.k == len(clusters(mine, "tiny", map_name="pca")) == max(found)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"method": "magic"}, "there is no method 'magic'; there are: hdbscan, k-means"),
        ({"method": "hdbscan", "k": 3}, "finds out itself how many"),
        ({"map_name": "umap"}, "no map 'umap'"),
        ({"least": 1}, "2 products or more, got --least 1"),
        ({"method": K, "least": 9}, "leave --least and --map out"),
        ({"method": K, "seed": -1}, "seed must be between"),
        ({"method": K, "k": 0}, "k must be between 1 and 500"),
        ({"method": K, "name": "No Good"}, "can't name a clustering"),
    ],
)
def test_what_cannot_be_made_says_why(theirs: Lab, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make_clusters(theirs, "tiny", ClusterRequest(**asked))
    assert [card.name for card in clusterings(theirs, "tiny")] == [K]


def test_what_is_not_there_is_named(theirs: Lab) -> None:
    with pytest.raises(RequestError, match=r"there is no cluster 9 in 'k-means'; there are: 1, 2, 3, 4"):
        members(theirs, "tiny", K, 9)
    with pytest.raises(CatalogueError, match="has no clusters 'mine'"):
        clusters(theirs, "tiny", "mine")
    with pytest.raises(RequestError, match="there is no model 'huge'"):
        clusters(theirs, "huge")


def test_without_any_the_command_is_named(lab: Lab) -> None:
    with pytest.raises(RequestError, match="has no clusters yet: looks-like clusters make tiny"):
        clusters(lab, "tiny")


# -- changing ------------------------------------------------------------------------------------------------------


def test_a_new_name_is_seen_at_once_and_by_others(mine: Lab) -> None:
    before = clusters_etag(mine, "tiny", K)
    rename(mine, "tiny", K, 2, "  <b>Sale</b>\n", who="Ana")
    assert names(mine)[2] == "<b>Sale</b>"
    assert names(Lab(mine.workspace.folder))[2] == "<b>Sale</b>"
    assert clusters_etag(mine, "tiny", K) != before
    said = state(mine, "tiny", K).edits[-1]
    assert (said.who, said.action, bool(said.at)) == ("Ana", "rename", True)


@pytest.mark.parametrize("to", ["", " \n\u202e ", "x" * 61])
def test_a_name_has_some_words_but_not_too_many(mine: Lab, to: str) -> None:
    with pytest.raises(RequestError, match="1 to 60 characters"):
        rename(mine, "tiny", K, 1, to)
    assert state(mine, "tiny", K).edits == ()


def test_no_two_clusters_have_one_name(mine: Lab) -> None:
    with pytest.raises(RequestError, match=r"cluster 2 is called .* already"):
        rename(mine, "tiny", K, 1, names(mine)[2].upper())
    rename(mine, "tiny", K, 1, names(mine)[1].upper())


def test_merged_clusters_keep_number_and_name_of_the_largest(mine: Lab) -> None:
    size, called = sizes(mine), names(mine)
    merge(mine, "tiny", K, [4, 2, 3])
    assert sizes(mine) == {1: size[1], 2: size[2] + size[3] + size[4]}
    assert names(mine) == {1: called[1], 2: called[2]}
    with pytest.raises(RequestError, match="there is no cluster 4"):
        members(mine, "tiny", K, 4)
    with pytest.raises(RequestError, match="two clusters or more"):
        merge(mine, "tiny", K, [1, 1])


def test_parts_get_new_numbers_at_the_end_and_numbers_are_never_used_again(mine: Lab) -> None:
    before = sizes(mine)
    split(mine, "tiny", K, 1, parts=3)
    after = sizes(mine)
    assert set(after) == {1, 2, 3, 4, 5, 6}
    assert after[1] + after[5] + after[6] == before[1]
    assert after[1] >= after[5] >= after[6]
    assert len({name.casefold() for name in names(mine).values()}) == 6
    undo_edit(mine, "tiny", K)
    assert sizes(mine) == before
    split(mine, "tiny", K, 2)
    assert set(sizes(mine)) == {1, 2, 3, 4, 7}


def test_one_product_cannot_be_split(mine: Lab) -> None:
    with pytest.raises(RequestError, match="2 to 12 parts, got 1"):
        split(mine, "tiny", K, 1, parts=1)
    make_clusters(mine, "tiny", ClusterRequest(K, "each", k=80))
    with pytest.raises(RequestError, match="cluster 80 can't be split: its products have all the same code"):
        split(mine, "tiny", "each", 80)


def test_hidden_clusters_are_still_there(mine: Lab) -> None:
    hide(mine, "tiny", K, [1, 3])
    assert [cluster.number for cluster in clusters(mine, "tiny", K) if cluster.hidden] == [1, 3]
    hide(mine, "tiny", K, [3], shown=True)
    assert [cluster.number for cluster in clusters(mine, "tiny", K) if cluster.hidden] == [1]
    assert len(members(mine, "tiny", K, 1)) == sizes(mine)[1]
    with pytest.raises(RequestError, match="there is no cluster 17"):
        hide(mine, "tiny", K, [17])


def test_changes_are_undone_one_by_one_the_newest_first(mine: Lab) -> None:
    def now() -> tuple[Any, ...]:
        return tuple((c.number, c.name, c.size, c.hidden) for c in clusters(mine, "tiny", K))

    seen = [now()]
    for change in (
        lambda: rename(mine, "tiny", K, 1, "One"),
        lambda: split(mine, "tiny", K, 1),
        lambda: merge(mine, "tiny", K, [2, 5]),
        lambda: hide(mine, "tiny", K, [3]),
        lambda: merge(mine, "tiny", K, [3, 4]),
    ):
        change()
        seen.append(now())
    assert len(set(seen)) == 6
    again = Lab(mine.workspace.folder)
    for action in ("merge", "hide", "merge", "split", "rename"):
        seen.pop()
        assert undo_edit(again, "tiny", K).action == action
        assert now() == seen[-1]
    with pytest.raises(RequestError, match="there is nothing to undo"):
        undo_edit(mine, "tiny", K)


def test_what_people_did_is_not_replaced_unasked(mine: Lab) -> None:
    rename(mine, "tiny", K, 1, "Mine")
    with pytest.raises(RequestError, match="have 1 changes that people made: choose another --name"):
        make_clusters(mine, "tiny", ClusterRequest(K, k=3))
    assert names(mine)[1] == "Mine"
    make_clusters(mine, "tiny", ClusterRequest(K, k=3, replace=True))
    assert len(names(mine)) == 3
    assert "Mine" not in names(mine).values()
    make_clusters(mine, "tiny", ClusterRequest(K, k=2))
    assert len(names(mine)) == 2


def test_a_name_can_be_given_while_something_is_imported(mine: Lab) -> None:
    with mine.workspace.write_lock("an import"):
        rename(mine, "tiny", K, 1, "Meanwhile")
        with pytest.raises(CatalogueError, match="is being written by"):
            make_clusters(mine, "tiny", ClusterRequest(K, "other", k=2))
    assert names(mine)[1] == "Meanwhile"


def test_changes_of_a_stranger_that_make_no_sense_are_told_in_one_line(mine: Lab) -> None:
    card = state(mine, "tiny", K).card
    append_edit(mine.workspace, card, Edit("split", (1, 9), ("x",), ("nobody",), (9,)))
    with pytest.raises(RequestError, match="the changes of clusters 'k-means' can't be read"):
        clusters(mine, "tiny", K)
    make_clusters(mine, "tiny", ClusterRequest(K, k=2, replace=True))
    assert len(clusters(mine, "tiny", K)) == 2


def test_other_weights_are_told(mine: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "fingerprint", lambda folder: "other")
    assert "made with other weights of model 'tiny'" in outdated_reason(mine, "tiny", K)


def test_a_page_starts_the_command_as_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs(tmp_path)
    monkeypatch.setattr(jobs, "_spawn", lambda job: None)
    words = [
        start_clusters(jobs, "tiny", map_name="pca").words,
        start_clusters(jobs, "tiny", K, "pca", 7, replace=True).words,
    ]
    assert words == [
        ("clusters", "make", "tiny", "--method", "hdbscan", "--map", "pca"),
        ("clusters", "make", "tiny", "--method", K, "-k", "7", "--replace"),
    ]
    assert all(repeatable(job) for job in jobs.all())


# -- later -----------------------------------------------------------------------------------------------------------


def test_who_comes_later_joins_its_neighbours_and_nobody_is_moved(
    mine: Lab, tmp_path: Path, write_table: Callable[..., Path], draw_product: Callable[..., Any]
) -> None:
    split(mine, "tiny", K, 1)
    assert outdated_reason(mine, "tiny", K) == ""
    before = numbers(mine, "tiny", K).copy()
    twins, rows = [3, 8, 41], []
    for number in twins:  # the same pictures again, under new ids
        draw_product(number, number // 25).save(tmp_path / f"{number}.png")
        rows.append([f"new-{number}", f"{number}.png"])
    table = write_table(tmp_path / "new.csv", ["id", "image"], rows)
    for _ in mine.import_products(str(table), Columns()):
        pass
    assert len(numbers(mine, "tiny", K)) == 83
    assert numbers(mine, "tiny", K)[80:].tolist() == [-1, -1, -1], "no code, no neighbours"
    for _ in encode(mine, "tiny"):
        pass
    after = numbers(mine, "tiny", K)
    assert np.array_equal(after[:80], before)
    space = mine.space("tiny")
    for row in (80, 81, 82):
        distance_n = np.linalg.norm(space.z_nd[:80] - space.z_nd[row], axis=1)
        votes = before[np.argsort(distance_n, kind="stable")[:5]].tolist()
        assert votes.count(after[row]) == max(map(votes.count, votes))
    assert sum(cluster.size for cluster in clusters(mine, "tiny", K)) == 83
    assert outdated_reason(mine, "tiny", K) == "3 products are in clusters 'k-means' by their neighbours alone"
    undo_edit(mine, "tiny", K)
    assert (numbers(mine, "tiny", K) <= 4).all(), "they follow their neighbours back"


def test_products_off_the_map_join_theirs_too(mine: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    real = mine.map_view

    def half(model: str, name: str) -> Any:
        view = real(model, name)
        return replace(view, xy_n2=np.where(np.arange(80)[:, None] % 2 == 0, np.nan, view.xy_n2))

    monkeypatch.setattr(mine, "map_view", half)
    monkeypatch.setattr(finding, "hdbscan", lambda xy_n2, least: np.arange(len(xy_n2), dtype=np.int32) % 2)
    made = make_clusters(mine, "tiny", ClusterRequest("hdbscan", "half", map_name="pca"))
    assert len(made.product_ids) == 40
    assert (numbers(mine, "tiny", "half") > 0).all()


# -- the route -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(theirs: Lab) -> TestClient:
    return TestClient(Starlette(routes=routes(lambda: theirs)))


def test_the_route_tells_what_a_map_draws(client: TestClient, theirs: Lab) -> None:
    tag = clusters_etag(theirs, "tiny", K, "pca")
    answer = client.get("/api/clusters", params={"model": "tiny", "map": "pca", "name": K, "v": tag})
    first = answer.json()[0]
    assert set(first) == {"number", "name", "size", "outline", "at", "hidden"}
    assert (first["number"], first["size"]) == (1, sizes(theirs)[1])
    assert all(len(corner) == 2 for polygon in first["outline"] for corner in polygon)
    assert len(first["at"]) == 2
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/api/clusters?model=tiny&map=pca").headers["cache-control"] == "no-store"


def test_without_a_map_nothing_is_drawn(client: TestClient) -> None:
    assert [(one["outline"], one["at"]) for one in client.get("/api/clusters").json()] == [([], None)] * 4


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("model=tiny&name=mine", 404, "has no clusters 'mine'"),
        ("model=tiny&map=moon", 404, "has no map 'moon'"),
        ("model=none", 400, "there is no model 'none'"),
        ("model=tiny&name=../x", 404, "can't name a clustering"),
    ],
)
def test_the_route_names_what_is_not_there(client: TestClient, query: str, status: int, says: str) -> None:
    answer = client.get(f"/api/clusters?{query}")
    assert answer.status_code == status
    assert says in answer.json()["error"]
