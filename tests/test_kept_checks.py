"""What a check has found is kept: killed, it goes on where it was stopped, and nothing strange is believed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_like.explorer.check import trial
from looks_like.explorer.check.findings import Check, Leads, Section, Sheet, Strip
from looks_like.explorer.check.keeping import keep, read_kept
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.sections import code, learning, reconstruction
from looks_like.explorer.check.trial import CheckRequest
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.training.models import rename_model
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Score

FEW = (reconstruction, code, learning)
WAIT_S = 120
# a check of few products, in a process of its own: three sections, and it stops for ever before the second
HELD_UP = """
import sys, time
from looks_like.explorer.check import trial
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.sections import code, learning, reconstruction
from looks_like.explorer.core.lab import Lab
trial.QUICK_COUNT = 12
code.compute_elbo = lambda *_, **__: time.sleep(10_000)
for now in check(Lab(sys.argv[1]), trial.CheckRequest(("tiny",), quick=True), (reconstruction, code, learning)):
    pass
"""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "QUICK_COUNT", 12)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop again, of which nothing was checked yet."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w", ignore=shutil.ignore_patterns("checks"))
    return Lab(tmp_path / "w")


def found(lab: Lab, **more: Any) -> tuple[Check, list[str]]:
    """-> (what was found, what was measured for it)"""
    told = list(check(lab, CheckRequest(("tiny",), quick=True), FEW, **more))
    assert told[-1].found is not None
    return told[-1].found, [each.stage for each in told if each.found is None][1:]


def numbers(check: Check) -> Any:
    """All but when and how fast."""
    plain = check.plain()
    return json.loads(json.dumps({key: plain[key] for key in plain if key not in ("date", "seconds", "machine")}))


def assert_same(one: Any, other: Any) -> None:
    """Words to the letter; numbers but for what threads and addresses of memory make of the last digits."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for mine, yours in zip(one, other, strict=True):
            assert_same(mine, yours)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-5, abs=1e-7, nan_ok=True)
    else:
        assert one == other


def kept(lab: Lab) -> list[Path]:
    return sorted(lab.folder("tiny").rglob("checks/*/*.json"))


def test_a_check_that_was_killed_goes_on_where_it_was_stopped(own: Lab, tmp_path: Path) -> None:
    shutil.copytree(own.workspace.folder, tmp_path / "unkilled")
    whole, measured = found(Lab(tmp_path / "unkilled"))
    words = [sys.executable, "-c", HELD_UP, str(own.workspace.folder)]
    process = subprocess.Popen(words, cwd=Path(__file__).parents[1], stderr=subprocess.PIPE)
    until = time.monotonic() + WAIT_S
    while not kept(own) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert [file.name for file in kept(own)] == ["reconstruction.json"]
    again, measured_again = found(own)
    assert any("reconstruction" in stage for stage in measured)
    assert measured_again == ["tiny: what the code costs", "tiny: KL per dimension", "tiny: learning curves"]
    assert_same(numbers(again) | {"catalogue": ""}, numbers(whole) | {"catalogue": ""})
    for one, other in zip(again.sections, whole.sections, strict=True):
        for sheet, same in zip(one.sheets, other.sheets, strict=True):
            assert [strip.name for strip in sheet.strips] == [strip.name for strip in same.strips]
            for strip, twin in zip(sheet.strips, same.strips, strict=True):
                np.testing.assert_allclose(strip.pixels_nhwc.astype(int), twin.pixels_nhwc.astype(int), atol=1)
    assert found(own)[1] == []
    assert len(found(own, again=True)[1]) == len(measured)


def test_what_was_made_from_anything_else_is_measured_again(own: Lab, shop: Any) -> None:
    every = len(found(own)[1])
    assert len(list(check(own, CheckRequest(("tiny",), quick=True, seed=1), FEW))) > every
    assert found(own)[1] == []
    (own.folder("tiny") / "axes.safetensors").unlink()
    assert len(found(Lab(own.workspace.folder))[1]) == every
    rename_model(own, "tiny", "other")
    told = list(check(own, CheckRequest(("other",), quick=True), FEW))
    assert len([each for each in told if each.found is None]) - 1 == every


def test_a_section_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights.safetensors").touch()
    rng = np.random.default_rng(0)
    section = Section("x", "<b>", "says", lacking=["no"], failed={"why": ["what"]})
    interval = of_mean(rng.random(40), "these")
    section.row("mse", "of it").scores["m"] = Score("mse", 0.5, "said", {"p": float("nan")}, interval)
    strip = Strip(
        "s", rng.integers(0, 256, (3, 8, 8, 3), np.uint8), "alt", ("1", "2", "3"), 2, Leads("m", "a", "b", "c", 9)
    )
    section.sheets.append(Sheet("t", "u", [strip]))
    file = folder / "checks" / "quick-0" / "x.json"
    settings = {"quick": True, "baseline": True, "split_by": "", "views": "", "seed": 0, "factors": []}
    made_from = {"model": "m", "settings": settings}
    about = {"date": "today", "seconds": 1.0, "machine": {"cpu": "one"}, "judged": {"products": 6}}
    keep(file, section, made_from, about)
    back = read_kept(file)
    assert back is not None
    assert (back.made_from, back.about) == (made_from, about)
    score = back.section.row("mse", "of it").scores["m"]
    assert (score.value, score.said, np.isnan(score.parts["p"])) == (0.5, "said", True)
    assert interval
    assert score.interval
    assert (score.interval.low, score.interval.high, score.interval.things) == (interval.low, interval.high, "these")
    np.testing.assert_allclose(score.interval.draws, interval.draws, rtol=1e-5)
    (again,) = back.section.sheets[0].strips
    np.testing.assert_array_equal(again.pixels_nhwc, strip.pixels_nhwc)
    assert (again.labels, again.place, again.leads) == (strip.labels, strip.place, strip.leads)
    assert back.section.missing == ["no", "what: why"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("section", "rows"), 7),
        (("section", "rows", 0, "key"), "no measure"),
        (("section", "rows", 0, "scores", "tiny", "value"), "<b>"),
        (("section", "sheets", 0, "strips", 0, "png"), "AAAA"),
        (("section", "sheets", 0, "strips", 0, "pictures"), 7_000),
        (("section", "sheets", 0, "strips", 0, "name"), ["x"]),
        (("section", "title"), None),
    ],
)
def test_a_file_that_this_program_did_not_write_is_none(path: tuple[Any, ...], value: Any, own: Lab) -> None:
    found(own)
    file = next(file for file in kept(own) if file.stem == "reconstruction")
    said = json.loads(file.read_text("utf-8"))
    at = said
    for key in path[:-1]:
        at = at[key]
    assert read_kept(file) is not None
    at[path[-1]] = value
    file.write_text(json.dumps(said), "utf-8")
    assert read_kept(file) is None
    assert any("reconstruction" in stage for stage in found(own)[1])


def test_a_deleted_model_gets_no_folder_again(tmp_path: Path) -> None:
    keep(tmp_path / "gone" / "checks" / "quick-0" / "x.json", Section("x", "X", ""), {}, {})
    assert not (tmp_path / "gone").exists()
