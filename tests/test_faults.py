"""A few of the faults of `benchmarks.reliability.faults`; and that one who is left without a sentence would be seen."""

import json
import subprocess
import sys

import pytest

from benchmarks.machine import ROOT
from benchmarks.measure import Missing
from benchmarks.reliability.faults import Tried, _ended, own_mounts

pytestmark = pytest.mark.slow


def may_mount() -> bool:
    try:
        return bool(own_mounts())
    except Missing:
        return False


@pytest.mark.skipif(not may_mount(), reason="this machine lets nobody mount a disk of their own")
def test_full_and_read_only_disks_and_two_writers_lose_nothing() -> None:
    command = [sys.executable, "-m", "benchmarks.reliability.faults", "--times", "2", "--kinds", "full,reading,two"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = json.loads(ran.stdout)
    assert {kind: each["faults"] for kind, each in said.items()} == {"full": [], "reading": [], "two": []}
    assert said["reading"]["ends"]["refused with a sentence"] == 2
    assert sum(said["full"]["ends"].values()) == 2
    assert sum(said["two"]["ends"].values()) == 4


@pytest.mark.parametrize(
    ("code", "said", "faults"),
    [(0, "", 0), (2, "the disk is full", 0), (2, "", 1), (1, "OSError: [Errno 28]", 1), (None, "", 1), (2, "a\nb", 1)],
)
def test_whoever_is_left_without_a_sentence_is_seen(code: int | None, said: str, faults: int) -> None:
    tried = Tried()
    _ended(tried, "import", code, said)
    assert len(tried.faults) == faults
