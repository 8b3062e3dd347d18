"""The gap as Chen measures it: against entropies known in closed form, and where it parts from the one of means."""

import numpy as np
import pytest
import torch

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.sampled_mig import _entropies, sampled_mig

COUNT = 2000
FACTORS_NF = np.random.default_rng(0).integers(0, 4, (COUNT, 2))


def posteriors(strength: float, deviation: float) -> tuple[np.ndarray, np.ndarray]:
    """The first dimension says the first factor, the second the second, a third nothing; all have the same noise."""
    mean_nd = np.zeros((COUNT, 3))
    mean_nd[:, :2] = strength * FACTORS_NF
    return mean_nd, np.full((COUNT, 3), 2 * np.log(deviation))


def test_a_dimension_for_each_factor_far_above_its_noise_is_1() -> None:
    assert sampled_mig(*posteriors(10, 1), FACTORS_NF).value == pytest.approx(1, abs=0.02)


def test_what_the_noise_covers_is_not_told() -> None:
    """The means alone say it all."""
    mean_nd, logvar_nd = posteriors(0.01, 1)
    assert sampled_mig(mean_nd, logvar_nd, FACTORS_NF).value < 0.02
    assert mig(mean_nd, FACTORS_NF).value > 0.9


def test_what_two_dimensions_say_alike_has_no_gap() -> None:
    mean_nd, logvar_nd = posteriors(10, 1)
    mean_nd[:, 2] = mean_nd[:, 0]
    score = sampled_mig(mean_nd, logvar_nd, FACTORS_NF)
    assert score.parts["factor 0"] == pytest.approx(0, abs=0.02)
    assert score.parts["factor 1"] == pytest.approx(1, abs=0.02)
    assert "3 dimensions, 2 factors" in score.said


def test_the_entropy_of_one_posterior_for_all_is_a_gaussians() -> None:
    z_md = torch.randn(4000, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([0.5, 2.0])
    logvar_nd = 2 * torch.tensor([0.5, 2.0]).log().expand(50, 2)
    meant_d = 0.5 * np.log(2 * np.pi * np.e * np.array([0.25, 4.0]))
    np.testing.assert_allclose(_entropies(z_md, torch.zeros(50, 2), logvar_nd).numpy(), meant_d, atol=0.03)


def test_shapes_that_do_not_agree_are_a_sentence() -> None:
    with pytest.raises(ModelError, match="are of different codes"):
        sampled_mig(np.zeros((COUNT, 3)), np.zeros((COUNT, 2)), FACTORS_NF)
    with pytest.raises(ModelError, match="as many rows of factors"):
        sampled_mig(*posteriors(1, 1), FACTORS_NF[1:])
