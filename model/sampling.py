"""Codes that no product has, for any family: from the prior, from a mixture fitted on the codes, between products."""

import warnings

import numpy as np

from model.curves import path_points

COMPONENTS = 10
_SPREAD_MIN = 1e-6  # added to each variance, so that a dimension that nothing uses does no harm


def prior_codes(count: int, latent: int, seed: int = 0) -> np.ndarray:
    """(count, latent) float32 from N(0, I): what a family promises that matches the codes with it."""
    return np.random.default_rng(seed).standard_normal((count, latent), np.float32)


def mixture_codes(z_nd: np.ndarray, count: int, seed: int = 0, components: int = COMPONENTS) -> np.ndarray:
    """(count, D) float32 from a mixture of Gaussians fitted on codes (Ghosh 2020): where the products really are.

    Full covariances; fewer components than asked for where there are not ten codes for each dimension of each.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    components = max(1, min(components, len(z_nd) // (10 * z_nd.shape[1])))
    mixture = GaussianMixture(components, reg_covar=_SPREAD_MIN, random_state=seed)
    with warnings.catch_warnings():  # one that could still get a little better is a mixture too
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(z_nd.astype(np.float64))
    sampled_nd = mixture.sample(count)[0]  # one component after the other
    return np.random.default_rng(seed).permutation(sampled_nd).astype(np.float32)


def mid_points(z_nd: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """(count, D) float32, each half-way between two products drawn at random, on the default curve."""
    rng = np.random.default_rng(seed)
    pairs = (rng.choice(len(z_nd), 2, replace=False) for _ in range(count))
    return np.stack([path_points([z_nd[a], z_nd[b]], 3)[1] for a, b in pairs])
