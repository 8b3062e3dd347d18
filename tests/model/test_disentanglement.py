"""Measures with known factors, on codes whose answer is known."""

from collections.abc import Callable

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors import dci as dci_file
from looks_like.model.metrics.factors.beta_vae_score import beta_vae_score
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.modularity import explicitness, modularity
from looks_like.model.metrics.factors.sap import sap, separating_lines
from looks_like.model.metrics.ground_truth import GroundTruth, known
from looks_like.model.metrics.metric import Score

SIZES = (3, 4, 5)
FACTORS = np.stack(np.unravel_index(np.arange(60), SIZES), 1).repeat(30, axis=0)  # every combination 30 times
RNG = np.random.default_rng(0)
PERFECT = FACTORS / (np.array(SIZES) - 1) * 2 - 1
HALF_TURN = np.array([[1, -1], [1, 1]]) / np.sqrt(2)

Measure = Callable[..., Score]
GAPS = (mig, sap)
ALL: tuple[Measure, ...] = (mig, sap, factor_vae_score, beta_vae_score, modularity, explicitness)


def disentanglement(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    return dci(z_nd, factors_nf, seed=seed)[0]


# -- a dimension for each factor -----------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [mig, factor_vae_score, beta_vae_score, explicitness])
def test_a_dimension_for_each_factor_is_perfect(measure: Measure) -> None:
    score = measure(PERFECT, FACTORS)
    if measure is explicitness:  # the values in the middle are no half-planes, so a straight classifier misses some
        assert 0.85 < score.value <= 1
    else:
        assert score.value == pytest.approx(1)
    assert set(score.parts) == {"factor 0", "factor 1", "factor 2"}


def test_modularity_of_perfect_codes_is_one_but_for_chance() -> None:
    assert modularity(PERFECT, FACTORS).value == pytest.approx(1)


def test_straight_cuts_of_two_values_separate_perfectly() -> None:
    """Each dimension tells its factor always, and the other, which is as often one as the other, half the time."""
    two_nf = np.stack(np.unravel_index(np.arange(4), (2, 2)), 1).repeat(500, axis=0)
    assert sap(two_nf * 2.0 - 1, two_nf).value == pytest.approx(0.5, abs=0.03)


def test_trees_use_one_dimension_for_each_factor_of_perfect_codes() -> None:
    for score, key in zip(dci(PERFECT, FACTORS), ("disentanglement", "completeness", "informativeness"), strict=True):
        assert score.key == key
        assert score.value == pytest.approx(1, abs=1e-6)


# -- turned, doubled, dead, noise ------------------------------------------------------------------------------------


def turned() -> tuple[np.ndarray, np.ndarray]:
    """Two equal factors, each of both dimensions: neither is told by one more than by the other."""
    two_nf = np.stack(np.unravel_index(np.arange(64), (8, 8)), 1).repeat(40, axis=0)
    return (two_nf / 3.5 - 1) @ HALF_TURN, two_nf


@pytest.mark.parametrize("measure", GAPS)
def test_codes_turned_by_45_degrees_have_no_gap(measure: Measure) -> None:
    assert measure(*turned()).value < 0.03


def test_of_turned_codes_each_dimension_tells_both_factors() -> None:
    assert modularity(*turned()).value < 0.1
    assert factor_vae_score(*turned()).value == pytest.approx(0.5, abs=0.05)


def test_trees_use_both_dimensions_of_turned_codes_alike() -> None:
    one_sided, complete, right = dci(*turned())
    assert one_sided.value < 0.05
    assert complete.value < 0.05
    assert right.value > 0.99  # nothing is lost by turning


@pytest.mark.parametrize("measure", GAPS)
def test_a_doubled_dimension_leaves_no_gap_for_its_factor(measure: Measure) -> None:
    doubled = measure(np.column_stack([PERFECT, PERFECT[:, 0]]), FACTORS)
    assert doubled.parts["factor 0"] == pytest.approx(0, abs=1e-9)
    assert doubled.parts["factor 1"] == measure(PERFECT, FACTORS).parts["factor 1"] > 0


def test_a_doubled_dimension_is_as_modular_and_as_explicit() -> None:
    doubled_nd = np.column_stack([PERFECT, PERFECT[:, 0]])
    assert modularity(doubled_nd, FACTORS).value == pytest.approx(1)
    assert explicitness(doubled_nd, FACTORS).value == pytest.approx(explicitness(PERFECT, FACTORS).value, abs=0.01)


@pytest.mark.parametrize("measure", [mig, sap, factor_vae_score, beta_vae_score, explicitness])
def test_a_dead_dimension_changes_nothing(measure: Measure) -> None:
    dead_nd = np.column_stack([PERFECT, np.full(len(PERFECT), 0.3)])
    assert measure(dead_nd, FACTORS).value == pytest.approx(measure(PERFECT, FACTORS).value, abs=0.005)


def test_a_dead_dimension_is_not_modular() -> None:
    """The reference counts it as 0: three dimensions of four."""
    dead_nd = np.column_stack([PERFECT, np.zeros(len(PERFECT))])
    assert modularity(dead_nd, FACTORS).value == pytest.approx(0.75)


def test_dimensions_below_a_deviation_of_a_twentieth_do_not_vote() -> None:
    loud, quiet = PERFECT.copy(), PERFECT.copy()
    loud[:, 2] *= 0.051 / PERFECT[:, 2].std()
    quiet[:, 2] *= 0.049 / PERFECT[:, 2].std()
    assert factor_vae_score(loud, FACTORS).value == 1
    assert factor_vae_score(quiet, FACTORS).value < 0.8
    assert factor_vae_score(quiet, FACTORS).said.endswith("2 dimensions vote")


@pytest.mark.parametrize(
    ("measure", "value"), [(mig, 0), (sap, 0), (factor_vae_score, 0), (modularity, 0), (explicitness, 0.5)]
)
def test_codes_that_are_all_the_same_tell_nothing(measure: Measure, value: float) -> None:
    assert measure(np.full((len(FACTORS), 4), 0.7), FACTORS).value == pytest.approx(value, abs=1e-9)


def test_trees_use_nothing_of_codes_that_are_all_the_same() -> None:
    one_sided, complete, _ = dci(np.zeros((len(FACTORS), 4)), FACTORS)
    assert one_sided.value == pytest.approx(0, abs=1e-9)
    assert complete.value == pytest.approx(0, abs=1e-9)


def test_noise_scores_no_better_than_chance() -> None:
    noise_nd = RNG.normal(size=(len(FACTORS), 5))
    assert mig(noise_nd, FACTORS).value < 0.02
    assert sap(noise_nd, FACTORS).value < 0.05
    assert factor_vae_score(noise_nd, FACTORS).value == pytest.approx(1 / 3, abs=0.05)
    assert beta_vae_score(noise_nd, FACTORS).value == pytest.approx(1 / 3, abs=0.05)
    assert explicitness(noise_nd, FACTORS).value == pytest.approx(0.5, abs=0.05)


# -- by hand ---------------------------------------------------------------------------------------------------------


def test_the_gap_by_hand() -> None:
    """Of four values one dimension says all and another which half: (log 4 - log 2) / log 4; of two values both say
    nothing and all: 1."""
    four_n, two_n = np.divmod(np.arange(800), 2)[0] % 4, np.arange(800) % 2
    z_nd = np.column_stack([four_n, four_n // 2, two_n]).astype(float)
    score = mig(z_nd, np.column_stack([four_n, two_n]))
    assert score.parts == {"factor 0": pytest.approx(0.5), "factor 1": pytest.approx(1)}
    assert score.value == pytest.approx(0.75)


def test_modularity_by_hand() -> None:
    """A dimension that says two factors of two values each: log 2 squared of both, of three: 1 - 1 / 2."""
    three_nf = np.stack(np.unravel_index(np.arange(8), (2, 2, 2)), 1).repeat(50, axis=0)
    both_n = three_nf[:, 0] * 2.0 + three_nf[:, 1]
    score = modularity(np.column_stack([both_n, three_nf[:, 2]]), three_nf)
    assert score.parts == {"dimension 0": pytest.approx(0.5), "dimension 1": pytest.approx(1)}


def test_importances_become_scores_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dimension 0 is used for one factor of two, dimension 1 for both alike: 1 and 0, with weights 1.5 and .5 of 2."""
    used = [(np.array([1.0, 0.0]), 0.5), (np.array([0.5, 0.5]), 0.7)]
    monkeypatch.setattr(dci_file, "_importances", lambda learnt, asked, factor, seed: used[factor])
    one_sided, complete, right = dci(PERFECT[:, :2], FACTORS[:, :2])
    share_n = np.array([2 / 3, 1 / 3])
    first = 1 + (share_n * np.log2(share_n)).sum()
    assert one_sided.value == pytest.approx((1.5 * first + 0.5 * 1) / 2)
    assert complete.value == pytest.approx((1 + 0) / 2)
    assert right.value == pytest.approx(0.6)


@pytest.mark.parametrize("scale", [0.01, 1.0, 40.0])
def test_separating_lines_are_those_of_scikit_learn(scale: float) -> None:
    from sklearn.svm import LinearSVC

    values_nf = np.stack(
        [RNG.integers(0, 2, 900) * RNG.integers(0, 2, 900), np.arange(900) % 3, RNG.integers(0, 7, 900)], 1
    )
    code_n = scale * (values_nf[:, 2] - 2 + RNG.standard_t(3, 900))
    for (slope_v, level_v), value_n in zip(separating_lines(code_n, values_nf), values_nf.T, strict=True):
        theirs = LinearSVC(C=0.01, class_weight="balanced", dual=False, tol=1e-10, max_iter=10_000)
        theirs.fit(code_n[:, None], value_n)
        ours = [(slope_v, theirs.coef_[:, 0]), (level_v, theirs.intercept_)]
        for mine_v, their_v in ours:
            np.testing.assert_allclose(mine_v if len(mine_v) > 2 else mine_v[1:], their_v, atol=1e-5, rtol=1e-4)


def test_a_value_that_only_the_other_half_has_is_no_fault() -> None:
    """Rare words of a catalogue are in one half of its products alone."""
    common_n = np.arange(240) % 3
    values_nf = np.stack([np.r_[common_n + (common_n == 2), 2], np.arange(241) % 2], 1)
    z_nd = values_nf + np.random.default_rng(0).normal(0, 0.1, values_nf.shape)
    for seed in range(6):
        assert 0 <= sap(z_nd, values_nf, seed=seed).value <= 1


def test_areas_are_those_of_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    z_nd = PERFECT + RNG.normal(0, 0.6, PERFECT.shape)
    learnt, asked = known(z_nd, FACTORS).split(np.random.default_rng(3))
    middle_d, deviation_d = learnt.z_nd.mean(0), learnt.z_nd.std(0)
    for f, found in enumerate(explicitness(z_nd, FACTORS, seed=3).parts.values()):
        trained = LogisticRegression().fit((learnt.z_nd - middle_d) / deviation_d, learnt.values_nf[:, f])
        said_nv = trained.predict_proba((asked.z_nd - middle_d) / deviation_d)
        is_nv = np.eye(SIZES[f])[asked.values_nf[:, f]]
        assert found == pytest.approx(roc_auc_score(is_nv, said_nv), abs=1e-9)


# -- what is drawn ---------------------------------------------------------------------------------------------------


def test_batches_are_alike_in_the_factor_that_is_held_and_in_no_other() -> None:
    given = known(PERFECT, FACTORS)
    rng = np.random.default_rng(0)
    first_b = rng.integers(len(given), size=200)
    rows_bn = given.alike(first_b, 1, rng, 64)
    assert (FACTORS[rows_bn, 1] == FACTORS[first_b, None, 1]).all()
    assert (np.ptp(FACTORS[rows_bn], axis=1)[:, [0, 2]] == [2, 4]).mean() > 0.99
    drawn_v = np.bincount(rows_bn.ravel(), minlength=len(given))
    assert drawn_v.max() < 30  # 7 on average: nobody is preferred


def test_halves_do_not_overlap_and_large_ones_are_cut() -> None:
    numbers_nd = np.arange(40_000.0).reshape(20_000, 2)
    learnt, asked = known(numbers_nd, np.arange(20_000)[:, None] % 7).split(np.random.default_rng(0))
    assert (len(learnt), len(asked)) == (10_000, 5_000)
    assert not set(learnt.z_nd[:, 0]) & set(asked.z_nd[:, 0])
    small = known(numbers_nd[:300], np.arange(300)[:, None] % 7)
    assert [len(part) for part in small.split(np.random.default_rng(0))] == [200, 100]


@pytest.mark.parametrize("values", [[7, 900, 7, -3], [10**15, 0, 10**15, -(10**15)]])
def test_values_are_numbered_in_their_order(values: list[int]) -> None:
    given = known(np.zeros((200, 2)), np.array(values * 50)[:, None])
    assert given.values_nf[:4, 0].tolist() == [1, 2, 1, 0] if values[0] == 7 else [2, 1, 2, 0]
    assert given.values_nf.dtype == np.uint8
    assert given.counts == (3,)


@pytest.mark.parametrize("measure", ALL)
def test_a_score_follows_from_the_seed_and_says_it(measure: Measure) -> None:
    z_nd = PERFECT + RNG.normal(0, 0.7, PERFECT.shape)
    first, again = measure(z_nd, FACTORS, seed=1), measure(z_nd, FACTORS, seed=1)
    assert first == again
    assert "seed 1" in first.said
    assert "3 dimensions, 3 factors" in first.said


# -- what can't be measured --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ALL)
def test_a_factor_with_one_value_is_left_out_and_said(measure: Measure) -> None:
    more_nf = np.insert(FACTORS, 1, 4, axis=1)
    score = measure(PERFECT, more_nf)
    assert score.value == pytest.approx(measure(PERFECT, FACTORS).value)
    assert score.said.split("; ")[2] == "left out for having one value: factor 1"
    assert not {"factor 1", "factor 4"} & set(score.parts)


@pytest.mark.parametrize("measure", [*ALL, disentanglement])
@pytest.mark.parametrize(
    ("z_nd", "factors_nf", "says"),
    [
        (PERFECT[:99], FACTORS[:99], "at least 100 codes, got 99"),
        (PERFECT[:-1], FACTORS, "1799 codes need as many rows of factors"),
        (PERFECT[:, :1], FACTORS, "2 dimensions or more"),
        (PERFECT[:, 0], FACTORS, "2 dimensions or more"),
        (np.where(PERFECT == 1, np.nan, PERFECT), FACTORS, "codes are not finite numbers"),
        (PERFECT, np.zeros_like(FACTORS), "no factor has two values"),
        (PERFECT, PERFECT, "whole numbers, got float64"),
        (PERFECT, FACTORS[:, :0], "no factor has two values"),
    ],
)
def test_a_mistake_is_a_sentence(measure: Measure, z_nd: np.ndarray, factors_nf: np.ndarray, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        measure(z_nd, factors_nf)


@pytest.mark.parametrize("measure", [beta_vae_score, modularity, disentanglement])
def test_what_compares_factors_needs_two(measure: Measure) -> None:
    with pytest.raises(ModelError, match="two factors or more"):
        measure(PERFECT, FACTORS[:, :1])


def test_known_codes_say_their_size() -> None:
    given: GroundTruth = known(PERFECT, FACTORS)
    assert (len(given), given.dimensions, given.factors, given.counts) == (1800, 3, 3, SIZES)
