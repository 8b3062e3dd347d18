"""Wasserstein autoencoder with an adversary (Tolstikhin 2018): a critic tells the codes from N(0, I).

Known as unstable. Codes begin as PCA's, with variance 1, so the critic starts with nothing to hold on to; its Adam
has a short memory, and the penalty on the encoder has a bounded slope.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from looks_like.model import family
from looks_like.model.families import wae_mmd
from looks_like.model.family import Parts, TrainingStep, gaussian_noise, setting
from looks_like.model.networks import BETAS, CodeCritic, discriminator_loss, non_saturating_loss

_RATE = 0.5  # of the critic's learning rate to the model's


@dataclass(frozen=True, kw_only=True)
class Settings(wae_mmd.Settings):
    penalty: float = setting(
        1.0, "lambda of the paper (faces); at 10 the critic costs more than the pictures", within=(0, 10000)
    )
    lr: float = 1e-3


class WAEGAN(wae_mmd.WAE):
    title = "WAE-GAN"
    objective = "squared error summed over a picture + penalty x -log D(codes), D telling codes from N(0, I)"
    source = "Tolstikhin 2018"
    settings_type: ClassVar[type[family.Settings]] = Settings

    def __init__(self, settings: family.Settings) -> None:
        super().__init__(settings)
        self.critic = CodeCritic(settings.latent)

    def divergence(self, z_nd: Tensor, rng: Generator) -> Tensor:
        return non_saturating_loss(self.critic(z_nd))

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """Of the critic: cross-entropy of telling N(0, I) from the codes of these pictures."""
        codes_nd = self.encode(x_nchw).detach()
        codes_nd = codes_nd + self.settings.code_noise * gaussian_noise(codes_nd, rng)
        loss, right = discriminator_loss(self.critic(gaussian_noise(codes_nd, rng)), self.critic(codes_nd))
        return loss, {"code_critic": loss.detach(), "told_apart": right}

    def training_steps(self) -> dict[str, TrainingStep]:
        critic = TrainingStep([self.critic], self.critic_loss, _RATE, BETAS, per_value=False)
        return {**super().training_steps(), "critic": critic}
