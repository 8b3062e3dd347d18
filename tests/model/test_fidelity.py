"""Precision, density and coverage: by hand, against the definition, and what must be so."""

import numpy as np
import pytest

from looks_like.model.errors import ModelError
from looks_like.model.metrics.pictures.fidelity import NEAREST, RealPictures, recognised


def defined(real_nf: np.ndarray, shown_mf: np.ndarray) -> tuple[float, float, float]:
    """As the papers write them, in all features."""
    within_nn = np.linalg.norm(real_nf[:, None] - real_nf, axis=2)
    radius_n = np.sort(within_nn, axis=1)[:, NEAREST]
    inside_mn = np.linalg.norm(shown_mf[:, None] - real_nf, axis=2) <= radius_n
    return inside_mn.any(1).mean(), inside_mn.sum(1).mean() / NEAREST, inside_mn.any(0).mean()


def test_it_is_what_the_papers_define() -> None:
    rng = np.random.default_rng(0)
    real_nf, shown_mf = rng.normal(size=(700, 8)), rng.normal(0.5, 1.2, size=(620, 8))
    found = RealPictures(real_nf).fidelity(shown_mf)
    assert (found.precision, found.density, found.coverage) == pytest.approx(defined(real_nf, shown_mf))
    assert 0.2 < found.precision < 0.98


def test_on_a_line_by_hand() -> None:
    """Real pictures at 0 .. 9; the 5th nearest of 0 is 5 away, of 4 and 5 it is 3."""
    real_nf = np.arange(10.0)[:, None]
    assert RealPictures(real_nf).radius_n == pytest.approx([5, 4, 3, 3, 3, 3, 3, 3, 4, 5])
    found = RealPictures(real_nf).fidelity(np.array([[-4.5], [30.0]]))
    assert (found.precision, found.density, found.coverage) == pytest.approx((0.5, 0.1, 0.1))


def test_more_of_the_same_are_real_and_few_meet_few() -> None:
    rng = np.random.default_rng(1)
    reals = RealPictures(rng.normal(size=(2000, 10)))
    alike = reals.fidelity(rng.normal(size=(1000, 10)))
    assert alike.precision > 0.9
    assert alike.density == pytest.approx(1, abs=0.1)
    few = reals.fidelity(0.3 * rng.normal(size=(1000, 10)))
    assert few.precision == 1
    assert few.density > 1 > 2 * few.coverage


@pytest.mark.parametrize("count", [200, 600])
def test_few_real_pictures_do_not_make_new_ones_look_nearer(count: int) -> None:
    """Features that spread as those of photographs do: 64 components found on 200 of them fit those and no others, and
    new ones had a density of 3.7 and 1.8.
    """
    rng, scale_f = np.random.default_rng(3), (1 + np.arange(300)) ** -0.5
    found = RealPictures(scale_f * rng.normal(size=(count, 300))).fidelity(scale_f * rng.normal(size=(500, 300)))
    assert found.density == pytest.approx(1, abs=0.3)


def test_copies_of_the_real_ones_are_inside() -> None:
    real_nf = np.random.default_rng(2).normal(size=(50, 200))
    assert RealPictures(real_nf).fidelity(real_nf).precision == 1
    all_alike = RealPictures(np.ones((20, 3))).fidelity(np.ones((4, 3)))
    assert (all_alike.precision, all_alike.coverage) == (1, 1)


def test_too_few_are_refused() -> None:
    with pytest.raises(ModelError, match="more than 5 real pictures, got 5"):
        RealPictures(np.zeros((5, 2)))
    with pytest.raises(ModelError, match="a picture or more"):
        RealPictures(np.zeros((9, 2))).fidelity(np.zeros((0, 2)))


def test_a_rebuilt_picture_is_recognised_by_its_own_features() -> None:
    real_nf = np.random.default_rng(0).normal(size=(200, 80))
    assert recognised(real_nf + 0.01, real_nf) == 1
    swapped_nf = real_nf.copy()
    swapped_nf[:20] = real_nf[20:40]
    assert recognised(swapped_nf, real_nf) == pytest.approx(0.9)
