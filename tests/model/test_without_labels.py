"""Measures of codes without labels, on codes whose answer is known."""

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.metrics.codes.attribute_information import attribute_gap, attribute_information
from looks_like.model.metrics.codes.total_correlation import pairwise_information, total_correlation
from looks_like.model.metrics.codes.udr import pair_agreement, udr
from looks_like.model.metrics.factors.information import best_information, entropy_nats, shared_nats

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(5000, 4))
FULL_KL = np.full(4, 2.0)
QUARTER_TURN = np.linalg.qr(RNG.normal(size=(4, 4)))[0]


# -- agreement of seeds ----------------------------------------------------------------------------------------------


def test_the_same_dimensions_in_another_order_sign_and_scale_agree() -> None:
    """The Lasso takes .1 from a weight of 1: .9² / .9."""
    other_nd = CODES[:, [2, 0, 3, 1]] * [-1, 5, 0.2, 1] + 3
    for score in udr([CODES, other_nd], [FULL_KL, FULL_KL]):
        assert score.value == pytest.approx(0.9, abs=0.03)


def test_turned_dimensions_agree_less_and_noise_not_at_all() -> None:
    turned, noise = (
        udr([CODES, z_nd], [FULL_KL, FULL_KL])[0].value for z_nd in (CODES @ QUARTER_TURN, RNG.normal(size=CODES.shape))
    )
    assert 0.1 < turned < 0.7
    assert noise == 0


def test_dimensions_that_say_nothing_are_left_out() -> None:
    other_nd = np.column_stack([CODES[:, :2], RNG.normal(size=(5000, 2))])
    kl_d = np.array([2.0, 2.0, 0.009, 0.009])
    everything = udr([CODES, other_nd], [FULL_KL, FULL_KL])[1]
    told = udr([CODES[:, :], other_nd], [kl_d, kl_d])[1]
    assert told.value == pytest.approx(0.9, abs=0.03)
    assert everything.value == pytest.approx(0.45, abs=0.03)  # two rows and two columns of four are zeros
    assert "2 of 4 dimensions" in told.said


def test_a_model_is_judged_by_the_median_of_the_others() -> None:
    noise_nd = RNG.normal(size=CODES.shape)
    scores = udr([CODES, -CODES, CODES * 2, noise_nd], [FULL_KL] * 4)
    assert [round(score.value, 1) for score in scores] == [0.9, 0.9, 0.9, 0.0]
    assert scores[0].parts == {"least": 0.0, "most": pytest.approx(0.9, abs=0.03)}


def test_agreement_by_hand() -> None:
    """Two orthogonal columns, one of which is the other model's only dimension: rows (.9), columns (.9, 0)."""
    two_na = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    assert pair_agreement(two_na, two_na[:, :1]) == pytest.approx((0.9 + 0.45) / 2)
    assert pair_agreement(two_na[:, :0], two_na) == 0


@pytest.mark.parametrize(
    ("codes", "kl", "says"),
    [
        ([CODES], [FULL_KL], "two models or more"),
        ([CODES, CODES[:-1]], [FULL_KL] * 2, "the same products"),
        ([CODES, CODES[:, :3]], [FULL_KL, FULL_KL[:3]], "as many dimensions"),
        ([CODES, CODES], [FULL_KL, FULL_KL[:3]], "as many mean KLs"),
        ([CODES, CODES * np.nan], [FULL_KL] * 2, "not finite"),
        ([CODES, CODES], [FULL_KL], "as many KLs as models"),
    ],
)
def test_what_cannot_be_compared(codes: list[np.ndarray], kl: list[np.ndarray], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        udr(codes, kl)


# -- dimensions that repeat each other -------------------------------------------------------------------------------


def test_total_correlation_of_two_gaussians_by_hand() -> None:
    """-log(1 - r²) / 2, whatever the scales."""
    z_nd = RNG.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 50_000) * [1, 30]
    assert total_correlation(z_nd).value == pytest.approx(-0.5 * np.log(1 - 0.64), abs=0.02)


def test_alone_drawn_dimensions_have_none_and_turned_ones_do() -> None:
    scaled_nd = CODES * [1, 2, 3, 4]
    assert total_correlation(scaled_nd).value == pytest.approx(0, abs=0.01)
    assert total_correlation(scaled_nd @ QUARTER_TURN).value > 0.1


def test_a_doubled_dimension_repeats_all() -> None:
    doubled_nd = np.column_stack([CODES, CODES[:, 0]])
    assert total_correlation(doubled_nd).value > 10
    assert pairwise_information(doubled_nd).parts["most"] > 2


