"""Encoder and decoder without convolutions, as beta-TCVAE's author trained them on dSprites (Chen 2018).

Every pixel is on its own, so a shape's place is as easy to tell as its form: what factors are measured on. Pictures of
products want the convolutional ones.
"""

import itertools

import torch
from torch import Tensor, nn

from looks_like.model.networks.pca import PCA, flatten

HIDDEN = 1200
MLP_SIZE_MAX_PX = 64  # the first and the last layer grow with the square of the edge


class MLPEncoder(nn.Module):
    """x_nchw -> (mean_nd, logvar_nd)."""

    def __init__(self, size: int, channels: int, latent: int) -> None:
        super().__init__()
        self.body = _layers([channels * size**2, HIDDEN, HIDDEN, 2 * latent], nn.ReLU)

    def forward(self, x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        mean_nd, logvar_nd = self.body(flatten(x_nchw)).float().chunk(2, dim=1)
        return mean_nd, logvar_nd

    def start_from(self, principal: PCA, noise_variance: float) -> None:
        """It starts from nothing."""


class MLPDecoder(nn.Module):
    """z_nd -> raw_nchw, which the likelihood turns into pictures."""

    def __init__(self, size: int, channels: int, latent: int) -> None:
        super().__init__()
        self.size, self.channels = size, channels
        self.body = _layers([latent, HIDDEN, HIDDEN, HIDDEN, channels * size**2], nn.Tanh)

    @property
    def linear(self) -> nn.Linear:
        """The layer that makes pixels."""
        last = self.body[-1]
        assert isinstance(last, nn.Linear)
        return last

    def forward(self, z_nd: Tensor) -> Tensor:
        raw_np: Tensor = self.body(z_nd).float()
        return raw_np.view(-1, self.channels, self.size, self.size)

    @torch.no_grad()
    def start_from(self, weight_pd: Tensor, bias_p: Tensor) -> None:
        """From the mean picture alone."""
        self.linear.bias.copy_(bias_p)


def _layers(widths: list[int], between: type[nn.Module]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after), between()]
    return nn.Sequential(*layers[:-1])
