"""How well a rebuilt picture explains the real one, in nats per picture: summed over pixels, averaged over the batch.

Averaging over pixels instead would hide a factor of 12,288 inside every weight of the KL.
"""

import math

import torch
from torch import Tensor


def gaussian_nats(y_nchw: Tensor, x_nchw: Tensor, sigma_floor: float) -> tuple[Tensor, Tensor]:
    """-> (negative log-likelihood in nats per picture, mean squared error).

    The standard deviation is the batch's best one (sigma-VAE, Rybkin 2021), but never below `sigma_floor`: without a
    floor the KL is crowded out and the space between codes goes empty.
    """
    mse = (y_nchw - x_nchw).square().mean()
    variance = mse.detach().clamp_min(sigma_floor**2)
    values = x_nchw[0].numel()
    return 0.5 * values * (mse / variance + torch.log(2 * math.pi * variance)), mse
