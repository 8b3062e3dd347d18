"""Variational autoencoder (Kingma & Welling 2013): reconstruction + KL(q(z|x) || N(0, I)), in nats per picture."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Generator, Tensor

from looks_like.model import family
from looks_like.model.family import Family, Parts, gaussian_noise, setting


@dataclass(frozen=True, kw_only=True)
class Settings(family.Settings):
    beta: float = setting(1.0, "weight of the KL", within=(0, 1000))
    warmup: float = setting(0.1, "share of training over which that weight rises from 0", within=(0, 0.9))
    free_bits: float = setting(0.0, "nats per dimension that are not punished", within=(0, 10))


@dataclass(frozen=True)
class Posterior:
    """q(z|x) of a batch, and one sample of it."""

    mean_nd: Tensor
    logvar_nd: Tensor
    z_nd: Tensor


class VAE(Family):
    """Its descendants differ in `divergence` alone."""

    title = "VAE"
    objective = (
        "reconstruction (Gaussian with learnt sigma, Bernoulli or Laplacian pyramid) + beta x KL, nats per picture"
    )
    source = "Kingma & Welling 2013"
    probabilistic = True
    remedy = "a lower beta"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def sampled(self, x_nchw: Tensor, rng: Generator) -> Posterior:
        mean_nd, logvar_nd = self.posterior(x_nchw)
        return Posterior(mean_nd, logvar_nd, mean_nd + (0.5 * logvar_nd).exp() * gaussian_noise(mean_nd, rng))

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        q = self.sampled(x_nchw, rng)
        recon, mse = self.reconstruction(q.z_nd, x_nchw)
        kl_d = kl_nats(q.mean_nd, q.logvar_nd).mean(0)
        divergence, parts = self.divergence(q, kl_d, done)
        return recon + divergence, {"recon": recon.detach(), "kl": kl_d.detach().sum(), "mse": mse.detach(), **parts}

    def divergence(self, q: Posterior, kl_d: Tensor, done: float) -> tuple[Tensor, Parts]:
        """-> (what is added to the reconstruction, nats per picture; parts to show)."""
        return self.settings.beta * self.warmup_weight(done) * kl_d.clamp_min(self.settings.free_bits).sum(), {}

    def warmup_weight(self, done: float) -> float:
        """Share of the full weight that the divergence has by now."""
        return min(1.0, done / self.settings.warmup) if self.settings.warmup else 1.0


def kl_nats(mean_nd: Tensor, logvar_nd: Tensor) -> Tensor:
    """KL(q || N(0, 1)) of each picture and dimension, in nats."""
    return 0.5 * (mean_nd.square() + logvar_nd.exp() - 1 - logvar_nd)
