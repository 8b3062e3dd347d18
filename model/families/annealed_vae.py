"""Annealed VAE (Burgess 2018): the KL is held at a capacity that rises, so that factors enter the code one by one."""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from looks_like.model import family
from looks_like.model.families import vae
from looks_like.model.family import STARTS, Parts, setting

_EASE_NATS = 3.0  # within which the pull towards the capacity grows less: a bare |x| pulls as hard at .1 as at 10 nats


@dataclass(frozen=True, kw_only=True)
class Settings(family.Settings):
    capacity: float = setting(
        25.0, "nats that the code may carry at the end; 25 for simple pictures, 50 for faces", within=(0, 500)
    )
    gamma: float = setting(1000.0, "weight of what the KL differs from the capacity", within=(0, 10000))
    start: str = setting(
        "mean", "its capacity begins at nothing, and components would carry a hundred nats", words=STARTS
    )
    rise: float = setting(0.6, "share of training over which the capacity rises from 0", within=(0, 1))


class AnnealedVAE(vae.VAE):
    """The KL is the mean of the batch before its distance from the capacity is taken, not each picture's own.

    That distance is Huber's: with the bare |KL - capacity| the pull changes sign at every step once the capacity is
    reached, and drowns what the pictures have to say.
    """

    title = "Annealed VAE"
    objective = "reconstruction + gamma x |KL - capacity|, rounded within 3 nats, the capacity rising; nats per picture"
    source = "Burgess 2018"
    remedy = "a higher capacity"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings  # type: ignore[assignment]  # not a VAE's: nothing weighs this KL

    def divergence(self, q: vae.Posterior, kl_d: Tensor, done: float) -> tuple[Tensor, Parts]:
        warmup_weight = min(1.0, done / self.settings.rise) if self.settings.rise else 1.0
        capacity = self.settings.capacity * warmup_weight
        kl = kl_d.sum()
        distance = F.huber_loss(kl, kl.new_full((), capacity), delta=_EASE_NATS) / _EASE_NATS
        return self.settings.gamma * distance, {"capacity": capacity}
