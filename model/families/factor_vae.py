"""FactorVAE (Kim & Mnih 2018): a VAE plus gamma x the total correlation of its codes, as a critic estimates it.

The critic tells codes from codes whose dimensions were shuffled between pictures; its logit is then the log of the
ratio of the two densities, whose mean is the total correlation.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from looks_like.model import family
from looks_like.model.families import vae
from looks_like.model.family import Parts, TrainingStep, setting
from looks_like.model.networks import BETAS, CodeCritic, discriminator_loss

_RATE = 0.2  # of the critic's learning rate to the model's


@dataclass(frozen=True, kw_only=True)
class Settings(vae.Settings):
    gamma: float = setting(10.0, "weight of the total correlation; 6.4 to 40 in the literature", within=(0, 10000))


class FactorVAE(vae.VAE):
    title = "FactorVAE"
    objective = "reconstruction + KL + gamma x total correlation of the codes (by a critic), nats per picture"
    source = "Kim & Mnih 2018"
    remedy = "a lower beta or gamma"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def __init__(self, settings: family.Settings) -> None:
        super().__init__(settings)
        self.critic = CodeCritic(settings.latent)

    def divergence(self, q: vae.Posterior, kl_d: Tensor, done: float) -> tuple[Tensor, Parts]:
        kl, parts = super().divergence(q, kl_d, done)
        tc = -self.critic(q.z_nd).mean()
        return kl + self.warmup_weight(done) * self.settings.gamma * tc, {**parts, "tc": tc.detach()}

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """Of the critic: half of the batch as it is against the other half, shuffled."""
        with torch.no_grad():
            codes_nd, others_nd = self.sampled(x_nchw, rng).z_nd.tensor_split(2)
            shuffled_nd = shuffled(others_nd, rng)
        loss, right = discriminator_loss(self.critic(shuffled_nd), self.critic(codes_nd))
        return loss, {"code_critic": loss.detach(), "told_apart": right}

    def training_steps(self) -> dict[str, TrainingStep]:
        critic = TrainingStep([self.critic], self.critic_loss, _RATE, BETAS, per_value=False)
        return {**super().training_steps(), "critic": critic}


def shuffled(z_nd: Tensor, rng: Generator) -> Tensor:
    """Each dimension in an order of its own: every one is distributed as before, none knows of another."""
    order_nd = torch.rand(z_nd.shape, generator=rng, device=rng.device).argsort(0)
    return z_nd.gather(0, order_nd)
