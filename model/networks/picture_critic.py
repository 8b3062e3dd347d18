"""A critic tells real pictures from made ones; what makes pictures learns to please it.

The loss is the hinge of Lim & Ye (2017), every layer is held by spectral norm (Miyato 2018), and the critic sees all
pictures through the same random distortions (DiffAugment, Zhao 2020), so that it can't learn a small catalogue by
heart. There is no normalisation over the batch: real and made pictures would give each other away.
"""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from looks_like.model.errors import ModelError
from looks_like.model.networks.convolutional import LAST_EDGE, PATCH_PX, channels_at, edges_of

_SLOPE = 0.2  # of the leaky ReLU
_SHIFT, _HOLE = 1 / 8, 1 / 2  # of the edge: largest shift, and the grey square; both as in Zhao 2020
_WINS_BELOW = 0.02  # mean hinge loss of a critic that is never in doubt; 2 is one that knows nothing
_ALIKE_BELOW = 0.1  # variety under which the made pictures are one picture


class PictureCritic(nn.Module):
    """x_nchw -> (score_n, higher for real; features of each stage). As wide and as deep as the encoder."""

    def __init__(self, size: int, channels: int, width: int) -> None:
        super().__init__()
        edges = edges_of(size)
        first = nn.Conv2d(channels * PATCH_PX[size] ** 2, channels_at(edges[0], width), 3, padding=1)
        self.patches = nn.PixelUnshuffle(PATCH_PX[size])
        self.first = spectral_norm(first)
        self.stages = nn.ModuleList(
            spectral_norm(nn.Conv2d(channels_at(above, width), channels_at(below, width), 4, 2, 1))
            for above, below in itertools.pairwise(edges)
        )
        self.head = spectral_norm(nn.Linear(channels_at(LAST_EDGE, width) * LAST_EDGE**2, 1))

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, list[Tensor]]:
        """-> (score_n, the features of each stage)."""
        feature_nchw, features = F.leaky_relu(self.first(self.patches(2 * x_nchw - 1)), _SLOPE), []
        for stage in self.stages:
            feature_nchw = F.leaky_relu(stage(feature_nchw), _SLOPE)
            features.append(feature_nchw)
        score_n: Tensor = self.head(feature_nchw.flatten(1)).float().squeeze(1)
        return score_n, features


# -- losses ------------------------------------------------------------------------------------------------------


def hinge_loss(real_n: Tensor, made_n: Tensor) -> Tensor:
    """-> scalar that a critic minimises: mean(max(0, 1 - real)) + mean(max(0, 1 + made)); 2 when it knows nothing."""
    return F.relu(1 - real_n).mean() + F.relu(1 + made_n).mean()


def feature_distance(real: list[Tensor], made: list[Tensor]) -> Tensor:
    """-> scalar: mean over the stages of |made - real| over |real|; 0 for equal pictures, about 1 for strangers."""
    of_stage = [
        (mine.float() - theirs.float()).abs().mean() / theirs.float().abs().mean().clamp_min(1e-6)
        for theirs, mine in zip(real, made, strict=True)
    ]
    return torch.stack(of_stage).mean()


def critic_loss(
    critic: PictureCritic, x_nchw: Tensor, made_nchw: Tensor, rng: Generator
) -> tuple[Tensor, dict[str, Tensor | float]]:
    """-> (hinge of the distorted pictures, times the values of a picture; its part). No gradient reaches the maker."""
    both_nchw = torch.cat([x_nchw, made_nchw.detach()])
    score_n, _ = critic(DiffAugment.drawn(len(both_nchw), rng)(both_nchw))
    loss = hinge_loss(score_n[: len(x_nchw)], score_n[len(x_nchw) :])
    return loss * x_nchw[0].numel(), {"picture_critic": loss.detach()}


def feature_distance_and_score(
    critic: PictureCritic, x_nchw: Tensor, made_nchw: Tensor, rng: Generator
) -> tuple[Tensor, Tensor]:
    """-> (feature distance of the first len(x) made pictures to x; mean score of all made ones), for their maker.

    A picture and its likeness are distorted alike. The critic learns nothing from it.
    """
    distortion = DiffAugment.drawn(len(made_nchw), rng)
    with frozen(critic):
        with torch.no_grad():
            _, real = critic(distortion.of_first(len(x_nchw))(x_nchw))
        score_n, made = critic(distortion(made_nchw))
    return feature_distance(real, [feature[: len(x_nchw)] for feature in made]), torch.mean(score_n)


def score(critic: PictureCritic, made_nchw: Tensor, rng: Generator) -> Tensor:
    """-> scalar, the mean score of distorted pictures, for their maker. The critic learns nothing from it."""
    with frozen(critic):
        score_n, _ = critic(DiffAugment.drawn(len(made_nchw), rng)(made_nchw))
    return torch.mean(score_n)


