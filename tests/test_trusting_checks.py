"""What makes a check one to trust: nobody is judged by what was learnt, factors are declared, numbers say how sure
they are."""

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from looks_like.data.schema import held_out
from looks_like.data.sources import Columns
from looks_like.explorer.check import trial
from looks_like.explorer.check.factors import Factor, declared_values, factors_from_text
from looks_like.explorer.check.findings import Check, Row
from looks_like.explorer.check.measuring import check
from looks_like.explorer.check.sections import code, declared, neighbours, reconstruction
from looks_like.explorer.check.sections.reconstruction import COPY
from looks_like.explorer.check.trial import CheckRequest, Subject
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.training.running.run import TrainRequest, train
from looks_like.model.metrics import metrics
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Score

PRODUCTS = 240
TINY = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16}
LEARNT_ID = next(str(i) for i in range(1, 99) if not held_out([str(i)])[0])


@pytest.fixture(scope="module")
def clothes(tmp_path_factory: pytest.TempPathFactory, real_clothes: list[Any]) -> Lab:
    """Real photographs, a few of the held-out ones being others saved anew, brighter, or in a mirror; with columns."""
    folder = tmp_path_factory.mktemp("clothes")
    ids = [str(i) for i in range(PRODUCTS)]
    out = np.flatnonzero(held_out(ids)).tolist()
    photographs = [real_clothes[i][2].convert("RGB") for i in range(PRODUCTS)]
    learnt = [i for i in range(PRODUCTS) if i not in out]
    photographs[out[0]] = ImageEnhance.Brightness(photographs[learnt[3]]).enhance(1.06)
    photographs[out[1]] = photographs[learnt[5]].transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    photographs[out[2]] = photographs[learnt[7]]
    with (folder / "clothes.csv").open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(["id", "image", "kind", "angle", "weight", "batch", "alike", "empty"])
        for i in range(PRODUCTS):
            kind = "" if i % 40 == 39 else real_clothes[i][1]
            photographs[i].save(folder / f"{i}.jpg" if i == out[2] else folder / f"{i}.png")
            name = f"{i}.jpg" if i == out[2] else f"{i}.png"
            write.writerow([i, name, kind, (i * 37) % 360 - 90, i / 7, f"b{i // 4}", "same", ""])
    own = Lab(folder / "w")
    for _ in own.import_products(str(folder / "clothes.csv"), Columns()):
        pass
    for name in ("one", "two"):
        for _ in train(own, TrainRequest("vae", name, TINY, epochs=1 if name == "one" else 4)):
            pass
        for _ in encode(own, name):
            pass
    return own


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "COUNT", 60)


def checked(lab: Lab, sections: Any, *models: str, **more: Any) -> Check:
    found = list(check(lab, CheckRequest(models, **more), sections))[-1].found
    assert found is not None
    return found


def rows(found: Check) -> dict[tuple[str, str], Row]:
    return {(row.metric.key, row.of): row for section in found.sections for row in section.rows}


# -- the split ---------------------------------------------------------------------------------------------------


def test_a_planted_near_duplicate_never_crosses(clothes: Lab) -> None:
    out = np.flatnonzero(clothes.catalogue().held_out)
    subject = Subject(clothes, "one", 60)
    judged = set(subject.held_out.rows_n.tolist())
    assert not judged & set(out[:3].tolist())
    assert judged == set(out.tolist()) - set(out[:3].tolist())
    assert subject.split.near_copies == 3
    assert not set(subject.split.nearest_m.tolist()) & set(out.tolist())


def test_what_is_left_out_is_said(clothes: Lab) -> None:
    found = checked(clothes, (code,), "one")
    left = int(clothes.catalogue().held_out.sum()) - 3
    assert found.judged_on == (
        f"{left} held-out products that no model learnt from; 3 more are left out, of which it learnt from a near "
        "duplicate"
    )
    assert found.plain()["judged"]["one"] == {"products": left, "near_copies": 3, "same_group": 0}


