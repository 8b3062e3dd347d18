"""What a result is, and how two things are timed fairly: in one process, by turns (A B A B), medians."""

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

Work = Callable[[], object]


class Missing(Exception):
    """Something that a case needs is not on this machine; it says what."""


@dataclass(frozen=True)
class Result:
    """One figure; smaller is better. `goal` is the most that ours may be, `goal_ratio` the least theirs / ours."""

    what: str
    ours: float
    unit: str
    beside: str = ""
    theirs: float | None = None
    goal: float | None = None
    goal_ratio: float | None = None
    more: dict[str, Any] = field(default_factory=dict)  # every sample, counts, what else was seen

    @property
    def ratio(self) -> float | None:
        """None where it would say nothing: of figures that may be negative, as nats of a density are."""
        return None if self.theirs is None or min(self.theirs, self.ours) <= 0 else self.theirs / self.ours

    @property
    def ok(self) -> bool | None:
        """None = there is no goal, or it is not one for this size."""
        met = []
        if self.goal is not None:
            met.append(self.ours <= self.goal)
        if self.goal_ratio is not None and self.ratio is not None:
            met.append(self.ratio >= self.goal_ratio)
        return all(met) if met else None

    def goal_words(self) -> str:
        said = [f"<= {self.goal:g} {self.unit}"] if self.goal is not None else []
        said += [f">= {self.goal_ratio:g}x"] if self.goal_ratio is not None else []
        return ", ".join(said)


@dataclass
class Bench:
    """One run: how much, and a folder that is gone afterwards. Data made by one case serves the next ones."""

    quick: bool = False
    workspace: Path | None = None  # a real catalogue, for the cases whose time depends on what the pictures show

    def __enter__(self) -> "Bench":
        self._stack = ExitStack()
        return self

    def __exit__(self, *what: object) -> None:
        self._stack.close()

    @cached_property
    def folder(self) -> Path:
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="looks-like-bench-")))

    def of(self, full: int, quick: int) -> int:
        """How many, in this run."""
        return quick if self.quick else full

    def goal(self, value: float) -> float | None:
        """A goal that was set for the full size; none when less is measured."""
        return None if self.quick else value


def seconds_of(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def by_turns(*works: Work, rounds: int, warm: int = 1) -> list[list[float]]:
    """Seconds of each work, `rounds` of them, taken by turns so that what else the machine does strikes all alike."""
    for work in works:
        for _ in range(warm):
            work()
    taken: list[list[float]] = [[] for _ in works]
    gc.collect()
    for _ in range(rounds):
        for work, mine in zip(works, taken, strict=True):
            mine.append(seconds_of(work))
    return taken


def compared(what: str, unit: str, beside: str, samples: list[list[float]], **rest: Any) -> Result:
    """Medians of two lists of seconds, ours first, as ms or s."""
    scale = {"s": 1.0, "ms": 1000.0}[unit]
    ours, theirs = ([scale * value for value in mine] for mine in samples)
    more = {
        "best": _rounded([min(ours), min(theirs)]),  # the least disturbed ones: on a busy machine they say more
        "samples": _rounded(ours),
        "their_samples": _rounded(theirs),
        **rest.pop("more", {}),
    }
    return Result(what, median(ours), unit, beside, median(theirs), more=more, **rest)


def share_of(values: list[float], share: float) -> float:
    """The value below which that share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_memory_mb(pid: int) -> float:
    """The most that a living process has held, in MB (10^6); pages of mapped files count while they are resident."""
    return _memory_mb(pid, "VmHWM:")


def memory_mb(pid: int) -> float:
    """What a living process holds now, in the same sense."""
    return _memory_mb(pid, "VmRSS:")


def _memory_mb(pid: int, line_of: str) -> float:
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        kilobytes = [int(line.split()[1]) for line in file if line.startswith(line_of)]
    return kilobytes[0] * 1024 / 1e6 if kilobytes else 0.0


def cpu_seconds(pid: int) -> float:
    """Processor time that a living process has used, in all its threads."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Waits. TimeoutError names what did not come."""
    ends = time.perf_counter() + seconds
    while not ready():
        if time.perf_counter() > ends:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        time.sleep(0.005)


def say(text: str) -> None:
    """To people who wait; stdout is for the table."""
    print(text, file=sys.stderr, flush=True)


def _rounded(values: list[float]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


Case = Callable[[Bench], Iterator[Result]]
