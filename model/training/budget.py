"""How long a training lasts: so many passes over the products, or so much time by a clock that knows pauses."""

import math
import threading
import time
from collections.abc import Callable
from typing import Self

_LOOK_EVERY_S = 0.5
_PAUSE_S = 5.0  # between two looks at the clock: more means that the process did not run
_SHARE_MIN = 1e-9


def steps_for_epochs(epochs: float, products: int, batch: int) -> int:
    """Steps in so many passes over the products."""
    return max(1, round(epochs * (products // min(batch, products))))


class Clock:
    """Seconds since it was made, by a clock that nobody sets. A pause does not count: of the time that the process was
    stopped, or the machine asleep, at most 5 s. A thread looks at the clock while the `with` lasts.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic, self._seconds, self._looked = monotonic, 0.0, monotonic()
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._look_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def now(self) -> float:
        """Seconds, without pauses."""
        with self._lock:
            at = self._monotonic()
            self._seconds += min(at - self._looked, _PAUSE_S)
            self._looked = at
            return self._seconds

    def _look_on(self) -> None:
        main = threading.main_thread()  # it ends with that one, though nobody ended the `with`
        while not self._ended.wait(_LOOK_EVERY_S) and main.is_alive():
            self.now()


class Budget:
    """The time that the steps of a training have. How far it is follows from the clock, whatever a step takes.

    The end may be moved on the way: the share that is left is then spread over the time that is left, so that what
    follows from it (rates, stages) neither jumps nor goes back. Without an end nothing is ever behind.
    """

    def __init__(self, now: Callable[[], float], ends: float = math.inf) -> None:
        self.ends, self.done = ends, 0.0  # on the clock; the share that is behind, 0..1
        self._now, self._looked = now, now()

    def begin(self) -> None:
        """What has passed since the last look does not count: the steps begin, or go on, now."""
        self._looked = self._now()

    def left(self) -> float:
        """Seconds."""
        return max(0.0, self.ends - self._now())

    def share(self) -> float:
        """What is behind, 0..1; 1 when the time is over."""
        now, before = self._now(), self._looked
        if now >= self.ends:
            self.done = 1.0
        elif now > before:
            self.done += (1 - self.done) * (now - before) / (self.ends - before)
        self._looked = now
        return self.done

    def steps(self, step: int) -> float:
        """How many there will be in all, `step` of them behind, at the pace so far; one at least.

        Before the first they are thought to be very many: a rate that rises with their share then begins at nothing.
        """
        return step / max(self.share(), _SHARE_MIN) if step else 1 / _SHARE_MIN
