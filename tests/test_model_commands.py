"""looks-like models: what is there, renamed and deleted as it is typed."""

import json
import shutil
from pathlib import Path

import pytest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import run


@pytest.fixture
def home(lab: Lab, tmp_path: Path) -> Path:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return tmp_path / "w"


def typed(*words: str | Path) -> tuple[int, str]:
    return run([str(word) for word in words])


def test_models_are_listed_renamed_and_deleted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("models", "list", "-w", home, "--json") == (0, "")
    assert [model["name"] for model in json.loads(capsys.readouterr().out)] == ["tiny"]
    assert typed("models", "rename", "tiny", "shoes", "-w", home) == (0, "")
    assert Lab(home).models() == ["shoes"]
    assert [card.name for card in Lab(home).maps("shoes")] == ["pca"]
    assert typed("models", "delete", "shoes", "--yes", "-w", home) == (0, "")
    assert Lab(home).models() == []
    assert len(Lab(home).catalogue()) == 80


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rename", "nothing", "x"), "there is no model 'nothing'"),
        (("rename", "tiny", "tiny"), "there is a model 'tiny' already"),
        (("rename", "tiny", "a/b"), "can't name"),
        (("delete", "nothing", "--yes"), "there is no model 'nothing'"),
    ],
)
def test_what_can_not_be_done_says_why(home: Path, words: tuple[str, ...], says: str) -> None:
    code, sentence = typed("models", *words, "-w", home)
    assert code == 2
    assert says in sentence
    assert Lab(home).models() == ["tiny"]


def test_nothing_is_deleted_unasked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.confirm", lambda text, abort: (_ for _ in ()).throw(KeyboardInterrupt))
    assert typed("models", "delete", "tiny", "-w", home)[0] == 130
    assert Lab(home).models() == ["tiny"]
