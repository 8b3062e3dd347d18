"""Answers that are kept: made once, for as long as they are asked for."""

import threading

from looks_like.explorer.core.cache import Cache


def test_an_answer_is_made_once_and_another_key_gets_its_own() -> None:
    cache, made = Cache(), list[str]()

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    found = [cache.cached((name,), lambda name=name: make(name)) for name in ("a", "b", "a")]
    assert (found, made) == (["A", "B", "A"], ["a", "b"])


def test_those_asked_for_least_lately_are_let_go() -> None:
    cache = Cache(max_size=2)
    for key, value in (("a", 1), ("b", 2), ("a", 0), ("c", 3)):
        cache.cached((key,), lambda value=value: value)
    assert [cache.cached((key,), lambda: -1) for key in "acb"] == [1, 3, -1]


def test_an_answer_may_ask_for_another() -> None:
    cache = Cache()
    assert cache.cached(("sum",), lambda: 1 + cache.cached(("part",), lambda: 2)) == 3


def test_what_is_made_aside_keeps_nobody_else_waiting() -> None:
    cache, begun, may_end = Cache(), threading.Event(), threading.Event()
    answers: list[int] = []

    def slow() -> int:
        begun.set()
        assert may_end.wait(30)
        return 7

    thread = threading.Thread(target=lambda: answers.append(cache.cached_outside_lock(("slow",), slow)))
    thread.start()
    assert begun.wait(30)
    assert cache.in_progress == 1
    assert cache.cached(("quick",), lambda: 1) == 1
    may_end.set()
    thread.join()
    assert (answers, cache.in_progress, cache.cached(("slow",), lambda: 0)) == ([7], 0, 7)
