"""Paths between views of one thing, beside cross-fades: a bar that moves, whose code says where it is."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from looks_like.data.filled import fill
from looks_like.explorer.check import CheckRequest, check
from looks_like.explorer.check.factors import Factor, declared_values
from looks_like.explorer.check.sections import views
from looks_like.explorer.check.trial import Trial
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags import Ends, name_dimension

COUNT = 24


@pytest.fixture
def turning() -> Any:
    """A subject whose picture i is a bar at column i, seen at angle 15 i; its code goes round a circle."""
    angle_n = np.linspace(0, 2 * np.pi, COUNT, endpoint=False)
    z_nd = np.stack([np.cos(angle_n), np.sin(angle_n)], 1).astype(np.float32)
    pixels_nhwc = np.zeros((COUNT, COUNT, COUNT, 3), np.uint8)
    pixels_nhwc[np.arange(COUNT), :, np.arange(COUNT)] = 255
    net: Any = SimpleNamespace(settings=SimpleNamespace(latent=2, size=COUNT), decodes=True, encodes=True)
    card: Any = SimpleNamespace(name="turning")
    return SimpleNamespace(pixels_nhwc=pixels_nhwc), Space(net, card, z_nd, np.arange(COUNT))


def test_a_path_comes_past_all_views_in_order_and_a_cross_fade_past_none(turning: Any) -> None:
    subject, part = turning
    values_n = np.arange(COUNT) * 15.0
    factor = Factor("angle", 360)
    assert views._path(subject, (part, 2, 8), values_n, factor) == (1, 1)
    assert views._path(subject, (part, 22, 3), values_n, factor) == (1, 1), "over 360"
    visited, order = views._fade(subject, (part, 2, 8), values_n, factor)
    assert (visited, order) == (pytest.approx(2 / 7), 1)


def test_a_check_says_it_of_a_column_beside_the_cross_fade(lab: Lab) -> None:
    request = CheckRequest(("tiny",), quick=True, factors=(Factor("year"), Factor("brand")), views="brand")
    found = list(check(lab, request, (views,)))[-1].found
    assert found is not None
    [section] = found.sections
    assert [(row.metric.key, row.of) for row in section.rows] == [("visited", "year"), ("in_order", "year")]
    for row in section.rows:
        assert 0 <= row.scores["tiny"].value <= 1
        assert 0 <= row.baselines["cross-fade"].value <= 1
    assert any("brand holds no numbers" in said for said in section.lacking)


def test_without_views_nothing_is_followed_and_a_column_that_is_not_there_is_a_sentence(lab: Lab) -> None:
    found = list(check(lab, CheckRequest(("tiny",), quick=True, factors=(Factor("year"),)), (views,)))[-1].found
    assert found is None or not found.sections
    with pytest.raises(RequestError, match="there is no column 'nothing'"):
        list(check(lab, CheckRequest(("tiny",), quick=True, factors=(Factor("year"),), views="nothing"), (views,)))


def test_what_was_filled_here_judges_nobody(lab: Lab, tmp_path: Path) -> None:
    """A proposed value follows from what codes have in common: measured with it, they would look good."""
    own = Lab(shutil.copytree(lab.workspace.folder, tmp_path / "own"))
    name_dimension(own, "tiny", 1, Ends("width"), "Ann")
    with pytest.raises(RequestError, match="there is no column 'width' to take as a factor"):
        Trial(own, CheckRequest(("tiny",), factors=(Factor("width"),)))
    before = declared_values(own, (Factor("price"),), own.space("tiny").rows_n, 1000, 0)
    lacking = own.catalogue().rows["price"].is_null().to_numpy()
    ids = [own.catalogue().product_ids[row] for row in np.flatnonzero(lacking)]
    fill(own.workspace, "price", dict.fromkeys(ids, (20.0, 0.9)), "", "Ann")
    assert own.catalogue().rows["price"].null_count == 0
    after = declared_values(own, (Factor("price"),), own.space("tiny").rows_n, 1000, 0)
    np.testing.assert_array_equal(before.rows_n, after.rows_n)
