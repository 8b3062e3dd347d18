"""Values kept by what they were made from: each is made once, by one thread, for all threads of a process."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value")
Key = tuple[object, ...]  # the kind of value first, then all that the value depends on, versions too
MOST = 32  # values of one kind, unless said


@dataclass
class _InFlight:
    """A value that a thread is making now."""

    maker: int  # the thread
    done: threading.Event = field(default_factory=threading.Event)
    values: list[object] = field(default_factory=list)  # the one that was made; empty when making failed


class Cache:
    """Of each kind, the values used last. No lock is held while one is made, so making one may ask for others."""

    def __init__(self) -> None:
        self._kinds: dict[object, OrderedDict[Key, object]] = {}
        self._in_flight: dict[Key, _InFlight] = {}
        self._waits_for: dict[int, _InFlight] = {}  # by thread
        self._lock = threading.Lock()

    def get_or_make(self, key: Key, make: Callable[[], Value], max_size: int = MOST) -> Value:
        """The value kept under `key`; a new one is made once, and whoever asks for it meanwhile waits.

        `max_size`: how many of its kind are kept. What `make` raises is not kept: who waited tries anew.
        RuntimeError when a value is needed to make itself, be it by way of others in other threads.
        """
        me = threading.get_ident()
        while True:
            with self._lock:
                kept = self._kinds.get(key[0])
                if kept is not None and key in kept:
                    kept.move_to_end(key)
                    return kept[key]  # type: ignore[return-value]  # what is kept under a key is of one kind
                flight = self._in_flight.get(key)
                if flight is None:
                    mine = self._in_flight[key] = _InFlight(me)
                    break
                self._need_no_circle(key, flight, me)
                self._waits_for[me] = flight
            try:
                flight.done.wait()
            finally:
                with self._lock:
                    del self._waits_for[me]
            if flight.values:
                return flight.values[0]  # type: ignore[return-value]
        return self._make(key, make, max_size, mine)

    def forget(self, kind: object) -> None:
        """All values of a kind."""
        with self._lock:
            self._kinds.pop(kind, None)

    @property
    def in_flight(self) -> int:
        """How many values are being made."""
        return len(self._in_flight)

    def _make(self, key: Key, make: Callable[[], Value], max_size: int, mine: _InFlight) -> Value:
        try:
            value = make()
            mine.values.append(value)
            with self._lock:
                kept = self._kinds.setdefault(key[0], OrderedDict())
                kept[key] = value
                while len(kept) > max_size:
                    kept.popitem(last=False)
            return value
        finally:  # also where nothing was made: links may ask for any number of such things
            with self._lock:
                del self._in_flight[key]
                mine.done.set()

    def _need_no_circle(self, key: Key, flight: _InFlight, me: int) -> None:
        """Follows who waits for whom: each thread waits for one value at most, each value is made by one thread."""
        seen: _InFlight | None = flight
        while seen is not None and not seen.done.is_set():
            if seen.maker == me:
                raise RuntimeError(f"{key[0]!r} is needed to make itself")
            seen = self._waits_for.get(seen.maker)
