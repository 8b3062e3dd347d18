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
    def typical_deviation(self) -> float:
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
    def typical_deviation(self) -> float:
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

    typical_deviation: float = 0.3

    def raw(self, values: Tensor) -> Tensor:
        return values.clamp(_DARKEST, 1 - _DARKEST).logit()  # the logits of black and white are infinite

    def picture(self, raw_nchw: Tensor) -> Tensor:
        return raw_nchw.sigmoid()

    def error(self, raw_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(raw_nchw, x_nchw)

    def nats(self, error: Tensor, values: int) -> Tensor:
        return error * values


@dataclass(frozen=True)
class LaplacianPyramid(Gaussian):
    """Absolute errors at every scale (Lap1, Bojanowski 2018): edges count as much as areas, so they stay sharper.

    The error is the mean over the levels of a Laplacian pyramid, each averaged over its own values, which is the
    paper's weight of 2^2j for level j. Nats are those of a Laplace distribution with the best scale for it, not below
    the floor's; a pyramid has 4/3 as many values as the picture, so they are no density of pictures.
    """

    def error(self, raw_nchw: Tensor, x_nchw: Tensor) -> Tensor:
        levels = [level_nchw.abs().mean() for level_nchw in pyramid(raw_nchw - x_nchw)]
        return torch.stack(levels).mean()

    def nats(self, error: Tensor, values: int) -> Tensor:
        scale = error.detach().clamp_min(self.sigma_floor / math.sqrt(2))  # a Laplace's deviation is sqrt(2) scales
        return values * (error / scale + torch.log(2 * scale))


def pyramid(x_nchw: Tensor) -> list[Tensor]:
    """What each halving loses, the finest first, and last what is left at _COARSEST_PX."""
    levels = []
    while x_nchw.shape[-1] > _COARSEST_PX:
        smaller_nchw = F.avg_pool2d(x_nchw, 2)
        levels.append(x_nchw - F.interpolate(smaller_nchw, scale_factor=2.0))
        x_nchw = smaller_nchw
    return [*levels, x_nchw]


_DARKEST = 0.005
_COARSEST_PX = 4
LIKELIHOODS = ("gaussian", "bernoulli", "laplacian")


def likelihood(name: str, sigma_floor: float) -> Likelihood:
    """One of LIKELIHOODS."""
    if name == "bernoulli":
        return Bernoulli()
    return LaplacianPyramid(sigma_floor) if name == "laplacian" else Gaussian(sigma_floor)
