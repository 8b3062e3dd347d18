"""The last stage of a training, for any family: sharper pictures from the same latent space.

The encoder rests, so no code moves. The decoder learns reconstruction + feature distance + what pleases a critic of
its pictures: the sharp half of VAE-GAN (Larsen 2016) with feature matching (Salimans 2016).
"""

from dataclasses import replace

import torch
from torch import Generator, Tensor

from looks_like.model import networks
from looks_like.model.family import Family, Loss, Parts, TrainingStep, gaussian_noise

FEATURES, ADVERSARY = 1.0, 0.1  # weights of feature distance and of the critic's score, per value of a picture
_CRITIC_RATE = 0.4  # over the share of the stage: a cosine that ends leaves the less, the shorter the stage is


def training_steps_of(model: Family) -> dict[str, TrainingStep]:
    """Who is trained on what: the family's own players and, where it is sharpened, those who come after them."""
    share = model.settings.sharpen
    if not share:
        return model.training_steps()
    begins = 1 - share
    own = {
        name: replace(training_step, loss=_until(begins, training_step.loss))
        for name, training_step in model.training_steps().items()
    }
    return own | {
        "picture-critic": TrainingStep(
            [model.picture_critic], _since(begins, _critic_loss(model)), _CRITIC_RATE / share, (0.5, 0.99)
        ),
        "decoder": TrainingStep([model.decoder], _since(begins, _decoder_loss(model)), betas=(0.5, 0.99)),
    }


def _critic_loss(model: Family) -> Loss:
    def loss(x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        with torch.no_grad():
            made_nchw = model.decode(_codes(model, x_nchw, rng))
        return networks.critic_loss(model.picture_critic, x_nchw, made_nchw, rng)

    return loss


def _decoder_loss(model: Family) -> Loss:
    def loss(x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        raw_nchw = model.decoder(_codes(model, x_nchw, rng))
        recon, mse = model.reconstruction_loss(raw_nchw, x_nchw)
        distance, score = networks.feature_distance_and_score(
            model.picture_critic, x_nchw, model.likelihood.picture(raw_nchw), rng
        )
        total = recon + x_nchw[0].numel() * (FEATURES * distance - ADVERSARY * score)
        return total, {"recon": recon.detach(), "mse": mse.detach(), "features": distance.detach()}

    return loss


@torch.no_grad()
def _codes(model: Family, x_nchw: Tensor, rng: Generator) -> Tensor:
    mean_nd, logvar_nd = model.posterior(x_nchw)
    if not model.probabilistic:
        return model.encode(x_nchw)
    return mean_nd + (0.5 * logvar_nd).exp() * gaussian_noise(mean_nd, rng)


def _until(ends: float, loss: Loss) -> Loss:
    return lambda x_nchw, rng, done: loss(x_nchw, rng, done) if done < ends else (x_nchw.new_zeros(()), {})


def _since(begins: float, loss: Loss) -> Loss:
    return lambda x_nchw, rng, done: loss(x_nchw, rng, done) if done >= begins else (x_nchw.new_zeros(()), {})
