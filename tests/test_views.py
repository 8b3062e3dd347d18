"""Paths between views of one thing, beside cross-fades: a bar that moves, whose code says where it is."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from looks_like.explorer.check import CheckRequest, check
from looks_like.explorer.check.factors import Factor
from looks_like.explorer.check.sections import views
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError

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
