"""A few of the kills of `benchmarks.reliability.kills`, in each thing that writes; and that a loss would be seen."""

from pathlib import Path

import pytest

from benchmarks.reliability import kills
from benchmarks.reliability.kills import Act, Facts


def test_what_is_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    found = kills.run(tmp_path, kills=6, seed=1)
    assert sum(found.kills.values()) == 6
    assert found.faults == []


WAS: Facts = {"a": {"is": "whole", "picture": "1", "tags": "x"}, "b": {"is": "whole", "picture": "2", "tags": ""}}


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"b": WAS["b"]}, "product a is gone"),
        (WAS | {"a": WAS["a"] | {"tags": ""}}, "tags of a is neither what it was nor what it was to be"),
        (WAS | {"a": WAS["a"] | {"is": "torn"}}, "product a is torn, or from nowhere"),
        (WAS | {"c": WAS["a"]}, "product c is torn, or from nowhere"),
    ],
)
def test_what_would_be_lost_is_seen(now: Facts, said: str) -> None:
    assert said in list(kills.torn(WAS, now, WAS, Act(("tag",))))


def test_what_was_to_go_may_be_gone() -> None:
    act = Act(("delete",), takes=frozenset("a"))
    assert list(kills.torn(WAS, {"b": WAS["b"]}, {"b": WAS["b"]}, act)) == []
