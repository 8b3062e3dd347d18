"""Trainings of the decoder alone, above all the last stage of any family: pictures that convince, from the same codes.

The encoder rests, so no code moves. The decoder learns to rebuild (absolute errors at every scale), to be alike in a
critic's features (VAE-GAN, Larsen 2016), and to please that critic, which is shown rebuilt pictures and pictures from
between neighbours (`between`): who judges only what is rebuilt leaves ghosts on the way from one product to the next.
"""

import math
from dataclasses import replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from looks_like.model.family import Family, Loss, Parts, TrainingStep, gaussian_noise
from looks_like.model.losses import pyramid
from looks_like.model.networks import likeness_and_appeal, patch_critic_loss
from looks_like.model.training.between import THUMBNAIL_PX, Between

# weights beside the reconstruction, which is .013 on the demo when the stage begins
FEATURES, APPEAL, AFAR = 0.05, 0.012, 0.3
_NOISE = 0.7  # of the posterior's deviation that codes have: all of it asks for pictures of other products
_REBUILDING_RATE, _CRITIC_RATE, _DECODER_RATE = 0.5, 0.5, 0.15  # of the learning rate
_CRITIC_ALONE = 0.04  # share of the stage after which the decoder follows: a critic that knows nothing misleads it
_RISE, _FALL = 0.01, 0.5  # shares of the stage at which the rate is full, and begins to fall


def training_steps_of(model: Family, between: Between | None = None) -> dict[str, TrainingStep]:
    """Who is trained on what: the family's own players and, where it is sharpened, those who come after them.

    `between` is needed once the stage has begun.
    """
    share, own = model.settings.sharpen, model.training_steps()
    if model.settings.learns == "decoder":
        own = {"rebuilding": TrainingStep([model.decoder], _rebuilding_loss(model), _REBUILDING_RATE, per_value=False)}
    if not share:
        return own
    begins = 1 - share
    own = {name: replace(training_step, loss=_until(begins, training_step.loss)) for name, training_step in own.items()}
    judged = _Judged(model, between)
    decoder = _since(begins + _CRITIC_ALONE * share, judged.decoder_loss)
    critic = _since(begins, judged.critic_loss)

    def last(module: nn.Module, loss: Loss, rate: float) -> TrainingStep:
        schedule = partial(_schedule, begins=begins)
        return TrainingStep([module], loss, rate, (0.5, 0.99), schedule, per_value=False)

    return own | {
        "decoder": last(model.decoder, decoder, _DECODER_RATE),
        "patch-critic": last(model.patch_critic, critic, _CRITIC_RATE),
    }


def has_begun(model: Family, done: float) -> bool:
    """Whether the last stage has, after this share of the training."""
    return bool(model.settings.sharpen) and done >= 1 - model.settings.sharpen


def _schedule(done: float, begins: float) -> float:
    """The rate over the stage, 0 .. 1: it rises at once, is full for half of it, and falls as a half cosine to 5 %."""
    done = max(0.0, (done - begins) / (1 - begins))
    fallen = 0.5 + 0.5 * math.cos(math.pi * max(0.0, (done - _FALL) / (1 - _FALL)))
    return min(1.0, done / _RISE + 0.05) * (0.05 + 0.95 * fallen)


def _rebuilding_loss(model: Family) -> Loss:
    def loss(x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        return _rebuilding(model, model.decode(_noisy_codes(model, x_nchw, rng)), x_nchw)

    return loss


class _Judged:
    """The pictures of one step, decoded once: the decoder learns from what the critic says, then the critic from them.

    While the decoder rests, the critic asks for them itself.
    """

    def __init__(self, model: Family, between: Between | None) -> None:
        self.model, self._between = model, between
        self._made_mchw: Tensor | None = None

    def decoder_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        z_md, thumbnails_nchw = self._codes(x_nchw, rng)
        made_mchw = self.model.decode(z_md)
        self._made_mchw = made_mchw.detach()
        rebuilding, parts = _rebuilding(self.model, made_mchw[: len(x_nchw)], x_nchw)
        distance, appeal = likeness_and_appeal(self.model.patch_critic, x_nchw, made_mchw, rng)
        afar = (F.adaptive_avg_pool2d(made_mchw[len(x_nchw) :], THUMBNAIL_PX) - thumbnails_nchw).abs().mean()
        total = rebuilding + FEATURES * distance + APPEAL * appeal + AFAR * afar
        return total, parts | {"features": distance.detach(), "appeal": appeal.detach()}

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        if self._made_mchw is None:
            with torch.no_grad():
                self._made_mchw = self.model.decode(self._codes(x_nchw, rng)[0])
        total, relativistic = patch_critic_loss(self.model.patch_critic, x_nchw, self._made_mchw, rng)
        return total, {"patch_critic": relativistic}

    def _codes(self, x_nchw: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
        """-> (codes of the pictures, then as many from between neighbours; what the latter look like from afar)."""
        assert self._between is not None, "the last stage has begun"
        between_nd, thumbnails_nchw = self._between.drawn(len(x_nchw), rng)
        return torch.cat([_noisy_codes(self.model, x_nchw, rng), between_nd]), thumbnails_nchw


def _rebuilding(model: Family, rebuilt_nchw: Tensor, x_nchw: Tensor) -> tuple[Tensor, Parts]:
    total = _errors(rebuilt_nchw - x_nchw) + model.perceptual_loss(rebuilt_nchw, x_nchw) / x_nchw[0].numel()
    return total, {"mse": (rebuilt_nchw.detach() - x_nchw).square().mean()}


def _errors(difference_nchw: Tensor) -> Tensor:
    """Absolute errors: half of them as they are, and those of a Laplacian pyramid."""
    levels = [level_nchw.abs().mean() for level_nchw in pyramid(difference_nchw)]
    return 0.5 * difference_nchw.abs().mean() + torch.stack(levels).mean()


@torch.no_grad()
def _noisy_codes(model: Family, x_nchw: Tensor, rng: Generator) -> Tensor:
    if not model.probabilistic:
        return model.encode(x_nchw).float()
    mean_nd, logvar_nd = model.posterior(x_nchw)
    return (mean_nd + _NOISE * (0.5 * logvar_nd).exp() * gaussian_noise(mean_nd, rng)).float()


def _until(ends: float, loss: Loss) -> Loss:
    return lambda x_nchw, rng, done: loss(x_nchw, rng, done) if done < ends else (x_nchw.new_zeros(()), {})


def _since(begins: float, loss: Loss) -> Loss:
    return lambda x_nchw, rng, done: loss(x_nchw, rng, done) if done >= begins else (x_nchw.new_zeros(()), {})
