"""python -m benchmarks.reliability.faults [--times 24] [--seed 0] [--kinds full,two]: faults that are short of a kill.

- full: a disk that fills up somewhere within a command; there is room again afterwards
- reading: a disk that can only be read
- clock: a clock that is set back by a day, or on by a year, somewhere within a command
- two: two commands that write at the same time

What a command then says must be a sentence, what was in must be in, and the same command again must end where it would
have. Disks are small ones in memory, in a mount namespace of its own (Linux's `unshare`, no right needed); the clock
is libfaketime's (Debian's package faketime).
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.measure import Missing, say
from benchmarks.reliability.kills import (
    Act,
    Facts,
    comparable,
    copied,
    facts,
    faults_of,
    prepared,
    run_command,
    started,
    unbroken,
)

_WAIT_S = 300.0
_JUMPS_S = (-86_400, 31_536_000)
READING = (("list",), ("find", "red"), ("similar", "p0001"), ("tag", "list"), ("models", "list"), ("jobs",))
DONE, SAID = "done", "refused with a sentence"


@dataclass
class Tried:
    """What came of each kind of fault."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def fault(self, words: str) -> None:
        self.faults.append(words)
        say(f"  {words}")


@dataclass(frozen=True)
class Ground:
    """A workspace, what is done to copies of it, and what comes of that where nothing is amiss."""

    folder: Path
    base: Path
    acts: dict[str, Act]
    known: dict[str, tuple[Facts, float]] = field(default_factory=dict)

    def expected(self, name: str) -> tuple[Facts, float]:
        """-> (what is there after an act, how long it takes); found when it is first asked for."""
        if name not in self.known:
            self.known[name] = unbroken(self.folder, self.base, self.acts[name])
        return self.known[name]


