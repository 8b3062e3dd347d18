"""A decoder in two parts: a plain one makes a small picture, and a network that sees it makes it large and clear.

To learn all of a picture from its code takes millions of pictures; to mend one that is nearly right, a local matter,
takes thousands, and where the small picture is two ghosts, the network sees both and can settle on one. So a finished
model's decoder can be the first part, and pictures gain from the first minute on. The code speaks at every stage: each
residual block is scaled and shifted by it (FiLM, Perez 2018). Upsampling is bilinear: nothing checkers.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from looks_like.model.networks.convolutional import LAST_EDGE, PATCH_PX, Decoder, channels_at, start_at_zero
from looks_like.model.networks.pca import EDGE_MAX_PX

_CHANNELS_MAX = 256  # at the small stages: more weigh megabytes and show nothing
_MODULATION = 0.05  # standard deviation of its first weights
_HALVINGS = 2  # down to the stage that sees a quarter of the picture at once


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


class RefinedDecoder(nn.Module):
    """z_nd -> raw_nchw, which the likelihood turns into pictures. It begins as `coarse`, enlarged."""

    def __init__(self, size: int, channels: int, latent: int, widths: tuple[int, int], depth: int) -> None:
        """`widths`: channels at 32 px of the plain decoder, and of the network that refines."""
        super().__init__()
        small, self.size = min(size, EDGE_MAX_PX), size
        self.coarse = Decoder(small, channels, latent, widths[0], depth)
        top, first = size // PATCH_PX[size], small // PATCH_PX[small]
        bottom = max(LAST_EDGE, first >> _HALVINGS)

        def count(edge: int) -> int:
            return min(_CHANNELS_MAX, channels_at(edge, widths[1]))

        down = [first >> i for i in range((first // bottom).bit_length())]
        up = [bottom << i for i in range((top // bottom).bit_length())]
        self.cells = nn.PixelUnshuffle(PATCH_PX[small])
        self.first = nn.Conv2d(channels * PATCH_PX[small] ** 2, count(first), 3, padding=1)
        self.smaller = nn.ModuleList(nn.Conv2d(count(a), count(b), 4, 2, 1) for a, b in itertools.pairwise(down))
        self.stages = nn.ModuleList(
            nn.ModuleList(_Modulated(count(edge), latent) for _ in range(1 + depth)) for edge in up
        )
        self.larger = nn.ModuleList(nn.Conv2d(count(a), count(b), 3, padding=1) for a, b in itertools.pairwise(up))
        self.last = start_at_zero(nn.Conv2d(count(up[-1]), channels * PATCH_PX[size] ** 2, 3, padding=1))
        self.patches = nn.PixelShuffle(PATCH_PX[size])

    @property
    def linear(self) -> nn.Linear:
        """What starts from principal components."""
        return self.coarse.linear

    def forward(self, z_nd: Tensor) -> Tensor:
        """-> raw_nchw, of `size` px."""
        small_nchw = self.coarse(z_nd)
        x = self.first(self.cells(2 * small_nchw - 1).contiguous(memory_format=torch.channels_last))
        seen = []  # on the way down, added on the way up
        for smaller in self.smaller:
            seen.append(x)
            x = smaller(F.silu(x))
        for i, blocks in enumerate(self.stages):
            if i:  # convolved before it grows: a quarter of the work
                x = F.interpolate(self.larger[i - 1](F.silu(x)), scale_factor=2.0, mode="bilinear")
                x = torch.add(x, seen.pop()) if seen else x
            for block in blocks:  # type: ignore[attr-defined]
                x = block(x, z_nd)
        if self.size > EDGE_MAX_PX:
            small_nchw = F.interpolate(small_nchw, size=self.size, mode="bicubic")
        return torch.add(small_nchw, self.patches(self.last(F.silu(x))).float())

    def start_from(self, weight_pd: Tensor, bias_p: Tensor) -> None:
        """The linear map for the first d dimensions; the others start at nothing."""
        self.coarse.start_from(weight_pd, bias_p)
