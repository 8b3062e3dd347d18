"""The critic of the last stage: whole pictures and patches, beside real ones (relativistic, Jolicoeur-Martineau 2019).

No layer is held by a norm; instead a score must not change much when a little noise is added to a picture, which is the
zero-centred gradient penalty (R1 and R2, as in R3GAN, Huang 2024) by finite differences, at a fifth of its cost.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from looks_like.model.networks.convolutional import LAST_EDGE, PATCH_PX, channels_at, edges_of
from looks_like.model.networks.picture_critic import frozen, moved

_SLOPE = 0.2  # of the leaky ReLU
_CHANNELS_MAX = 256
_PATCH_STAGE = 1  # the halving after which patches are judged: a cell then sees some 18 px at 128 px
_NOISE, _PENALTY = 0.05, 0.0002  # standard deviation of a value; weight of the squared change over that noise
_PENALISED = 4  # one picture in so many
_SHIFT = 1 / 16  # of the edge, by which real and made pictures are moved alike


class PatchCritic(nn.Module):
    """x_nchw -> (score_nk: the whole, then each patch, higher for real; features of each stage)."""

    def __init__(self, size: int, channels: int, width: int) -> None:
        super().__init__()
        edges = edges_of(size)
        counts = [min(_CHANNELS_MAX, channels_at(edge, 2 * width)) for edge in edges]
        self.cells = nn.PixelUnshuffle(PATCH_PX[size])
        self.first = nn.Conv2d(channels * PATCH_PX[size] ** 2, counts[0], 3, padding=1)
        self.stages = nn.ModuleList(nn.Conv2d(*pair, 4, 2, 1) for pair in itertools.pairwise(counts))
        self.patch_head = nn.Conv2d(counts[_PATCH_STAGE + 1], 1, 1)
        self.head = nn.Linear(counts[-1] * LAST_EDGE**2, 1)
        for layer in self.modules():  # with PyTorch's own weights it learns nothing in hundreds of steps
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, _SLOPE)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, list[Tensor]]:
        """-> (score_nk, the features of each stage)."""
        feature_nchw = F.leaky_relu(self.first(self.cells(2 * x_nchw - 1)), _SLOPE)
        features = []
        for stage in self.stages:
            feature_nchw = F.leaky_relu(stage(feature_nchw), _SLOPE)
            features.append(feature_nchw)
        patches_nk = self.patch_head(features[_PATCH_STAGE]).flatten(1)
        return torch.cat([self.head(feature_nchw.flatten(1)).float(), patches_nk.float()], 1), features


def shift_drawn(x_nchw: Tensor, rng: Generator) -> Tensor:
    """(1, 2) whole pixels right and down, by which all pictures of a step are moved before they are judged."""
    most = int(x_nchw.shape[-1] * _SHIFT)
    return torch.randint(-most, most + 1, (1, 2), generator=rng, device=rng.device)


def patch_critic_loss(critic: PatchCritic, x_nchw: Tensor, made_mchw: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """-> (what the critic minimises; its relativistic part: ln 2 where it can't tell them). M is a multiple of N."""
    by_12 = shift_drawn(x_nchw, rng)
    seen = moved(torch.cat([x_nchw, made_mchw.detach()]), by_12)
    score_nk, _ = critic(seen)
    real_nk, made_mk = score_nk[: len(x_nchw)], score_nk[len(x_nchw) :]
    loss = F.softplus(made_mk - real_nk.repeat(len(made_mk) // len(real_nk), 1)).mean()
    some_nchw, some_nk = seen[::_PENALISED], score_nk[::_PENALISED]  # it costs as much as all else
    noise = torch.randn(some_nchw.shape, generator=rng, device=rng.device)
    beside_nk, _ = critic(some_nchw + _NOISE * noise)
    return loss + _PENALTY * ((beside_nk - some_nk) / _NOISE).square().mean(), loss.detach()


def likeness_and_appeal(
    critic: PatchCritic, x_nchw: Tensor, made_mchw: Tensor, rng: Generator
) -> tuple[Tensor, Tensor]:
    """-> (distance of the first N made pictures from the real ones, in the critic's features; how much less real than
    they all made ones seem). For their maker; the critic learns nothing from it.
    """
    by_12 = shift_drawn(x_nchw, rng)
    with frozen(critic):
        with torch.no_grad():
            real_nk, real = critic(moved(x_nchw, by_12))
        made_mk, made = critic(moved(made_mchw, by_12))
    distances = [
        (mine[: len(x_nchw)].float() - theirs.float()).abs().mean() / theirs.float().abs().mean().clamp_min(1e-6)
        for theirs, mine in zip(real, made, strict=True)
    ]
    appeal = F.softplus(real_nk.repeat(len(made_mk) // len(real_nk), 1) - made_mk).mean()
    return torch.stack(distances).mean(), appeal
