"""Variational autoencoder (Kingma & Welling 2013): reconstruction + KL(q(z|x) || N(0, I)), in nats per picture."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from model import family
from model.family import Family, gaussian_noise


@dataclass(frozen=True, kw_only=True)
class Settings(family.Settings):
    beta: float = 1.0  # weight of the KL
    warmup: float = 0.1  # share of training over which that weight rises from 0
    free_bits: float = 0.0  # nats per dimension that are not punished


class VAE(Family):
    title = "VAE"
    objective = "reconstruction (Gaussian, learnt sigma with a floor; or Bernoulli) + beta x KL, nats per picture"
    source = "Kingma & Welling 2013"
    probabilistic = True
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, dict[str, float]]:
        mean_nd, logvar_nd = self.posterior(x_nchw)
        z_nd = mean_nd + (0.5 * logvar_nd).exp() * gaussian_noise(mean_nd, rng)
        recon, mse = self.reconstruction(z_nd, x_nchw)
        kl, kl_d = self.divergence(mean_nd, logvar_nd, done)
        return recon + kl, {"recon": recon.item(), "kl": kl_d.sum().item(), "mse": mse.item()}

    def divergence(self, mean_nd: Tensor, logvar_nd: Tensor, done: float) -> tuple[Tensor, Tensor]:
        """-> (KL as it counts at this point of the training, nats per picture; kl_d as it is)."""
        kl_d = kl_nats(mean_nd, logvar_nd).mean(0)
        rise = min(1.0, done / self.settings.warmup) if self.settings.warmup else 1.0
        return self.settings.beta * rise * kl_d.clamp_min(self.settings.free_bits).sum(), kl_d


def kl_nats(mean_nd: Tensor, logvar_nd: Tensor) -> Tensor:
    """KL(q || N(0, 1)) of each picture and dimension, in nats."""
    return 0.5 * (mean_nd.square() + logvar_nd.exp() - 1 - logvar_nd)
