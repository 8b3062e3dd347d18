"""How well a rebuilt picture explains the real one, in nats per picture: summed over pixels, averaged over the batch.

Averaging over pixels instead would hide a factor of 12,288 inside every weight of the KL. A likelihood turns what the
decoder says into a picture, and into an `error` per value that can be averaged over any number of pictures before it
becomes nats.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class Likelihood(Protocol):
    """Raw values from the decoder in; a picture, or nats, out."""

    @property
    def spread(self) -> float:
        """A typical standard deviation of a value, from which the first posteriors follow."""
        ...

    def raw(self, values: Tensor) -> Tensor:
        """-> what the decoder has to say for these values; about the inverse of `picture`."""
        ...

    def picture(self, raw_nchw: Tensor) -> Tensor:
        """-> x_nchw, the mean of the distribution."""
        ...

    def error(self, raw_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        """-> scalar, mean over all values of all pictures."""
        ...

    def nats(self, error: Tensor, values: int) -> Tensor:
        """-> scalar, the negative log-likelihood of a picture with so many values, from the mean error."""
        ...


@dataclass(frozen=True)
class Gaussian:
    """Values are means. The standard deviation is the best one for the error (sigma-VAE, Rybkin 2021), but never below
    `sigma_floor`: without a floor the KL is crowded out and the space between codes goes empty.
    """

    sigma_floor: float

    @property
    def spread(self) -> float:
        return self.sigma_floor

    def raw(self, values: Tensor) -> Tensor:
        return values

    def picture(self, raw_nchw: Tensor) -> Tensor:
        return raw_nchw

    def error(self, raw_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        return (raw_nchw - x_nchw).square().mean()

    def nats(self, error: Tensor, values: int) -> Tensor:
        variance = error.detach().clamp_min(self.sigma_floor**2)
        return 0.5 * values * (error / variance + torch.log(2 * math.pi * variance))


@dataclass(frozen=True)
class Bernoulli:
    """Values are logits; a grey value is the share of ones in many draws, so the cross-entropy is never 0."""

    spread: float = 0.3

    def raw(self, values: Tensor) -> Tensor:
        return values.clamp(_DARKEST, 1 - _DARKEST).logit()  # the logits of black and white are infinite

    def picture(self, raw_nchw: Tensor) -> Tensor:
        return raw_nchw.sigmoid()

    def error(self, raw_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(raw_nchw, x_nchw)

    def nats(self, error: Tensor, values: int) -> Tensor:
        return error * values


_DARKEST = 0.005
LIKELIHOODS = ("gaussian", "bernoulli")


def likelihood(name: str, sigma_floor: float) -> Likelihood:
    """One of LIKELIHOODS."""
    return Bernoulli() if name == "bernoulli" else Gaussian(sigma_floor)
