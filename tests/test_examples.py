"""Looks Like never opens empty: it shows a path between two products that are far apart, with real ones between."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from looks_like.explorer.core import Lab
from looks_like.explorer.paths import example_anchors
from looks_like.explorer.selecting import delete_products


def test_a_pair_is_far_apart_and_another_for_each_seed(lab: Lab) -> None:
    space = lab.space("tiny")
    pairs = [example_anchors(lab, "tiny", seed) for seed in range(8)]
    assert pairs == [example_anchors(lab, "tiny", seed) for seed in range(8)], "the same pair comes again"
    assert len(set(pairs)) > 4
    drawn = np.random.default_rng(0).choice(len(space.z_nd), (500, 2))
    usual = float(np.median(np.linalg.norm(space.z_nd[drawn[:, 0]] - space.z_nd[drawn[:, 1]], axis=1)))
    for pair in pairs:
        assert pair is not None
        assert np.linalg.norm(space.code(pair[0]) - space.code(pair[1])) > usual


def test_the_way_between_is_fuller_than_between_any_two_as_far(lab: Lab) -> None:
    space, rng = lab.space("tiny"), np.random.default_rng(5)

    def gap(a: int, b: int) -> float:
        z_td = space.path_codes(space.codes([a, b]), 9, "linear")
        return float(space.nearest(z_td[1:-1])[1].max() / np.linalg.norm(z_td[-1] - z_td[0]))

    pairs = [example_anchors(lab, "tiny", seed) for seed in range(12)]
    shown = np.mean([gap(*pair) for pair in pairs if pair])
    drawn = [rng.choice(space.rows_n, 2, replace=False).tolist() for _ in range(60)]
    usual = np.mean([gap(a, b) for a, b in drawn if np.linalg.norm(space.code(a) - space.code(b)) > 0])
    assert shown < usual


def test_one_that_was_chosen_is_kept(lab: Lab) -> None:
    pair = example_anchors(lab, "tiny", 0, 7)
    assert pair is not None
    assert pair[0] == 7 != pair[1]


def test_where_no_two_are_left_there_is_none(lab: Lab, tmp_path: Path) -> None:
    own = Lab(shutil.copytree(lab.workspace.folder, tmp_path / "own"))
    delete_products(own, own.catalogue().there[1:], "Ann")
    assert example_anchors(own, "tiny", 0) is None


def test_the_page_shows_an_example_and_another(lab: Lab, open_page: Any) -> None:
    page = open_page("looks_like", lab.workspace.folder)
    assert not page.exception
    assert any("An example" in caption.value for caption in page.caption)
    assert "a" not in page.query_params
    another = next(button for button in page.button if button.label == "Another")
    another.click().run()
    assert not page.exception
