"""beta-VAE (Higgins 2017): a VAE whose KL weighs more, which buys independent dimensions with blur."""

from dataclasses import dataclass
from typing import ClassVar

from model import family
from model.families import vae


@dataclass(frozen=True, kw_only=True)
class Config(vae.Config):
    beta: float = 4.0  # weight of the KL; 4 in Higgins 2017


class BetaVAE(vae.VAE):
    title = "beta-VAE"
    source = "Higgins 2017"
    Config: ClassVar[type[family.Config]] = Config
