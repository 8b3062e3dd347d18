"""What is installed is what was asked for: each package of the lock is needed by one that we name, none is missing."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# of wordllama two files are read and no code is run; the others are there before, or not wanted in tests
NOT_LOCKED = {"tokenizers", "toml", "pythae"}
UNASKED = {"tzdata"}  # time zones, for a system that has none


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def needed() -> dict[str, str]:
    """By name, who asks for it: what pyproject.toml names with all extras, and what that needs in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    waiting = [(Requirement(each), "pyproject.toml") for each in named]
    found, seen = dict[str, str](), set[tuple[str, frozenset[str]]]()
    while waiting:
        asked, by = waiting.pop()
        found.setdefault(plain(asked.name), by)
        if (key := (plain(asked.name), frozenset(asked.extras))) in seen or key[0] in NOT_LOCKED:
            continue
        seen.add(key)
        for each in map(Requirement, metadata.requires(asked.name) or []):
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in (*asked.extras, "")):
                waiting.append((each, asked.name))
    return found


def test_every_version_is_said_and_is_the_one_that_is_installed() -> None:
    wrong = {name: version for name, version in locked().items() if metadata.version(name).split("+")[0] != version}
    assert not wrong


def test_no_stranger_is_in_the_lock() -> None:
    assert {plain(name) for name in locked()} - set(needed()) == UNASKED


def test_nothing_comes_in_beside_the_lock() -> None:
    names = {plain(name) for name in locked()}
    assert {name: by for name, by in needed().items() if name not in names | NOT_LOCKED} == {}
