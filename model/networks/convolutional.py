"""The encoder and decoder that every family shares: convolutions over a start from principal components.

Both are a linear map plus a network. `start_from` lays PCA under the linear maps and lets the networks begin at zero,
so training starts where PCA ends: the first picture is already a blurred product and no minute is spent on finding
where the product stands. The linear encoder stays as PCA made it (its weights are far smaller than an optimiser's
step), or at nothing; all else is trained.

Resolution is bought with stages, not with width: `width` channels at 32 px, twice as many at each halving, half at
64 px. Nearest upsampling and a convolution, never a transposed one (no checkerboard). No normalisation: on a
processor it costs half the throughput, and a residual start at zero trains without it.
"""

import itertools
import math
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from looks_like.model.errors import ModelError
from looks_like.model.networks.pca import EDGE_MAX_PX, PCA, flatten, unflattened

SIZES_PX = (32, 64, 128, 256)
PATCH_PX = {32: 1, 64: 2, 128: 2, 256: 4}  # picture pixels per side in one cell of the first stage
LAST_EDGE = 4
Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


class Residual(nn.Module):
    """x + what two convolutions make of it; nothing at first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = start_at_zero(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.add(x, self.second(F.silu(self.first(F.silu(x)))))


class Encoder(nn.Module):
    """x_nchw -> (mean_nd, logvar_nd). Larger pictures than it is made for are averaged down."""

    def __init__(self, size: int, channels: int, latent: int, width: int, depth: int) -> None:
        super().__init__()
        self.size = size
        edges = edges_of(size)
        layers: list[nn.Module] = [
            nn.PixelUnshuffle(PATCH_PX[size]),
            nn.Conv2d(channels * PATCH_PX[size] ** 2, channels_at(edges[0], width), 3, padding=1),
        ]
        for above, below in itertools.pairwise(edges):
            layers += [nn.SiLU(), nn.Conv2d(channels_at(above, width), channels_at(below, width), 4, 2, 1)]
            layers += [Residual(channels_at(below, width)) for _ in range(depth if below <= 16 else 0)]
        self.body = nn.Sequential(*layers, nn.SiLU(), nn.Flatten())
        self.head = nn.Linear(channels_at(LAST_EDGE, width) * LAST_EDGE**2, 2 * latent)
        self.linear = start_at_zero(nn.Linear(_flat(size, channels), latent)).requires_grad_(False)

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        if x_nchw.shape[-1] > self.size:
            x_nchw = F.adaptive_avg_pool2d(x_nchw, self.size)
        mean_nd, logvar_nd = self.head(self.body(x_nchw)).float().chunk(2, dim=1)
        return mean_nd + self.linear(flatten(x_nchw)).float(), logvar_nd

    @torch.no_grad()
    def start_from(self, principal: PCA, noise_variance: float) -> None:
        """Whitened projection as the mean; the log-variance of probabilistic PCA."""
        k = len(principal.variance_d)
        start_at_zero(self.linear)
        start_at_zero(self.head)
        self.linear.weight[:k] = principal.whitening_dp
        self.linear.bias[:k] = -(principal.whitening_dp @ principal.mean_p)
        self.head.bias[len(self.linear.bias) :][:k] = principal.posterior_variance(noise_variance).log()


class NoEncoder(nn.Module):
    """In the place of an encoder where a family can only make pictures."""

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        raise ModelError("this model has no encoder, so pictures have no code in its space: choose another --model")

    def start_from(self, principal: PCA, noise_variance: float) -> None:
        """There is nothing to start."""


class Decoder(nn.Module):
    """z_nd -> raw_nchw, which the likelihood turns into pictures."""

    def __init__(self, size: int, channels: int, latent: int, width: int, depth: int) -> None:
        super().__init__()
        edges = edges_of(size)[::-1]
        self.size, self.channels, self.width = size, channels, width
        self.head = nn.Linear(latent, channels_at(LAST_EDGE, width) * LAST_EDGE**2)
        layers: list[nn.Module] = []
        for below, above in itertools.pairwise(edges):
            layers += [Residual(channels_at(below, width)) for _ in range(depth)]
            layers += [nn.SiLU(), nn.Upsample(scale_factor=2)]
            layers += [nn.Conv2d(channels_at(below, width), channels_at(above, width), 3, padding=1)]
        last = nn.Conv2d(channels_at(edges[-1], width), channels * PATCH_PX[size] ** 2, 3, padding=1)
        self.body = nn.Sequential(*layers, nn.SiLU(), start_at_zero(last), nn.PixelShuffle(PATCH_PX[size]))
        self.linear = start_at_zero(nn.Linear(latent, _flat(size, channels)))

    def forward(self, z_nd: Tensor) -> Tensor:
        grid = self.head(z_nd).view(-1, channels_at(LAST_EDGE, self.width), LAST_EDGE, LAST_EDGE)
        linear_nchw = unflattened(self.linear(z_nd).float(), self.channels, self.size)
        return torch.add(linear_nchw, self.body(grid.contiguous(memory_format=torch.channels_last)).float())

    @torch.no_grad()
    def start_from(self, weight_pd: Tensor, bias_p: Tensor) -> None:
        """The linear map for the first d dimensions; the others start at nothing."""
        self.linear.weight.zero_()
        self.linear.weight[:, : weight_pd.shape[1]] = weight_pd
        self.linear.bias.copy_(bias_p)


def start_at_zero(layer: Layer) -> Layer:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def edges_of(size: int) -> list[int]:
    """-> the edges in cells of a network's stages, from the largest to LAST_EDGE."""
    first = size // PATCH_PX[size]
    return [first >> i for i in range(int(math.log2(first // LAST_EDGE)) + 1)]


def channels_at(edge: int, width: int) -> int:
    """-> channels of the stage with this edge."""
    return max(8, width * 32 // edge)


def _flat(size: int, channels: int) -> int:
    return channels * min(size, EDGE_MAX_PX) ** 2
