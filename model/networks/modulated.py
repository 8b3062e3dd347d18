"""A decoder for pictures that convince: residual, and the code speaks at every stage.

Where the plain decoder hears the code once, at 4 x 4 cells, here each residual block is scaled and shifted by it (FiLM,
Perez 2018), so that a colour or a sole need not be carried through five stages. Upsampling is bilinear: nothing
checkers. One decode of 128 px takes some 10 ms of one core.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from looks_like.model.networks.convolutional import LAST_EDGE, PATCH_PX, channels_at, edges_of, start_at_zero
from looks_like.model.networks.pca import EDGE_MAX_PX

_CHANNELS_MAX = 256  # at the small stages: more weigh megabytes and show nothing
_MODULATION = 0.05  # standard deviation of its first weights


class _Modulated(nn.Module):
    """x + what two convolutions make of it, scaled and shifted by the code between them; nothing at first."""

    def __init__(self, channels: int, latent: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.modulation = nn.Linear(latent, 2 * channels)
        self.second = start_at_zero(nn.Conv2d(channels, channels, 3, padding=1))
        nn.init.normal_(self.modulation.weight, std=_MODULATION)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, z_nd: Tensor) -> Tensor:
        scale, shift = self.modulation(z_nd)[:, :, None, None].chunk(2, dim=1)
        inner = self.first(F.silu(x))
        return torch.add(x, self.second(F.silu(torch.addcmul(inner + shift, inner, scale))))


class ModulatedDecoder(nn.Module):
    """z_nd -> raw_nchw, which the likelihood turns into pictures; over the same linear map as `Decoder`."""

    def __init__(self, size: int, channels: int, latent: int, width: int, depth: int) -> None:
        super().__init__()
        edges = edges_of(size)[::-1]
        counts = [min(_CHANNELS_MAX, channels_at(edge, width)) for edge in edges]
        self.size, self.channels, self.first_channels = size, channels, counts[0]
        self.head = nn.Linear(latent, counts[0] * LAST_EDGE**2)
        self.stages = nn.ModuleList(
            nn.ModuleList(_Modulated(count, latent) for _ in range(1 + depth)) for count in counts
        )
        self.between = nn.ModuleList(nn.Conv2d(*pair, 3, padding=1) for pair in itertools.pairwise(counts))
        self.last = start_at_zero(nn.Conv2d(counts[-1], channels * PATCH_PX[size] ** 2, 3, padding=1))
        self.patches = nn.PixelShuffle(PATCH_PX[size])
        self.linear = start_at_zero(nn.Linear(latent, channels * min(size, EDGE_MAX_PX) ** 2))

    def forward(self, z_nd: Tensor) -> Tensor:
        """-> raw_nchw, of `size` px."""
        x = self.head(z_nd).view(-1, self.first_channels, LAST_EDGE, LAST_EDGE)
        x = x.contiguous(memory_format=torch.channels_last)
        for i, blocks in enumerate(self.stages):
            if i:  # convolved before it grows: a quarter of the work
                x = F.interpolate(self.between[i - 1](F.silu(x)), scale_factor=2.0, mode="bilinear")
            for block in blocks:  # type: ignore[attr-defined]
                x = block(x, z_nd)
        linear_nchw = self.linear(z_nd).view(-1, self.channels, *[min(self.size, EDGE_MAX_PX)] * 2).float()
        if self.size > EDGE_MAX_PX:
            linear_nchw = F.interpolate(linear_nchw, size=self.size, mode="bilinear")
        return torch.add(linear_nchw, self.patches(self.last(F.silu(x))).float())

    @torch.no_grad()
    def start_from(self, weight_pd: Tensor, bias_p: Tensor) -> None:
        """The linear map for the first d dimensions; the others start at nothing."""
        self.linear.weight.zero_()
        self.linear.weight[:, : weight_pd.shape[1]] = weight_pd
        self.linear.bias.copy_(bias_p)
