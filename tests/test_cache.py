"""Values that are kept: made once, for as long as they are asked for, whoever asks in whatever order."""

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from looks_like.explorer.core import Cache, Lab

WAIT_S = 30


def in_threads(*works: Callable[[], object]) -> list[object]:
    """What each returns, or the exception it raises; all must end."""
    answers: list[object] = [None] * len(works)

    def run(i: int) -> None:
        try:
            answers[i] = works[i]()
        except Exception as reason:  # noqa: BLE001 - whatever it is, the test looks at it
            answers[i] = reason

    threads = [threading.Thread(target=run, args=(i,), daemon=True) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return answers


def test_a_value_is_made_once_and_another_key_gets_its_own() -> None:
    cache, made = Cache(), list[str]()

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    found = [cache.get_or_make((name,), lambda name=name: make(name)) for name in ("a", "b", "a")]
    assert (found, made) == (["A", "B", "A"], ["a", "b"])


def test_of_each_kind_those_asked_for_least_lately_are_let_go() -> None:
    cache = Cache()
    for key, value in (("a", 1), ("b", 2), ("a", 0), ("c", 3)):
        cache.get_or_make(("letter", key), lambda value=value: value, max_size=2)
        cache.get_or_make(("other", value), lambda: "kept", max_size=9)
    assert [cache.get_or_make(("letter", key), lambda: -1, max_size=2) for key in "acb"] == [1, 3, -1]
    assert [cache.get_or_make(("other", value), lambda: "new", max_size=9) for value in range(4)] == ["kept"] * 4
    cache.forget("other")
    assert cache.get_or_make(("other", 1), lambda: "new") == "new"


def test_making_a_value_may_ask_for_another() -> None:
    cache = Cache()
    assert cache.get_or_make(("sum",), lambda: 1 + cache.get_or_make(("part",), lambda: 2)) == 3


def test_what_is_being_made_keeps_nobody_else_waiting() -> None:
    cache, begun, may_end = Cache(), threading.Event(), threading.Event()

    def slow() -> int:
        begun.set()
        assert may_end.wait(WAIT_S)
        return 7

    def meanwhile() -> int:
        assert begun.wait(WAIT_S)
        assert cache.in_flight == 1
        found = cache.get_or_make(("quick",), lambda: 1)
        may_end.set()
        return found

    assert in_threads(lambda: cache.get_or_make(("slow",), slow), meanwhile) == [7, 1]
    assert (cache.in_flight, cache.get_or_make(("slow",), lambda: 0)) == (0, 7)


def test_who_asks_for_what_is_being_made_waits_for_it_and_gets_the_same() -> None:
    cache, made, all_ask = Cache(), list[object](), threading.Barrier(8)

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask() -> object:
        all_ask.wait(WAIT_S)
        return cache.get_or_make(("one",), make, max_size=1)

    found = in_threads(*[ask] * 8)
    assert len(made) == 1
    assert all(value is made[0] for value in found)


def test_what_fails_is_not_kept_and_who_waited_tries_anew() -> None:
    cache, begun, times = Cache(), threading.Event(), list[int]()

    def second_time_lucky() -> str:
        times.append(1)
        if len(times) == 1:
            begun.set()
            while not cache._waits_for:
                threading.Event().wait(0.001)
            raise ValueError("not now")
        return "made"

    def later() -> str:
        begun.wait(WAIT_S)
        return cache.get_or_make(("k",), second_time_lucky)

    first, second = in_threads(lambda: cache.get_or_make(("k",), second_time_lucky), later)
    assert isinstance(first, ValueError)
    assert second == "made"
    assert (cache.in_flight, cache._waits_for) == (0, {})


def test_values_that_need_each_others_parts_are_made_in_any_order_of_threads() -> None:
    """One makes A, which needs B; the other makes C, which needs B and D, while A's maker is in the midst of it."""
    cache, both = Cache(), threading.Barrier(2)

    def get(name: str, *parts: str, meet: bool = False) -> str:
        def make() -> str:
            if meet:
                both.wait(WAIT_S)
            return name + "".join(get(part) for part in parts)

        return cache.get_or_make((name,), make)

    works = (lambda: get("A", "B", "D", meet=True), lambda: get("C", "D", "B", meet=True))
    assert in_threads(*works) == ["ABD", "CDB"]


def test_a_value_that_needs_itself_says_so() -> None:
    cache = Cache()

    def endless() -> int:
        return cache.get_or_make(("endless",), endless)

    with pytest.raises(RuntimeError, match="'endless' is needed to make itself"):
        endless()
    assert cache.get_or_make(("endless",), lambda: 5) == 5


def test_a_circle_through_two_threads_ends_with_an_error_in_both() -> None:
    cache, both = Cache(), threading.Barrier(2)
    needs = {"a": "b", "b": "a"}

    def get(name: str, meet: bool = False) -> int:
        def make() -> int:
            if meet:
                both.wait(WAIT_S)
            return get(needs[name])

        return cache.get_or_make((name,), make)

    found = in_threads(lambda: get("a", meet=True), lambda: get("b", meet=True))
    assert [str(reason).partition(" ")[2] for reason in found] == ["is needed to make itself"] * 2
    assert (cache.in_flight, cache._waits_for) == (0, {})


def test_a_lab_that_nobody_holds_is_freed(lab: Lab) -> None:
    """Whatever was asked of it: nothing outside a Lab keeps it."""
    from looks_like.explorer import clusters, search, selecting
    from looks_like.explorer.core import MapContext
    from looks_like.explorer.maps import sprite_sheets_of
    from looks_like.explorer.paths import PathRequest, walk

    def asked(folder: Path) -> "weakref.ref[Lab]":
        own = Lab(folder)
        products = own.catalogue().product_ids
        own.thumbnail(own.catalogue().sha256[0], 72)
        walk(own, PathRequest("tiny", (products[0], products[1]), steps=3))
        sprite_sheets_of(own).page("tiny", "pca", 16, 0)
        search.find_enrichment(own, own.space("tiny").rows_n[:20], "tiny")
        selecting.rows(own, selecting.Selection(MapContext("tiny", "pca", "")))
        assert clusters.clusterings(own, "tiny") == []
        return weakref.ref(own)

    gone = asked(lab.workspace.folder)
    gc.collect()
    assert gone() is None
