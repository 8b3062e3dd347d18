"""A disk that is full ends a command with a sentence, never a process without a word, and nothing half is left.

The kernel's own limit on the size of a file stands in for the disk: what would be written beyond it is refused.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_like import atomic
from looks_like.data.catalogue import open_catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.pixels import pixel_array
from looks_like.data.sources import Columns
from looks_like.explorer.core.lab import Lab

ROOT = Path(__file__).resolve().parent.parent
LIMITED = """
import resource, sys
from looks_like.explorer.interfaces.commands.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
code, sentence = run(sys.argv[2:])
print(sentence)
sys.exit(code)
"""
SETTINGS = ("--size", "32", "--set", "width=8", "--set", "latent=6", "--epochs", "1")


@pytest.fixture
def own(open_shop: Any, tmp_path: Path) -> Lab:
    """A shop's products and no model."""
    own = Lab(tmp_path / "own")
    for _ in own.import_products(str(open_shop(tmp_path / "shop").table), Columns(name="title")):
        pass
    return own


def limited(most_bytes: int, *words: str) -> tuple[int, str]:
    """-> the code of a command that may write no larger file, and its last line"""
    command = [sys.executable, "-c", LIMITED, str(most_bytes), *words]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.strip().splitlines()[-1]


def test_training_on_a_full_disk_ends_with_a_sentence_and_can_begin_again(own: Lab) -> None:
    words = ("train", "vae", "--name", "one", *SETTINGS, "--workspace", str(own.workspace.folder))
    for most_bytes, says in (
        (100_000, "the pictures of 80 products at 32 px take 1 MB"),
        (250_000, "could not be written"),
    ):
        code, said = limited(most_bytes, *words)
        assert code == 2
        assert says in said
        assert not list(own.workspace.folder.rglob("*.part"))
    assert limited(10**9, *words)[0] == 0
    assert own.models() == ["one"]


def test_encoding_on_a_full_disk_ends_with_a_sentence(own: Lab, lab: Lab) -> None:
    own.add_model(lab.workspace.models / "tiny", "tiny")
    code, said = limited(100_000, "encode", "tiny", "--workspace", str(own.workspace.folder))
    assert code == 2
    assert "the disk has not so much room" in said
    assert own.workspace.count("codes--tiny") == 0


def test_an_array_of_pictures_has_its_room_before_it_is_mapped(own: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hole in a mapped file is where a full disk kills."""
    taken: list[int] = []
    take = atomic.take_room

    def noted(file: Path, size_bytes: int) -> None:
        take(file, size_bytes)
        taken.append(file.stat().st_blocks * 512 - size_bytes)

    monkeypatch.setattr("looks_like.data.pixels.take_room", noted)
    array_nhwc = pixel_array(own.workspace, open_catalogue(own.workspace), 64)
    assert array_nhwc.shape == (80, 64, 64, 3)
    assert array_nhwc.dtype == np.uint8
    assert len(taken) == 1
    assert taken[0] >= 0


def test_a_system_that_can_not_reserve_writes_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate")
    atomic.take_room(tmp_path / "x", 3_000_001)
    assert (tmp_path / "x").stat().st_size == 3_000_001
    assert (tmp_path / "x").stat().st_blocks * 512 >= 3_000_001


@pytest.mark.parametrize("number", [28, 122, 27])
def test_no_room_of_any_kind_is_said_as_such(own: Lab, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fails(*told: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", fails)
    with pytest.raises(CatalogueError, match="has not so much room"):
        pixel_array(own.workspace, open_catalogue(own.workspace), 32)
    assert not list(own.workspace.pixels.iterdir())
