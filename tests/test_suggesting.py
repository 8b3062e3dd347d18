"""What to tag next: products whose nearest ones carry a tag, found beside the pages."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from looks_like.data.embeddings import write_codes
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import knn_graph as nearness
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.tags.suggestions import suggestions
from looks_like.model.geometry.neighbours import KnnArrays, NearestNeighbours

suggesting = sys.modules["looks_like.explorer.tags.suggestions"]  # its package's face has a function of that name


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop's Lab of 80 products, to tag."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def rows(mask_n: np.ndarray) -> list[int]:
    return np.flatnonzero(mask_n).tolist()


def by_hand(lab: Lab, carriers: list[int], row: int) -> float:
    """The score of a product, from distances between all codes."""
    z_nd = lab.space("tiny").z_nd
    distance_n = np.linalg.norm(z_nd - z_nd[row], axis=1)
    distance_n[row] = np.inf
    near = np.argsort(distance_n, kind="stable")[:15]
    weights = 1 / (1 + distance_n[near] / lab.space("tiny").typical_distance)
    return float(weights[np.isin(near, carriers)].sum() / weights.sum())


@pytest.mark.parametrize("whole_graph_max", [200_000, 0])
def test_suggestions_are_products_whose_nearest_carry_the_tag(
    own: Lab, whole_graph_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "KNN_GRAPH_MAX", whole_graph_max)
    carriers = list(range(0, 45, 3))
    tagging.add(own, "round", carriers, "ann")
    rows_m, scores_m = suggestions(own, "tiny", "ROUND", 100)
    assert not set(rows_m.tolist()) & set(carriers)
    assert scores_m.tolist() == sorted(scores_m, reverse=True)
    expected = {row: by_hand(own, carriers, row) for row in range(80) if row not in carriers}
    np.testing.assert_allclose(scores_m, [expected[row] for row in rows_m.tolist()], rtol=1e-4)
    if whole_graph_max:
        assert set(rows_m.tolist()) == {row for row, score in expected.items() if score > 0}
    assert suggestions(own, "tiny", "round", 3)[0].tolist() == rows_m[:3].tolist()


def test_a_rejected_suggestion_does_not_come_again(own: Lab) -> None:
    tagging.add(own, "x", range(0, 40, 3), "ann")
    first, second = suggestions(own, "tiny", "x", 2)[0].tolist()
    tagging.reject(own, "x", [first], "ann")
    assert first not in suggestions(own, "tiny", "x", 80)[0].tolist()
    tagging.accept(own, "x", [second], "ann")
    newest = tagging.history(own, 1)[0].action
    assert (newest.kind, newest.words) == ("add", "suggestion")
    assert second in rows(tagging.mask(own, "x"))
    tagging.undo(own, "ann")
    tagging.undo(own, "ann")
    assert {first, second} <= set(suggestions(own, "tiny", "x", 80)[0].tolist())


def test_nothing_is_suggested_for_a_tag_without_products(own: Lab) -> None:
    tagging.add(own, "x", [1], "ann")
    tagging.undo(own, "ann")
    rows_m, scores_m = suggestions(own, "tiny", "x")
    assert (len(rows_m), len(scores_m)) == (0, 0)


def test_who_is_near_to_whom_is_found_beside_whoever_asks(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, times, others = threading.Event(), [], NearestNeighbours.others

    def slow(self: NearestNeighbours, rows_m: np.ndarray, k: int) -> KnnArrays:
        times.append(self)  # a thread of an earlier test may still be finding some of its own
        assert go_on.wait(30)
        return others(self, rows_m, k)

    monkeypatch.setattr(NearestNeighbours, "others", slow)
    monkeypatch.setattr(nearness, "FEW", 0)
    tagging.add(own, "x", range(0, 40, 3), "ann")
    space = own.space("tiny")
    assert [suggesting.ready(own, "tiny", "x") for _ in range(3)] == [False] * 3
    until = time.monotonic() + 30
    while space.neighbours not in times and time.monotonic() < until:  # who asks before it began would do it too
        time.sleep(0.01)
    go_on.set()
    assert len(suggestions(own, "tiny", "x", 5)[0]) == 5  # whoever can wait waits for the same work
    assert suggesting.ready(own, "tiny", "x")
    assert (times.count(space.neighbours), own.space("tiny") is space) == (1, True)


def test_new_codes_make_suggestions_of_new_neighbours(own: Lab) -> None:
    tagging.add(own, "x", range(0, 40, 3), "ann")
    before_m, _ = suggestions(own, "tiny", "x", 80)
    space = own.space("tiny")
    catalogue, moved = own.catalogue(), np.array([1, 2])
    ids, pictures = [[values[row] for row in moved] for values in (catalogue.product_ids, catalogue.sha256)]
    write_codes(own.workspace, "tiny", own.weights("tiny"), ids, pictures, space.z_nd[moved] + 50)
    after_m, _ = suggestions(own, "tiny", "x", 80)
    assert own.space("tiny") is not space
    assert set(rows(tagging.mask(own, "x"))).isdisjoint(after_m.tolist())
    assert {1, 2} & set(before_m.tolist())
    assert (own.space("tiny").knn.of(moved).distance_nk[:, 1:] > 10).all()


def test_a_program_ends_while_neighbours_are_being_found(own: Lab, tmp_path: Path) -> None:
    code = f"""
import time
from looks_like.explorer import tags
from looks_like.explorer.core import Lab, knn_graph
from looks_like.model.geometry.neighbours import NearestNeighbours
others, knn_graph.PAIRS_AT_ONCE, knn_graph.FEW = NearestNeighbours.others, 1, 0
NearestNeighbours.others = lambda self, rows_m, k: (time.sleep(0.05), others(self, rows_m, k))[1]
lab = Lab({str(own.workspace.folder)!r})
tags.add(lab, "x", [1], "ann")
print(tags.ready(lab, "tiny", "x"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")


def test_of_many_products_only_those_beside_tagged_ones_are_looked_at_and_beside_the_page(
    own: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("KNN_GRAPH_MAX", 0), ("_SPEAKERS_MAX", 4), ("_CANDIDATES_MAX", 6)):
        monkeypatch.setattr(suggesting, name, value)
    monkeypatch.setattr(nearness, "FEW", 0)
    tagging.add(own, "x", range(0, 40, 3), "ann")
    near = own.space("tiny").knn
    for _ in range(600):
        if suggesting.ready(own, "tiny", "x"):
            break
        time.sleep(0.02)
    asked = np.count_nonzero(near._known_u)
    assert 4 < asked <= 10
    assert len(suggestions(own, "tiny", "x")[0]) <= 6
    assert np.count_nonzero(near._known_u) == asked


def test_who_speaks_for_a_tag_hardly_changes_with_a_few_more_products() -> None:
    carried_n = np.random.default_rng(0).random(100_000) < 0.3
    before = suggesting._speakers(carried_n)
    carried_n[:20] = True
    assert (len(before), len(np.intersect1d(before, suggesting._speakers(carried_n)))) >= (1000, 980)
    assert before[0] < 1000 < 99_000 < before[-1]
