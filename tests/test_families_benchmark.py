"""The commands that train every family and lay them side by side."""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import families, family_table
from benchmarks.quality.disentanglement import COLUMNS, Row, factor_array, means, table
from benchmarks.quality.families import Run, runs_of, train
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.families import FAMILIES


def asked(**said: object) -> argparse.Namespace:
    known = {"families": None, "seeds": 1, "pictures": 760, "set": [], "at_once": 1}
    return argparse.Namespace(**{**known, **said})


def test_every_family_sees_as_many_pictures_and_the_first_seed_comes_first(lab: Lab) -> None:
    folder, learnable = lab.workspace.folder, int((~lab.catalogue().held_out).sum())
    runs = runs_of(folder, asked(seeds=2))
    assert [run.name for run in runs[: len(FAMILIES)]] == sorted(FAMILIES)
    assert [run.name for run in runs[len(FAMILIES) :]] == [f"{name}-s1" for name in sorted(FAMILIES)]
    assert {run.epochs for run in runs} == {760 / learnable}


def test_what_a_training_is_told(tmp_path: Path) -> None:
    run = Run(tmp_path, "vae", 1, 2.5, ("latent=10", "width=8"))
    assert run.words[:2] == ["train", "vae"]
    assert {"--latent=10", "--epochs", "2.5000", "--set", "width=8", "vae-s1"} <= set(run.words)
    assert "--resume" not in run.words
    run.folder.mkdir(parents=True)
    (run.folder / "card.json").write_text("{}")
    assert "--resume" in run.words


def test_a_training_in_a_process_of_its_own_leaves_a_model_or_its_reason(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    small = ("size=32", "latent=4", "width=8", "batch=16")
    assert train(Run(tmp_path / "w", "wae-mmd", 0, 1.0, small)) == 0
    assert (tmp_path / "w/models/wae-mmd/weights.safetensors").exists()
    assert train(Run(tmp_path / "w", "wae-mmd", 0, 1.0, ("taste=1",))) == 2
    assert "is finished: there is nothing to resume" in (tmp_path / "w/models/wae-mmd.log").read_text("utf-8")


# -- the table of families ---------------------------------------------------------------------------------------


def row(key: str, of: str, models: dict[str, float | None], baselines: dict[str, float], best: list[str]) -> dict:
    def scores(values: dict) -> dict:
        return {name: {"value": value, "said": f"{key} of 5"} for name, value in values.items()}

    return {"key": key, "of": of, "models": scores(models), "baselines": scores(baselines), "best": best}


DOCUMENT = {
    "catalogue": "shop",
    "products": 1000,
    "held_out": 50,
    "models": [{"name": name, "steps": 100, "all_settings": {"batch": 32}} for name in ("vae", "wae-mmd")],
    "sections": [
        {"rows": [row("mse", "", {"vae": 0.002, "wae-mmd": 0.001}, {"PCA-4": 0.004}, ["wae-mmd"])]},
        {
            "rows": [
                row("kl_nats", "", {"vae": 12.345}, {}, []),
                row(
                    "kid", "mid-points", {"vae": 0.5, "wae-mmd": None}, {"PCA-4": 0.9, "real, held out": 0.01}, ["vae"]
                ),
                row("kid", "something else", {"vae": 1.0}, {}, []),
            ]
        },
    ],
}


def test_the_table_has_the_least_error_first_the_best_in_bold_and_baselines_below(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family_table, "_checked", lambda *said: DOCUMENT)
    monkeypatch.setattr(family_table, "encode", lambda lab, model: iter([(0, 0)]))
    text, document = family_table.table(lab.workspace.folder, ["vae", "wae-mmd"], quick=True)
    assert document is DOCUMENT
    assert text.splitlines() == [
        "### shop: 1,000 products, 50 held out",
        "",
        "| family | seen | error | KL | mid-points |",
        "| --- | --- | --- | --- | --- |",
        "| WAE-MMD | 3,200 | **0.00100** |  |  |",
        "| VAE | 3,200 | 0.00200 | 12.3 | **0.500** |",
        "| *PCA-4* |  | 0.00400 |  | 0.900 |",
        "| *real, held out* |  |  |  | 0.010 |",
        "",
        "Seen: pictures in training. error: mse of 5; KL: kl_nats of 5; mid-points: kid of 5.",
    ]


def test_tables_of_all_catalogues_go_into_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, list[str]]] = []

    def fake(workspace: Path, models: list[str], *, quick: bool) -> tuple[str, dict]:
        made.append((workspace.name, models))
        return f"### {workspace.name}", {"products": 1}

    monkeypatch.setattr(family_table, "table", fake)
    runs = [Run(tmp_path / where, "vae", seed, 1.0, ()) for where in ("a", "b") for seed in (0, 1)]
    families.write_tables(tmp_path / "out/t.md", runs, quick=True)
    assert made == [("a", ["vae"]), ("b", ["vae"])]
    assert (tmp_path / "out/t.md").read_text("utf-8") == families.MEASURED + "\n\n### a\n\n### b\n"
    assert json.loads((tmp_path / "out/t.json").read_text("utf-8")) == {"a": {"products": 1}, "b": {"products": 1}}


# -- known factors -----------------------------------------------------------------------------------------------


def test_attributes_become_factors(lab: Lab) -> None:
    rows_n = np.arange(20)
    factors_nf = factor_array(lab, ["brand", "year"], rows_n)
    brands = lab.catalogue().rows["brand"].to_pylist()[:20]
    assert factors_nf.shape == (20, 2)
    assert [sorted(set(brands))[value] for value in factors_nf[:, 0]] == brands
    with pytest.raises(RequestError, match="no attribute taste; there are: "):
        factor_array(lab, ["taste"], rows_n)


def test_families_with_several_seeds_have_a_mean(lab: Lab) -> None:
    card = lab.card("tiny")
    rows = [Row(f"tiny-{i}", card, 4.0 + i, {"mig": 0.1 * i}) for i in (1, 2)]
    (mean,) = means(rows)
    assert (mean.model, mean.active) == ("**vae**, mean of 2", 5.5)
    assert mean.scores["mig"] == pytest.approx(0.15)
    lines = table([*rows, mean]).splitlines()
    assert lines[0] == f"| model | steps | -ELBO, nats | active | {COLUMNS['mig']} |"
    assert lines[-1] == "| **vae**, mean of 2 |  |  | 5.5 | 0.150 |"
