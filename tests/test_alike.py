"""The table of likeness: what it counts, by hand, and what its command prints."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from benchmarks import alike
from looks_like.explorer.core import Lab


def test_words_are_shared_or_not_and_who_lacks_one_is_not_asked() -> None:
    column = pa.chunked_array([["red", "red", "blue", None, "red"]])
    rows_qk = np.array([[1, 2], [0, 4], [0, 3], [0, 1]])
    assert alike._same(column, np.array([0, 1, 2, 3]), rows_qk) == pytest.approx((0.5 + 1 + 0) / 3)
    assert alike._same_by_chance(column) == pytest.approx(0.75 * 3 / 5 + 0.25 * 1 / 5)


def test_numbers_are_explained_by_those_around() -> None:
    column = pa.chunked_array([[1.0, 2.0, 3.0, 4.0, None]])
    rows_q = np.array([0, 1, 2, 3])
    assert alike._explained(column, rows_q, np.array([[0], [1], [2], [3]])) == 1
    assert alike._explained(column, rows_q, np.array([[3], [2], [1], [0]])) == pytest.approx(-3)
    assert alike._explained(column, rows_q, np.array([[0, 4], [1, 4], [2, 4], [3, 4]])) == 1


def test_the_command_prints_a_table_and_draws_sheets(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["alike", str(lab.workspace.folder), "brand,price", "--sheets", str(tmp_path / "sheets")]
    monkeypatch.setattr(sys, "argv", words)
    assert alike.main() == 0
    *lines, last = capsys.readouterr().out.strip().splitlines()
    said = json.loads(last)["shares"]
    assert [line.split("|")[1].strip() for line in lines] == [
        "of the ten nearest (80 of 80 products asked)",
        "---",
        *said["brand"],
    ]
    assert said["brand"]["pixels, 32 px"] > said["brand"]["chance"] + 0.1, "each brand of the shop has a form"
    assert list(said["brand"]) == ["chance", "pixels, 32 px", "tiny: vae, 6 numbers"]
    files = sorted((tmp_path / "sheets").iterdir())
    assert [file.name for file in files] == [f"{number:02d}.webp" for number in range(1, 13)]
    with Image.open(files[0]) as image:
        assert image.size == (64 + 11 * 70 + 12, 2 * 70 + 6)
