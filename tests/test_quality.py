"""The quality table over models of several workspaces: what it says, and what it says when it can't."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.measure import Bench, Missing
from benchmarks.quality import models as quality
from looks_like.explorer.check import trial
from looks_like.explorer.check.findings import Check
from looks_like.explorer.check.sections import fidelity, smoothness
from looks_like.explorer.check.trial import CheckRequest
from looks_like.explorer.core.lab import Lab


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """A check of a shop so small takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "COUNT", 12)
        patch.setattr(smoothness, "PAIRS", 2)
        patch.setattr(fidelity, "PAIRS", 4)
        patch.setattr(smoothness, "FEATURE_PAIRS", 0)
        patch.setattr(smoothness, "CODES", 4)
        yield


@pytest.fixture(scope="module")
def found(lab: Lab) -> Check:
    return quality.checked(lab, CheckRequest(("tiny",)))


def test_every_table_is_markdown_with_as_many_cells_in_each_row(found: Check) -> None:
    said = quality.in_words([found, found])
    tables = [block.splitlines() for block in said.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len({line.count("|") for line in table}) == 1
        assert all(cell.strip() for cell in table[2].strip("|").split("|"))
    assert [len(table) for table in tables] == [4, 2 + 2 * 5, 4]  # the second: four lines beside each model's
    assert [line.split("|")[1].strip() for line in tables[1][2:7]] == [
        "tiny",
        "real, held out",
        "nearest real products",
        "cross-fade of the two",
        "by lot",
    ]
    assert "6 held-out products" in said


def test_the_command_prints_tables_and_one_line_of_json(
    found: Check, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(lab.workspace.folder)
    monkeypatch.setattr(quality, "checked", lambda lab, request: found)
    monkeypatch.setattr(sys, "argv", ["quality", folder, "tiny", "--quick", "--out", str(tmp_path)])
    assert quality.main() == 0
    printed = capsys.readouterr().out
    document = json.loads(printed.splitlines()[-1])
    assert [model["name"] for model in document["checks"][0]["models"]] == ["tiny"]
    assert document["machine"]["libraries"]["torch"]
    assert json.loads((tmp_path / "quality.json").read_text()) == document
    assert printed.startswith((tmp_path / "quality.md").read_text())
    written = tmp_path / f"{lab.workspace.folder.name}-tiny"
    assert {path.name for path in written.iterdir()} == {"card.json", "report.html"}


@pytest.mark.parametrize(
    ("words", "says"),
    [(["{folder}", "gone"], "there is no model 'gone'"), (["{folder}", "tiny", "odd"], "needs a MODEL after it")],
)
def test_a_mistake_is_a_line(
    words: list[str],
    says: str,
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    given = [word.format(folder=lab.workspace.folder) for word in words]
    monkeypatch.setattr(sys, "argv", ["quality", *given, "--out", str(tmp_path)])
    try:
        code: object = quality.main()
    except SystemExit as end:
        code = end.code
    assert code == 2
    assert says in capsys.readouterr().err


def test_as_a_case_it_needs_a_workspace(found: Check, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with Bench(quick=True) as bench, pytest.raises(Missing, match="--workspace"):
        next(quality.quality(bench))
    monkeypatch.setattr(quality, "checked", lambda lab, request: found)
    with Bench(quick=True, workspace=lab.workspace.folder) as bench:
        results = list(quality.quality(bench))
    assert [result.unit for result in results] == ["mse", "kid"]
    assert all(result.beside == "PCA-6" and result.theirs for result in results)
