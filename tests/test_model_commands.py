"""looks-like models: what is there, renamed and deleted as it is typed."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from looks_like.data.embeddings import drop_codes
from looks_like.data.workspace import Workspace
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.training import TrainRequest, train
from looks_like.model.errors import ModelError
from looks_like.model.geometry import own_axes, write_axes


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


# -- the axes that sliders move ----------------------------------------------------------------------------------


def test_a_model_without_axes_has_the_numbers_of_its_code_until_they_are_found(home: Path) -> None:
    (home / "models" / "tiny" / "axes.safetensors").unlink()
    lab = Lab(home)
    before = lab.space("tiny")
    assert not before.has_axes
    carried = [dimension.carries or 0 for dimension in before.dimensions]
    assert carried == sorted(carried, reverse=True)
    assert all(np.count_nonzero(dimension.step_d) == 1 for dimension in before.dimensions)
    assert typed("models", "axes", "tiny", "-w", home) == (0, "")
    found = lab.space("tiny")
    assert found.has_axes, "an open app sees them at once"
    assert len(found.dimensions) == len(before.dimensions)
    assert all(dimension.effect is not None for dimension in found.dimensions)
    np.testing.assert_array_equal(found.z_nd, before.z_nd)


def test_axes_need_codes(home: Path) -> None:
    drop_codes(Workspace(home), "tiny")
    code, sentence = typed("models", "axes", "tiny", "-w", home)
    assert (code, "looks-like encode tiny" in sentence) == (2, True)


def test_axes_of_another_model_are_refused(home: Path) -> None:
    write_axes(home / "models" / "tiny", own_axes(np.random.default_rng(0).normal(size=(9, 3)), np.arange(3)))
    with pytest.raises(ModelError, match=r"axes\.safetensors of model 'tiny' has 3 dimensions"):
        Lab(home).space("tiny")


# -- between two models ------------------------------------------------------------------------------------------


@pytest.fixture
def two(home: Path) -> Lab:
    """The model, and what became of its decoder in a few steps."""
    lab = Lab(home)
    asked = TrainRequest("vae", "after", {"learns": "decoder"}, epochs=3, start="tiny")
    for _ in train(lab, asked):
        pass
    return lab


def test_a_blend_lies_between_two_models_and_encodes_as_both(two: Lab) -> None:
    home = two.workspace.folder
    assert typed("models", "blend", "tiny", "after", "--share", "0.25", "--name", "mixed", "-w", home) == (0, "")
    before, after, mixed = (two.net(name) for name in ("tiny", "after", "mixed"))
    for a, b, m in zip(
        before.decoder.parameters(), after.decoder.parameters(), mixed.decoder.parameters(), strict=True
    ):
        torch.testing.assert_close(m, 0.75 * a + 0.25 * b)
    assert any(not torch.equal(a, b) for a, b in zip(before.parameters(), after.parameters(), strict=True))
    for key, value in before.encoder.state_dict().items():
        assert torch.equal(value, mixed.encoder.state_dict()[key])
    card = two.card("mixed")
    assert (card.start, card.finished) == ("tiny, 0.25 of the way to after", True)
    assert card.settings == two.card("tiny").settings
    assert card.measures["mse"] != two.card("after").measures["mse"]
    for _ in encode(two, "mixed"):
        pass
    np.testing.assert_array_equal(two.space("mixed").axes.steps_ad, two.space("tiny").axes.steps_ad)
    assert typed("models", "blend", "tiny", "after", "--name", "mixed", "-w", home)[0] == 2, "the name is taken"
    assert not list(home.glob(".model-*")), "nothing is left aside"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("tiny", "after", "--share", "1.5"), "the share must be between 0 and 1, got 1.5"),
        (("tiny", "gone"), "there is no model 'gone'"),
        (("tiny", "other"), "encode differently"),
    ],
)
def test_what_can_not_be_blended_says_why(two: Lab, words: tuple[str, ...], says: str) -> None:
    home = two.workspace.folder
    for _ in train(two, TrainRequest("vae", "other", {"size": 32, "latent": 6, "width": 8, "batch": 16}, epochs=1)):
        pass
    code, sentence = typed("models", "blend", *words, "--name", "mixed", "-w", home)
    assert (code, says in sentence) == (2, True)
    assert not (home / "models" / "mixed").exists()
