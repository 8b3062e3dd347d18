"""Answers that are kept: made once, for as long as they are asked for."""

import threading

from looks_like.explorer.core.cache import Kept


def test_an_answer_is_made_once_and_another_key_gets_its_own() -> None:
    kept, made = Kept(), list[str]()

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    found = [kept.once((name,), lambda name=name: make(name)) for name in ("a", "b", "a")]
    assert (found, made) == (["A", "B", "A"], ["a", "b"])


def test_those_asked_for_least_lately_are_let_go() -> None:
    kept = Kept(most=2)
    for key, value in (("a", 1), ("b", 2), ("a", 0), ("c", 3)):
        kept.once((key,), lambda value=value: value)
    assert [kept.once((key,), lambda: -1) for key in "acb"] == [1, 3, -1]


def test_an_answer_may_ask_for_another() -> None:
    kept = Kept()
    assert kept.once(("sum",), lambda: 1 + kept.once(("part",), lambda: 2)) == 3


def test_what_is_made_aside_keeps_nobody_else_waiting() -> None:
    kept, begun, may_end = Kept(), threading.Event(), threading.Event()
    answers: list[int] = []

    def slow() -> int:
        begun.set()
        assert may_end.wait(30)
        return 7

    thread = threading.Thread(target=lambda: answers.append(kept.once_aside(("slow",), slow)))
    thread.start()
    assert begun.wait(30)
    assert kept.waiting == 1
    assert kept.once(("quick",), lambda: 1) == 1
    may_end.set()
    thread.join()
    assert (answers, kept.waiting, kept.once(("slow",), lambda: 0)) == ([7], 0, 7)