@contextlib.contextmanager
def frozen(*modules: nn.Module) -> Iterator[None]:
    """Context manager that freezes the parameters of modules; gradients still flow through them to their inputs."""
    weights = [weight for module in modules for weight in module.parameters() if weight.requires_grad]
    for weight in weights:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in weights:
            weight.requires_grad_(True)


def moved(x_nchw: Tensor, by_n2: Tensor) -> Tensor:
    """Each picture by whole pixels (right, down), or all by the same; what comes in repeats the border.

    As two products with selections of rows and columns: all pictures at once, without reading where they move, and
    the gradient is a product too. That of a gather costs more than the critic. Nothing is blurred, by which a critic
    could tell nothing any more.
    """
    edge = x_nchw.shape[-1]
    to_e = torch.arange(edge, device=x_nchw.device)
    from_n2e = (to_e - by_n2[:, :, None]).clamp(0, edge - 1)
    chosen_n2ee = (from_n2e[..., None] == to_e).to(x_nchw.dtype)
    columns_n1ee, rows_n1ee = chosen_n2ee[:, :1], chosen_n2ee[:, 1:]
    with torch.autocast(x_nchw.device.type, enabled=False):
        moved_nchw = rows_n1ee @ x_nchw @ columns_n1ee.mT
    return moved_nchw.contiguous(memory_format=torch.channels_last)


# -- what both kinds of pictures are seen through ----------------------------------------------------------------


@dataclass(frozen=True)
class DiffAugment:
    """DiffAugment: light, colour, shift and a grey square, drawn once, for as many pictures as often as wanted."""

    drawn_n7: Tensor  # 0 .. 1: light, colour, contrast, shift right and down, middle of the square

    @classmethod
    def drawn(cls, count: int, rng: Generator) -> "DiffAugment":
        """Drawn on the device of `rng`."""
        return cls(torch.rand(count, 7, generator=rng, device=rng.device))

    def of_first(self, count: int) -> "DiffAugment":
        return DiffAugment(self.drawn_n7[:count])

    def __call__(self, x_nchw: Tensor) -> Tensor:
        return self._holed(self._shifted(self._coloured(x_nchw)))

    def _coloured(self, x_nchw: Tensor) -> Tensor:
        light, colour, contrast = self.drawn_n7[:, :3, None, None, None].unbind(1)
        x_nchw = x_nchw + (light - 0.5)
        if x_nchw.shape[1] == 3:
            x_nchw = torch.lerp(x_nchw.mean(1, keepdim=True), x_nchw, 2 * colour)
        return torch.lerp(x_nchw.mean((1, 2, 3), keepdim=True), x_nchw, contrast + 0.5)

    def _shifted(self, x_nchw: Tensor) -> Tensor:
        most = int(x_nchw.shape[-1] * _SHIFT)
        return moved(x_nchw, most - (2 * most * self.drawn_n7[:, 3:5]).round())

    def _holed(self, x_nchw: Tensor) -> Tensor:
        edge = x_nchw.shape[-1]
        to_e = torch.arange(edge, device=x_nchw.device)
        away_n2e = (to_e + 0.5 - edge * self.drawn_n7[:, 5:, None]).abs()
        inside_n2e = away_n2e < edge * _HOLE / 2
        hole_n1hw = (inside_n2e[:, 1, :, None] & inside_n2e[:, 0, None, :])[:, None]
        return x_nchw.masked_fill(hole_n1hw, 0.5)


def refuse_sharpening(sharpen: float, name: str) -> None:
    """ModelError where the last stage is asked of a family whose decoder has a critic all along."""
    if sharpen:
        raise ModelError(f"family {name!r} has a critic of its pictures all along: leave sharpen at 0")


# -- when it goes wrong ------------------------------------------------------------------------------------------


def diversity(made_nchw: Tensor, x_nchw: Tensor) -> Tensor:
    """-> scalar: how much made pictures differ from each other, over how much real ones do; 1 is right, 0 collapse."""
    return made_nchw.detach().std(0).mean() / x_nchw.std(0).mean().clamp_min(1e-6)


def alarm(parts: dict[str, float]) -> str:
    """What the parts of the losses say is going wrong between critic and maker, in a sentence; "" when nothing."""
    if parts.get("variety", 1.0) < _ALIKE_BELOW:
        return (
            f"random codes give one and the same picture (their variety is {parts['variety']:.2f} of the products'): "
            "the generator is collapsing (try a lower lr or a larger batch)"
        )
    if parts.get("picture_critic", 1.0) < _WINS_BELOW:
        return (
            f"the critic is never in doubt (its loss is {parts['picture_critic']:.3f}; 2 is chance): "
            "pictures get no sharper (try a lower lr or a smaller width)"
        )
    return ""
