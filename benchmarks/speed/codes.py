"""Codes made up on the spot, for what needs no pictures."""

import numpy as np


def clustered_codes(count: int, latent: int = 32, clusters: int = 40) -> np.ndarray:
    """(count, latent) float32: clusters of unlike sizes and shapes, as an embedding of a catalogue has them."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(clusters, latent)) * 2
    spreads = rng.gamma(2.0, 0.35, size=(clusters, latent))
    which = rng.choice(clusters, size=count, p=rng.dirichlet(np.ones(clusters) * 3))
    return (centres[which] + rng.normal(size=(count, latent)) * spreads[which]).astype(np.float32)
