"""beta-VAE (Higgins 2017): a VAE whose KL weighs more, which buys independent dimensions with blur."""

from dataclasses import dataclass
from typing import ClassVar

from looks_like.model import family
from looks_like.model.families import vae
from looks_like.model.family import setting


@dataclass(frozen=True, kw_only=True)
class Settings(vae.Settings):
    beta: float = setting(4.0, "weight of the KL; 4 in Higgins 2017", within=(0, 1000))


class BetaVAE(vae.VAE):
    title = "beta-VAE"
    source = "Higgins 2017"
    settings_type: ClassVar[type[family.Settings]] = Settings
