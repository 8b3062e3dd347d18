"""Answers kept by what they were made from: each is made once, by one thread, for all threads of a process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
Key = tuple[object, ...]  # with the version of all that the answer depends on


class Kept:
    """At most `most` answers; those asked for least lately are let go."""

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._answers: OrderedDict[Key, object] = OrderedDict()
        self._gates: dict[Key, threading.Lock] = {}
        self._lock = threading.RLock()

    def once(self, key: Key, make: Callable[[], Answer]) -> Answer:
        """The answer kept under `key`, made if it is new while all others wait; `make` may ask for other answers."""
        with self._lock:
            if key not in self._answers:
                self._answers[key] = make()
                while len(self._answers) > self._most:
                    self._answers.popitem(last=False)
            self._answers.move_to_end(key)
            return self._answers[key]  # type: ignore[return-value]  # what was made under a key is of one kind

    def once_aside(self, key: Key, make: Callable[[], Answer]) -> Answer:
        """The same for what takes seconds: others are answered meanwhile, whoever asks for this waits."""
        with self._lock:
            gate = self._gates.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                if key in self._answers:
                    return self.once(key, make)
            try:
                found = make()
            finally:  # also of a question that has no answer: links may ask any number of them
                with self._lock:
                    self._gates.pop(key, None)
            return self.once(key, lambda: found)

    @property
    def waiting(self) -> int:
        """How many answers are being made aside."""
        return len(self._gates)