def test_groups_stay_on_one_side(clothes: Lab) -> None:
    subject = Subject(clothes, "one", 60, split_by="batch")
    batches = clothes.catalogue().rows["batch"].to_pylist()
    learnt = {batches[row] for row in subject.learnt_from.rows_n}
    assert not {batches[row] for row in subject.split.judged_m.tolist()} & learnt
    assert subject.split.same_group > 0
    found = checked(clothes, (code,), "one", split_by="batch")
    assert "of which it learnt from the same batch" in found.judged_on or "left out" in str(found.plain())


def test_a_model_is_held_beside_who_remembers_all(clothes: Lab) -> None:
    row = rows(checked(clothes, (reconstruction,), "one"))["mse", ""]
    subject = Subject(clothes, "one", 60)
    own_nhwc, learnt_nhwc = (
        pictures[slice(None)].astype(np.float64) / 255 for pictures in (subject.judged, subject.learnt_from)
    )
    nearest = [np.square(learnt_nhwc - own_hwc).mean((1, 2, 3)).min() for own_hwc in own_nhwc]
    assert row.baselines[COPY].value == pytest.approx(np.mean(nearest), rel=0.02)
    assert f"of {COPY}'s" in row.scores["one"].parts


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--split-by", "gone"), "there is no column 'gone' to group by; there are: kind, angle"),
        (("--split-by", "empty"), "column 'empty' is empty for all products"),
        (("--factors", "gone"), "there is no column 'gone' to take as a factor; there are: kind"),
        (("--factors", "alike"), "column 'alike' has one value for all products"),
        (("--factors", "empty"), "column 'empty' is empty for all products"),
        (("--factors", "kind:360"), "column 'kind' holds no numbers, so it has no period"),
        (("--factors", "angle:x"), "after the colon stands its period, such as angle:360"),
        (("--factors", "angle:-1"), "after the colon stands its period, such as angle:360"),
        (("--factors", " , "), "name one or more columns"),
    ],
)
def test_a_column_that_will_not_do_is_a_sentence(words: tuple[str, ...], says: str, clothes: Lab) -> None:
    if "empty" in words and "empty" not in clothes.catalogue().attributes:
        says = "there is no column 'empty'"
    code, sentence = run(["check", "one", "--json", *words, "-w", str(clothes.workspace.folder)])
    assert code == 2
    assert says in sentence


# -- factors that are declared -----------------------------------------------------------------------------------


def test_factors_are_read_as_typed() -> None:
    assert factors_from_text("a, b:360,a,c:d", ["a", "b", "c:d"]) == (Factor("a"), Factor("b", 360.0), Factor("c:d"))


