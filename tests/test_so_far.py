"""What can be seen of a model while it learns: its error by step, and a few products as it rebuilds them."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from looks_like.explorer import training
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs import Job
from looks_like.explorer.training import TrainRequest, so_far
from looks_like.explorer.training.running import so_far as showing
from looks_like.explorer.training.running.so_far import REBUILT_FILE
from looks_like.model.errors import ModelError

JOB = Job("1", ("train", "vae", "--name", "learning", "--budget", "10m"), "Learning", "running", asked=0, updated=0)


@pytest.fixture
def own(lab: Lab, tmp_path: Path) -> Lab:
    """The shop's Lab of 80 products, in which a model is learning."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    return Lab(tmp_path / "w")


def test_a_model_that_learns_shows_its_error_and_what_it_rebuilds(own: Lab) -> None:
    assert so_far(own, JOB) is None
    tiny = {"size": 32, "latent": 4, "width": 8, "batch": 16}
    running = training.train(own, TrainRequest("vae", "learning", tiny, epochs=20))
    for now in running:
        if now.report and (found := so_far(own, JOB)) and found.rebuilt_png:
            break
    else:
        raise AssertionError("nothing was ever shown")
    assert found.model == "learning"
    assert len(found.steps) == len(found.errors) > 0
    with Image.open(io.BytesIO(found.rebuilt_png)) as picture:
        assert picture.height == 2 * 32
        assert picture.width % 32 == 0
    for _ in running:
        pass
    assert not (own.folder("learning") / REBUILT_FILE).exists()
    ended = so_far(own, JOB)
    assert ended is not None
    assert ended.rebuilt_png == b""
    assert ended.steps[-1] > found.steps[0]


def test_other_jobs_show_nothing(own: Lab) -> None:
    for words in (("map", "tiny"), ("train", "vae"), ("train", "vae", "--name")):
        assert so_far(own, Job("1", words, "Else", "running", asked=0, updated=0)) is None


def test_what_a_stranger_put_in_its_place_is_not_shown(own: Lab, tmp_path: Path) -> None:
    (own.folder("learning")).mkdir()
    (own.folder("learning") / "history.jsonl").write_text('{"step": 1, "held_out_mse": 0.5}\n')
    (tmp_path / "secret.png").write_bytes(b"secret")
    (own.folder("learning") / REBUILT_FILE).symlink_to(tmp_path / "secret.png")
    assert so_far(own, JOB) is None


@pytest.mark.parametrize("history", ['{"step": 1, "held_out_mse": null}', '{"step": 1, "held_out_mse": "x"}', "[]"])
def test_a_history_of_a_stranger_shows_nothing(own: Lab, history: str) -> None:
    own.folder("learning").mkdir()
    (own.folder("learning") / "history.jsonl").write_text(f"{history}\n")
    assert so_far(own, JOB) is None


def test_a_name_that_leads_elsewhere_and_a_picture_that_is_none_show_nothing(own: Lab) -> None:
    assert so_far(own, replace(JOB, words=("train", "vae", "--name", "../../x"))) is None
    assert so_far(own, replace(JOB, words=())) is None
    own.folder("learning").mkdir()
    (own.folder("learning") / "history.jsonl").write_text('{"step": 1, "held_out_mse": 0.5}\n')
    (own.folder("learning") / REBUILT_FILE).write_bytes(b"no picture")
    assert so_far(own, JOB) is None
    wide = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(wide, "PNG")
    (own.folder("learning") / REBUILT_FILE).write_bytes(wide.getvalue())
    assert so_far(own, JOB) is None


@pytest.mark.parametrize("reason", [ModelError("codes are no numbers"), OSError(28, "No space left on device")])
def test_what_cannot_be_shown_ends_no_training(own: Lab, monkeypatch: pytest.MonkeyPatch, reason: Exception) -> None:
    def refused(*what: object) -> None:
        raise reason

    monkeypatch.setattr(showing, "_rebuilt", refused)
    tiny = {"size": 32, "latent": 4, "width": 8, "batch": 16}
    *_, last = training.train(own, TrainRequest("vae", "learning", tiny, epochs=1))
    assert last.card.finished
