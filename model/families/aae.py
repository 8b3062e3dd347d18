"""Adversarial autoencoder (Makhzani 2015): one phase rebuilds, one trains a critic of codes, one fools it.

The encoder has an optimiser for each of its two tasks, so no weight between them has to be found: the balance is that
of the learning rates. The encoder is deterministic.
"""

from torch import Generator, Tensor

from looks_like.model import family
from looks_like.model.families.autoencoder import Autoencoder
from looks_like.model.family import Parts, TrainingStep, gaussian_noise
from looks_like.model.networks import BETAS, CodeCritic, discriminator_loss, non_saturating_loss

_CRITIC_RATE, _FOOL_RATE = 0.1, 0.2  # of the model's; a faster critic soon tells all codes and teaches nothing


class AAE(Autoencoder):
    title = "Adversarial autoencoder"
    objective = "in turns: reconstruction, nats per picture; -log D(codes), D telling codes from N(0, I)"
    source = "Makhzani 2015"

    def __init__(self, settings: family.Settings) -> None:
        super().__init__(settings)
        self.critic = CodeCritic(settings.latent)

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """Of the critic: cross-entropy of telling N(0, I) from the codes of these pictures."""
        codes_nd = self.encode(x_nchw).detach()
        loss, right = discriminator_loss(self.critic(gaussian_noise(codes_nd, rng)), self.critic(codes_nd))
        return loss, {"code_critic": loss.detach(), "told_apart": right}

    def encoder_adversarial_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """Of the encoder in its second task."""
        loss = non_saturating_loss(self.critic(self.encode(x_nchw)))
        return loss, {"divergence": loss.detach()}

    def training_steps(self) -> dict[str, TrainingStep]:
        return {
            **super().training_steps(),
            "critic": TrainingStep([self.critic], self.critic_loss, _CRITIC_RATE, BETAS, per_value=False),
            "fool": TrainingStep([self.encoder], self.encoder_adversarial_loss, _FOOL_RATE, BETAS, per_value=False),
        }
