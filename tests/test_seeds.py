"""One training, several seeds."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.training.running.run import TrainRequest
from looks_like.explorer.training.seeds import SEEDS_MAX, requests_per_seed, still_to_train

ASK = TrainRequest("vae", "shoes", seed=3)
SMALL = ["--size", "32", "--latent", "4", "--set", "width=8", "--set", "batch=16", "--epochs", "2"]


def test_each_seed_is_a_model_of_its_own() -> None:
    requests = requests_per_seed(ASK, 3)
    assert [(request.name, request.seed) for request in requests] == [("shoes-s3", 3), ("shoes-s4", 4), ("shoes-s5", 5)]
    assert requests_per_seed(ASK, 1) == [ASK]


@pytest.mark.parametrize("seeds", [0, -1, SEEDS_MAX + 1])
def test_a_number_of_seeds_out_of_range_is_a_sentence(seeds: int) -> None:
    with pytest.raises(RequestError, match=f"--seeds must be between 1 and {SEEDS_MAX}, got {seeds}"):
        requests_per_seed(ASK, seeds)


def test_several_seeds_are_trained_compared_and_gone_on_with(
    open_shop: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = tmp_path / "w"
    assert run(["import", str(open_shop(tmp_path / "shop", 120).table), "-w", str(here)]) == (0, "")
    capsys.readouterr()
    train = ["train", "vae", "--name", "twin", *SMALL, "-w", str(here), "--seeds", "2", "--json"]
    assert run(train) == (0, "")
    said = json.loads(capsys.readouterr().out)
    assert [(model["name"], model["seed"], model["finished"]) for model in said] == [
        ("twin-s0", 0, True),
        ("twin-s1", 1, True),
    ]
    assert said[0]["udr"]["value"] == pytest.approx(said[1]["udr"]["value"])  # of two, each sees the same pair
    assert 0 < said[0]["udr"]["value"] <= 1

    code, sentence = run(train)
    assert code == 2
    assert "there is a model 'twin-s0' already" in sentence

    shutil.rmtree(here / "models" / "twin-s1")
    kept = (here / "models" / "twin-s0" / "weights.safetensors").stat().st_mtime_ns
    assert run([*train, "--resume"]) == (0, "")
    assert (here / "models" / "twin-s0" / "weights.safetensors").stat().st_mtime_ns == kept
    assert json.loads(capsys.readouterr().out)[1]["udr"]["value"] == pytest.approx(said[1]["udr"]["value"], abs=1e-6)


def test_too_few_products_to_compare_leave_finished_models(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    assert run(["train", "vae", "--name", "twin", *SMALL, "-w", str(tmp_path / "w"), "--seeds", "2"]) == (0, "")
    assert "at least 100 codes, got 80" in capsys.readouterr().out
    assert {"twin-s0", "twin-s1"} <= set(Lab(tmp_path / "w").models())


def test_what_is_finished_is_not_trained_again(lab: Lab) -> None:
    name = lab.models()[0]
    request = TrainRequest("vae", name, resume=True)
    other = TrainRequest("vae", "another", resume=True)
    waiting = still_to_train(lab, [request, other])
    assert [(one.name, one.resume) for one in waiting] == [("another", False)]
    assert still_to_train(lab, [request]) == [request]  # alone, it is told that there is nothing to resume
