"""Answers kept by what they were made from: each is made once, by one thread, for all threads of a process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
Key = tuple[object, ...]  # with the version of all that the answer depends on


class Cache:
    """At most `most` answers; those asked for least lately are let go."""

    def __init__(self, max_size: int = 32) -> None:
        self._max_size = max_size
        self._values: OrderedDict[Key, object] = OrderedDict()
        self._key_locks: dict[Key, threading.Lock] = {}
        self._lock = threading.RLock()

    def cached(self, key: Key, make: Callable[[], Value]) -> Value:
        """The answer kept under `key`, made if it is new while all others wait; `make` may ask for other answers."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > self._max_size:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]  # type: ignore[return-value]  # what was made under a key is of one kind

    def cached_outside_lock(self, key: Key, make: Callable[[], Value]) -> Value:
        """The same for what takes seconds: others are answered meanwhile, whoever asks for this waits."""
        with self._lock:
            key_lock = self._key_locks.setdefault(key, threading.Lock())
        with key_lock:
            with self._lock:
                if key in self._values:
                    return self.cached(key, make)
            try:
                found = make()
            finally:  # also of a question that has no answer: links may ask any number of them
                with self._lock:
                    self._key_locks.pop(key, None)
            return self.cached(key, lambda: found)

    @property
    def in_progress(self) -> int:
        """How many answers are being made aside."""
        return len(self._key_locks)
