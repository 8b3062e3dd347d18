"""Losses that families share: likelihoods of pictures, and a perceptual distance."""

from looks_like.model.losses.likelihoods import LIKELIHOODS, Likelihood, likelihood, pyramid
from looks_like.model.losses.perceptual import perceptual_distance

__all__ = ["LIKELIHOODS", "Likelihood", "likelihood", "perceptual_distance", "pyramid"]