def main() -> int:
    """0 where nothing was lost and nobody left without a sentence."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=24, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.inside:
        return subprocess.run([*own_mounts(), *sys.argv[1:], "--inside"], cwd=ROOT).returncode
    with tempfile.TemporaryDirectory(prefix="looks-like-faults-") as folder:
        found = run(Path(folder), asked.kinds.split(","), asked.times, asked.seed)
    print(json.dumps({kind: {"ends": dict(each.ends), "faults": each.faults} for kind, each in found.items()}))
    return 1 if any(each.faults for each in found.values()) else 0


def own_mounts() -> list[str]:
    """What runs this module where it may mount disks that nobody else sees."""
    command = ["unshare", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        raise Missing("needs Linux's unshare, and leave to use it")
    return [*command, sys.executable, "-m", "benchmarks.reliability.faults"]


def run(folder: Path, kinds: list[str], times: int, seed: int = 0) -> dict[str, Tried]:
    """Each kind of fault so many times, the acts in turn."""
    base, acts = prepared(folder)
    ground = Ground(folder, base, acts)
    return {kind: KINDS[kind](ground, times, random.Random(seed)) for kind in kinds}


def _full(ground: Ground, times: int, rng: random.Random) -> Tried:
    tried, added = Tried(), dict[str, int]()
    for name in _turns(ground.acts, times, rng):
        added[name] = added.get(name) or _added(ground, ground.acts[name])
        room = _size(ground.base) + 65_536 + int(rng.uniform(0.0, 1.1) * added[name])
        with _disk(ground, room) as workspace:
            what = f"{name} with room for {room - _size(ground.base):,} bytes of {added[name]:,}"
            code, said = _heard(workspace, ground.acts[name].words)
            _ended(tried, what, code, said)
            _mount("remount,size=1g", workspace.parent)
            _after(tried, ground, name, workspace, what, code)
    return tried


def _reading(ground: Ground, times: int, rng: random.Random) -> Tried:
    tried, before = Tried(), facts(ground.base)
    for name in _turns(ground.acts, min(times, len(ground.acts)), rng):
        with _disk(ground, 1_000_000_000) as workspace:
            _mount("remount,ro", workspace.parent)
            code, said = _heard(workspace, ground.acts[name].words)
            _ended(tried, f"{name} on a disk that can only be read", code, said)
            if code == 0:
                tried.fault(f"{name} says that it was done on a disk that can only be read")
            for words in READING:
                code, said = _heard(workspace, words)
                _ended(tried, " ".join(words), code, said)
                if code:
                    tried.fault(f"{' '.join(words)} only reads, and ended with {code}: {said}")
            if facts(workspace) != before:
                tried.fault(f"{name} changed what can only be read")
            _mount("remount,rw", workspace.parent)
            _after(tried, ground, name, workspace, f"{name} on a disk that could only be read", None)
    return tried


def _clock(ground: Ground, times: int, rng: random.Random) -> Tried:
    tried, library = Tried(), _faketime()
    for number, name in enumerate(_turns(ground.acts, times, rng)):
        usual_s = ground.expected(name)[1]
        with copied(ground.folder, ground.base) as workspace:
            clock = ground.folder / "clock"
            clock.write_text("+0")
            own = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
            words = [*ground.acts[name].words, "--workspace", str(workspace)]
            jump_s = _JUMPS_S[number % len(_JUMPS_S)]
            process = subprocess.Popen(
                [sys.executable, "-m", "looks_like", *words],
                cwd=ROOT,
                env=os.environ | own | {"DONT_FAKE_MONOTONIC": "1"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            time.sleep(rng.uniform(0.0, 3.0 + usual_s))
            clock.write_text(f"{jump_s:+d}")
            said = process.communicate(timeout=_WAIT_S)[1]
            what = f"{name} while the clock jumps by {jump_s:+,} s"
            _ended(tried, what, process.returncode, said.strip()[-300:])
            if process.returncode:
                tried.fault(f"{what}: ended with {process.returncode}")
            _after(tried, ground, name, workspace, what, process.returncode)
    return tried


def _two(ground: Ground, times: int, rng: random.Random) -> Tried:
    tried, pairs = Tried(), [*combinations(ground.acts, 2), *((name, name) for name in ground.acts)]
    rng.shuffle(pairs)
    for first, second in pairs[:times]:
        with copied(ground.folder, ground.base) as workspace:
            for name in (first, second):
                run_command(workspace, ground.acts[name].words)
            expected = facts(workspace)
        with copied(ground.folder, ground.base) as workspace:
            for name, (code, said) in zip((first, second), _heard_both(ground, workspace, first, second), strict=True):
                _ended(tried, f"{name} beside {second if name == first else first}", code, said)
            for name in (first, second):
                run_command(workspace, ground.acts[name].words)
            if _pictures_and_tags(facts(workspace)) != _pictures_and_tags(expected):
                tried.fault(f"{first} beside {second}, and both again, did not end where one after the other does")
    return tried


def _heard_both(ground: Ground, workspace: Path, *names: str) -> list[tuple[int | None, str]]:
    """What two commands say that were started at the same time."""
    ends = [multiprocessing.Pipe(duplex=False) for _ in names]
    processes = [started(workspace, ground.acts[name].words, send) for name, (_, send) in zip(names, ends, strict=True)]
    return [_end(process, receive) for process, (receive, _) in zip(processes, ends, strict=True)]


def _heard(workspace: Path, words: tuple[str, ...]) -> tuple[int | None, str]:
    receive, send = multiprocessing.Pipe(duplex=False)
    return _end(started(workspace, words, send), receive)


def _end(
    process: "multiprocessing.process.BaseProcess", receive: "multiprocessing.connection.Connection"
) -> tuple[int | None, str]:
    process.join(_WAIT_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None, ""
    return process.exitcode, receive.recv() if receive.poll() else ""


def _ended(tried: Tried, what: str, code: int | None, said: str) -> None:
    """Done, or a sentence; anything else is a fault."""
    if code == 0:
        tried.ends[DONE] += 1
    elif code == 2 and said and "\n" not in said.strip():
        tried.ends[SAID] += 1
    else:
        tried.ends["something else"] += 1
        tried.fault(f"{what}: ended with {code}: {said or 'nothing said'}")


def _after(tried: Tried, ground: Ground, name: str, workspace: Path, what: str, code: int | None) -> None:
    """`code`: of the act; what was done may say so when it is asked for again."""
    act = replace(ground.acts[name], done_already=ground.acts[name].done_already or code == 0)
    for fault in faults_of(workspace, ground.base, act, ground.expected(name)[0]):
        tried.fault(f"{what}: {fault}")


def _turns(acts: dict[str, Act], times: int, rng: random.Random) -> list[str]:
    names = list(acts)
    rng.shuffle(names)
    return [names[number % len(names)] for number in range(times)]


@contextlib.contextmanager
def _disk(ground: Ground, size: int) -> Iterator[Path]:
    """A copy of the workspace on a disk of so many bytes."""
    there = ground.folder / "disk"
    there.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(there)], check=True)
    try:
        shutil.copytree(ground.base, there / "workspace")
        yield there / "workspace"
    finally:
        subprocess.run(["umount", "--lazy", str(there)], check=True)


def _mount(options: str, there: Path) -> None:
    subprocess.run(["mount", "-o", options, str(there)], check=True)


def _added(ground: Ground, act: Act) -> int:
    with copied(ground.folder, ground.base) as workspace:
        run_command(workspace, act.words)
        return max(_size(workspace) - _size(ground.base), 65_536)


def _size(folder: Path) -> int:
    """As much as a disk in memory needs for it: whole pages, and one for each folder."""
    return sum(-(-path.stat().st_size // 4096) * 4096 if path.is_file() else 4096 for path in folder.rglob("*"))


def _faketime() -> str:
    for library in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return str(library)
    raise Missing("needs libfaketime: apt-get install faketime")


def _pictures_and_tags(known: Facts) -> Facts:
    """Codes and places left out: which products have them depends on who came first."""
    return {
        key: {what: value for what, value in said.items() if not what.startswith(("code", "place"))}
        for key, said in comparable(known).items()
    }


KINDS: dict[str, Callable[[Ground, int, random.Random], Tried]] = {
    "full": _full,
    "reading": _reading,
    "clock": _clock,
    "two": _two,
}


if __name__ == "__main__":
    raise SystemExit(main())
