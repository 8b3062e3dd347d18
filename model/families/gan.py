"""GAN (Goodfellow 2014): a generator that pleases a critic, and an encoder that finds where a picture comes from.

The encoder learns from what the generator makes (which code was it?) and, through the generator, from real pictures
(which code rebuilds it?): in-domain inversion (Zhu 2020), learnt once for all, so that encoding stays one pass.
The generator never sees a real picture.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from looks_like.model import family, networks
from looks_like.model.family import Family, Parts, TrainingStep
from looks_like.model.networks import frozen

# of the learning rate; at the full one the encoder, whose target moves, was thrown off (squared error of codes 25)
_ENCODER_RATE = 0.25


@dataclass(frozen=True, kw_only=True)
class Settings(family.Settings):
    def __post_init__(self) -> None:
        super().__post_init__()
        networks.refuse_sharpening(self.sharpen, "gan")


class GAN(Family):
    title = "GAN"
    objective = (
        "generator: - the critic's score; critic: hinge loss; encoder: squared error of the codes of made pictures "
        "+ reconstruction of real ones through the generator, nats per picture"
    )
    source = "Goodfellow 2014"
    settings_type: ClassVar[type[family.Settings]] = Settings

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.add_critic()

    def training_steps(self) -> dict[str, TrainingStep]:
        return {
            "critic": TrainingStep([self.picture_critic], self.critic_loss, 0.1, (0.5, 0.99)),
            "generator": TrainingStep([self.decoder], self.generator_loss, 0.05, (0.5, 0.99)),
            "encoder": TrainingStep([self.encoder], self.loss, _ENCODER_RATE),
        }

    def critic_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        with torch.no_grad():
            made_nchw = self.decode(self._codes(x_nchw, rng))
        return networks.critic_loss(self.picture_critic, x_nchw, made_nchw, rng)

    def generator_loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        made_nchw = self.decode(self._codes(x_nchw, rng))
        score = networks.score(self.picture_critic, made_nchw, rng)
        return -score * x_nchw[0].numel(), {"variety": networks.diversity(made_nchw, x_nchw)}

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        """The encoder's."""
        known_nd = self._codes(x_nchw[: len(x_nchw) // 2], rng)
        with torch.no_grad():
            made_nchw = self.decode(known_nd)
        z_nd = self.encode(torch.cat([x_nchw, made_nchw]))
        with frozen(self.decoder):
            recon, mse = self.reconstruction(z_nd[: len(x_nchw)], x_nchw)
        code = (z_nd[len(x_nchw) :] - known_nd).square().mean()
        return recon + x_nchw[0].numel() * code, {"recon": recon.detach(), "mse": mse.detach(), "code": code.detach()}

    def _codes(self, x_nchw: Tensor, rng: Generator) -> Tensor:
        """-> random ones, as many as there are pictures."""
        return torch.randn(len(x_nchw), self.settings.latent, generator=rng, device=rng.device)