def test_an_angle_goes_round_and_numbers_are_cut_into_bins(clothes: Lab) -> None:
    every, factors = clothes.space("one").rows_n, (Factor("angle", 360.0), Factor("weight"), Factor("kind"))
    known = declared_values(clothes, factors, every, 1000, 0)
    assert "angle: 20 arcs of equal width round a circle of 360; weight: 20 bins of equal width; kind: " in known.how
    assert known.said == [f"{PRODUCTS // 40} products are left out, of which a factor is not known."]
    angles = np.mod(clothes.catalogue().rows["angle"].to_numpy()[known.rows_n], 360)
    np.testing.assert_array_equal(known.values_nf[:, 0], (angles // 18).astype(int))
    assert known.values_nf[:, 1].max() < 20
    assert len(declared_values(clothes, factors, every, 50, 0).rows_n) == 50


def test_declared_factors_stand_beside_chance_pca_and_ica(clothes: Lab) -> None:
    factors = (Factor("kind"), Factor("angle", 360.0))
    found = rows(checked(clothes, (declared,), "one", factors=factors))
    assert {key for key, _ in found} >= {
        *("mig", "sap", "modularity", "explicitness", "factor_vae_score", "beta_vae_score"),
        *("disentanglement", "completeness", "informativeness"),
    }
    for row in found.values():
        assert {declared.CHANCE, "PCA-6"} <= set(row.baselines)
        assert "angle: 20 arcs" in row.scores["one"].said
    told = found["explicitness", ""]
    assert told.scores["one"].parts.keys() == {"kind", "angle"}
    assert told.scores["one"].parts["kind"] > told.baselines[declared.CHANCE].parts["kind"] + 0.1
    assert told.baselines[declared.CHANCE].value == pytest.approx(0.5, abs=0.1)
    one = rows(checked(clothes, (declared,), "one", factors=factors[:1]))
    assert {key for key, _ in one} == {"mig", "sap", "explicitness"}


def test_a_section_of_factors_is_there_only_where_some_are_declared(lab: Lab) -> None:
    assert "declared" not in {section.key for section in checked(lab, (declared, code), "tiny").sections}


# -- how sure ----------------------------------------------------------------------------------------------------


def test_numbers_of_pictures_have_an_interval_and_two_models_are_compared_draw_by_draw(clothes: Lab) -> None:
    found = checked(clothes, (reconstruction, code), "one", "two")
    row = rows(found)["mse", ""]
    score = row.scores["one"]
    if score.interval is None:  # of fewer than ten products
        assert len(Subject(clothes, "one", 60).judged) < 10
        row = rows(found)["mse", "products it learnt from"]
        score = row.scores["one"]
    assert score.interval is not None
    assert score.interval.low < score.value < score.interval.high
    plain = next(each for section in found.plain()["sections"] for each in section["rows"] if each["of"] == row.of)
    assert plain["models"]["one"]["interval"] == [score.interval.low, score.interval.high]
    ((winner, _), share), *_ = row.better().items()
    assert row.scores[winner].value == min(each.value for each in row.scores.values())
    assert 0.5 <= share <= 1


def test_a_number_that_is_not_told_apart_from_its_baseline_says_so() -> None:
    rng = np.random.default_rng(0)
    values_n = rng.gamma(2.0, 1.0, 100)

    def score(moved: float, things: str = "") -> Score:
        return Score("mse", float(values_n.mean() + moved), "", {}, of_mean(values_n + moved, things))

    row = Row(metrics()["mse"], "", {"m": score(0)}, {"near": score(0.1), "far": score(3)})
    assert row.level_with("m") == ["near"]
    paired = Row(metrics()["mse"], "", {"m": score(0, "these")}, {"near": score(0.1, "these")})
    assert paired.worse_than("m") == []
    ahead = Row(metrics()["mse"], "", {"m": score(0, "these")}, {"PCA-6": score(-0.1, "these"), "real": score(-0.1)})
    assert ahead.worse_than("m") == ["PCA-6"]
    assert paired.level_with("m") == []  # worse by as much for each picture: no doubt about it


def test_an_old_check_is_not_taken_for_one_of_other_settings(clothes: Lab, tmp_path: Path) -> None:
    shutil.copytree(clothes.workspace.folder, tmp_path / "w")
    own = Lab(tmp_path / "w")
    checked(own, (code,), "one")
    checked(own, (code,), "one", split_by="batch")
    folders = sorted(path.name for path in (own.folder("one") / "checks").iterdir())
    assert len(folders) >= 2


def test_neighbours_are_judged_by_attributes_beside_pixels_pca_and_chance(lab: Lab) -> None:
    found = list(check(lab, CheckRequest(("tiny",), quick=True), (neighbours,)))[-1].found
    assert found is not None
    [section] = found.sections
    assert [row.of for row in section.rows] == ["Euclidean", "cosine", "whitened"]
    for row in section.rows:
        assert {"pixels", "by chance"} < set(row.baselines)
        assert any(name.startswith("PCA-") for name in row.baselines)
        assert 0 < row.scores["tiny"].value <= 1
        assert "brand" in row.scores["tiny"].parts
    values = [value for value in lab.imported_catalogue().rows["brand"].to_pylist() if value]
    share = sum((values.count(each) / len(values)) ** 2 for each in set(values))
    assert section.rows[0].baselines["by chance"].parts["brand"] == pytest.approx(share, abs=0.02)
