"""What can be seen of a model while it learns: its error by step, and a few products as it rebuilds them."""

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from looks_like.explorer import training
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.jobs import Job
from looks_like.explorer.training import TrainRequest, so_far
from looks_like.explorer.training.running.so_far import REBUILT_FILE

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
