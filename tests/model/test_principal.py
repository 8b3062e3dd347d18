"""The turn from principal to independent axes."""

import numpy as np
import pytest

from looks_like.model.images import to_float
from looks_like.model.networks.pca import PCA, flatten, ica_rotated, principal_components


def bars_and_blots(count: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Pictures with two independent factors that principal components mix: two areas, each in any of two greys."""
    greys_n2 = np.random.default_rng(0).choice((60, 190), (count, 2)) + np.random.default_rng(1).integers(
        0, 4, (count, 2)
    )
    pixels_nhwc = np.full((count, 32, 32, 3), 128, np.uint8)
    pixels_nhwc[:, 4:14, 4:28] = greys_n2[:, 0, None, None, None]
    pixels_nhwc[:, 18:28, 4:28] = greys_n2[:, 1, None, None, None]
    return pixels_nhwc, greys_n2


def test_independent_axes_find_factors_that_principal_ones_mix() -> None:
    pixels_nhwc, greys_n2 = bars_and_blots()
    principal = principal_components(pixels_nhwc, 2)
    turned = ica_rotated(principal, pixels_nhwc)
    x_np = flatten(to_float(pixels_nhwc))

    def alike(which: PCA) -> np.ndarray:
        return np.abs(np.corrcoef(which.whiten(x_np).numpy().T, greys_n2.T)[:2, 2:])

    assert alike(principal).max() < 0.95
    assert np.sort(alike(turned), axis=1)[:, 1].min() > 0.995
    assert np.sort(alike(turned), axis=1)[:, 0].max() < 0.1


def test_the_turn_keeps_the_space_and_its_posterior() -> None:
    pixels_nhwc, _ = bars_and_blots()
    principal = principal_components(pixels_nhwc, 2)
    turned = ica_rotated(principal, pixels_nhwc)
    assert turned.turn_dd is not None
    np.testing.assert_allclose(turned.turn_dd @ turned.turn_dd.T, np.eye(2), atol=1e-5)
    x_np = flatten(to_float(pixels_nhwc))
    np.testing.assert_allclose(turned.whiten(x_np).norm(dim=1), principal.whiten(x_np).norm(dim=1), rtol=1e-4)
    same = turned.posterior_variance(0.01).sum(), principal.posterior_variance(0.01).sum()
    assert float(same[0]) == pytest.approx(float(same[1]), rel=1e-5)


@pytest.mark.parametrize("pixels", [np.full((300, 32, 32, 3), 77, np.uint8), bars_and_blots(90)[0]])
def test_too_few_pictures_or_none_that_differ_are_not_turned(pixels: np.ndarray) -> None:
    principal = principal_components(pixels, 2)
    assert ica_rotated(principal, pixels) is principal
