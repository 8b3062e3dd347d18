"""Codes that no product has, for any family: from the prior, from a mixture fitted on the codes, between products."""

import numpy as np

from looks_like.model.geometry.mixture import COMPONENTS, fit_mixture
from looks_like.model.geometry.paths.curves import path_points


def prior_codes(count: int, latent: int, seed: int = 0) -> np.ndarray:
    """(count, latent) float32 from N(0, I): what a family promises that matches the codes with it."""
    return np.random.default_rng(seed).standard_normal((count, latent), np.float32)


def mixture_codes(z_nd: np.ndarray, count: int, seed: int = 0, components: int = COMPONENTS) -> np.ndarray:
    """(count, D) float32 from the mixture that is fitted on codes: where the products really are."""
    return fit_mixture(z_nd, seed, components).sample(count, seed)


def mid_points(z_nd: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """(count, D) float32, each half-way between two products drawn at random, on a matched curve."""
    rng = np.random.default_rng(seed)
    pairs = (rng.choice(len(z_nd), 2, replace=False) for _ in range(count))
    return np.stack([path_points([z_nd[a], z_nd[b]], 3)[1] for a, b in pairs])
