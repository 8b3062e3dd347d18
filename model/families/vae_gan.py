"""VAE-GAN (Larsen 2016): a VAE whose pictures must also look real to a critic, and alike in the critic's features."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from looks_like.model import family, networks
from looks_like.model.families import vae
from looks_like.model.family import Parts, TrainingStep, gaussian_noise, setting


@dataclass(frozen=True, kw_only=True)
class Settings(vae.Settings):
    features: float = setting(
        1.0, "weight of the distance in the critic's features, per value of a picture", within=(0, 100)
    )
    adversary: float = setting(0.1, "weight of the critic's score, per value of a picture", within=(0, 100))

    def __post_init__(self) -> None:
        super().__post_init__()
        networks.refuse_sharpening(self.sharpen, "vae-gan")


class VAEGAN(vae.VAE):
    title = "VAE-GAN"
    objective = (
        "reconstruction + beta x KL, nats per picture, + values x (features x distance in the critic's features "
        "- adversary x its score of rebuilt and random pictures); the critic: hinge loss"
    )
    source = "Larsen 2016"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.add_critic()

    def training_steps(self) -> dict[str, TrainingStep]:
        return {
            "critic": TrainingStep([self.picture_critic], self.critic_loss, 0.2, (0.5, 0.99)),
            "model": TrainingStep([self.encoder, self.decoder], self.loss, 0.5),
        }

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        with torch.no_grad():
            made_nchw = self.decode(_and_random(self.sampled(x_nchw, rng).z_nd, rng))
        return networks.critic_loss(self.picture_critic, x_nchw, made_nchw, rng)

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        q = self.sampled(x_nchw, rng)
        raw_nchw = self.decoder(_and_random(q.z_nd, rng))
        recon, mse = self.reconstruction_loss(raw_nchw[: len(x_nchw)], x_nchw)
        made_nchw = self.likelihood.picture(raw_nchw)
        distance, score = networks.feature_distance_and_score(self.picture_critic, x_nchw, made_nchw, rng)
        kl_d = vae.kl_nats(q.mean_nd, q.logvar_nd).mean(0)
        divergence, _ = self.divergence(q, kl_d, done)
        pleasing = self.settings.features * distance - self.settings.adversary * score
        parts: Parts = {
            "recon": recon.detach(),
            "kl": kl_d.detach().sum(),
            "mse": mse.detach(),
            "features": distance.detach(),
        }
        parts["variety"] = networks.diversity(made_nchw[len(x_nchw) :], x_nchw)
        return recon + divergence + x_nchw[0].numel() * pleasing, parts


def _and_random(z_nd: Tensor, rng: Generator) -> Tensor:
    """-> the codes, then half as many random ones."""
    return torch.cat([z_nd, gaussian_noise(z_nd[: len(z_nd) // 2], rng)])