def test_what_straight_lines_do_not_show_counting_does() -> None:
    z_nd = np.column_stack([CODES[:, 0], CODES[:, 0] ** 2])
    assert total_correlation(z_nd).value < 0.01
    assert pairwise_information(z_nd).value > 0.5


def test_pairwise_information_by_hand() -> None:
    """Two of three dimensions say the same coin, the third another: one pair of three shares log 2."""
    coins_n = np.arange(1000)
    z_nd = np.column_stack([coins_n % 2, -(coins_n % 2), coins_n // 2 % 2]).astype(float)
    assert pairwise_information(z_nd).value == pytest.approx(np.log(2) / 3)


def test_dead_dimensions_do_not_count_and_one_alone_can_not_repeat() -> None:
    dead_nd = np.column_stack([CODES, np.full(5000, 0.5)])
    for measure in (total_correlation, pairwise_information):
        assert measure(dead_nd).value == pytest.approx(measure(CODES).value)
        assert "4 active dimensions of 5" in measure(dead_nd).said
        with pytest.raises(ModelError, match="two active dimensions or more, got 1 of 2"):
            measure(dead_nd[:, 3:])


# -- counting --------------------------------------------------------------------------------------------------------


def test_entropy_by_hand() -> None:
    assert entropy_nats(np.array([0, 0, 5, 5])) == pytest.approx(np.log(2))
    assert entropy_nats(np.array([3, 3, 3])) == 0


def test_shared_nats_are_scikit_learns() -> None:
    from sklearn.metrics import mutual_info_score

    a_nd, b_nf = RNG.integers(0, 6, (500, 3)), RNG.integers(0, 4, (500, 2))
    b_nf[:, 1] = a_nd[:, 0] // 2
    for d in range(3):
        for f in range(2):
            assert shared_nats(a_nd, b_nf)[d, f] == pytest.approx(mutual_info_score(a_nd[:, d], b_nf[:, f]), abs=1e-12)


def test_the_best_dimension_of_each_factor_counts() -> None:
    values_nf = np.stack([np.arange(4000) % 4, np.arange(4000) // 4 % 2], 1)
    score = best_information(np.column_stack([values_nf[:, 0] // 2, values_nf[:, 1]]).astype(float), values_nf)
    assert score.parts == {"factor 0": pytest.approx(0.5), "factor 1": pytest.approx(1)}
    assert score.value == pytest.approx(0.75)


# -- attributes of a catalogue ---------------------------------------------------------------------------------------


def shop() -> dict[str, np.ndarray]:
    brand = np.array(["Aiko", "Börg", "=cmd", None], object)[np.arange(5000) % 4]
    price = np.where(np.arange(5000) % 10 == 0, np.nan, np.exp(CODES[:, 1]))
    return {
        "brand": brand,
        "price": price,
        "mixed": np.array([None if p != p else p for p in price], object),
        "same": np.full(5000, "x"),
        "rare": np.array(["a", "b"] + [""] * 4998),
        "sold": CODES[:, 2] > 0,
    }


def test_each_dimension_with_each_attribute() -> None:
    columns = shop()
    z_nd = CODES.copy()
    z_nd[:, 0] = np.arange(5000) % 4
    told_da = attribute_information(z_nd, columns)
    assert told_da.shape == (4, 6)
    assert told_da[0, 0] == pytest.approx(1)
    assert told_da[1:, 0].max() < 0.02
    assert told_da[:, 1].argmax() == 1
    assert told_da[1, 1] > 0.5
    np.testing.assert_allclose(told_da[:, 2], told_da[:, 1])  # None among numbers is like NaN
    assert np.isnan(told_da[:, 3:5]).all()
    assert 0.5 < told_da[2, 5] <= 1


def test_the_gap_counts_attributes_that_say_something() -> None:
    told_da = np.array([[0.9, np.nan, 0.2], [0.3, np.nan, 0.2], [0.0, np.nan, 0.1]])
    score = attribute_gap(told_da, ["brand", "same", "price"])
    assert score.parts == {"brand": pytest.approx(0.6), "price": 0}
    assert score.value == pytest.approx(0.3)
    assert "2 attributes of 3" in score.said


def test_attributes_of_other_products_and_nothing_to_compare() -> None:
    with pytest.raises(ModelError, match="'brand' has 4 values for 5000 codes"):
        attribute_information(CODES, {"brand": np.array(["a"] * 4)})
    for told_da in (np.full((3, 1), np.nan), np.ones((1, 1))):
        with pytest.raises(ModelError, match="two dimensions or more, and an attribute"):
            attribute_gap(told_da, ["brand"])
