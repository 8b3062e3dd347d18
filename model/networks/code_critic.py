"""An adversary that judges codes: it tells the codes of pictures from draws of another distribution."""

import itertools

import torch.nn.functional as F
from torch import Tensor, nn

BETAS = (0.5, 0.99)  # of its Adam: with a longer memory it chases where the codes were


class CodeCritic(nn.Sequential):
    """z_nd -> logits_n: above 0 where it takes a code for a draw of the other distribution."""

    def __init__(self, latent: int, width: int = 512, layers: int = 4) -> None:
        widths = [latent, *[width] * layers]
        hidden = ((nn.Linear(a, b), nn.LeakyReLU(0.2)) for a, b in itertools.pairwise(widths))
        super().__init__(*(layer for pair in hidden for layer in pair), nn.Linear(width, 1), nn.Flatten(0))

    def forward(self, z_nd: Tensor) -> Tensor:
        return super().forward(z_nd).float()  # type: ignore[no-any-return]


def discriminator_loss(logits_drawn_n: Tensor, logits_codes_n: Tensor) -> tuple[Tensor, Tensor]:
    """Discriminator loss -> (binary cross-entropy in nats per code, accuracy); ln 2 and 0.5 if it cannot tell the
    two apart.
    """
    loss = 0.5 * (F.softplus(-logits_drawn_n).mean() + F.softplus(logits_codes_n).mean())
    right = 0.5 * ((logits_drawn_n > 0).float().mean() + (logits_codes_n < 0).float().mean())
    return loss, right


def non_saturating_loss(logits_codes_n: Tensor) -> Tensor:
    """-> -log D of the codes, nats (the non-saturating loss, Goodfellow 2014): what the encoder lowers."""
    return F.softplus(-logits_codes_n).mean()
