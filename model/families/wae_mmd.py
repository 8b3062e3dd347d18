"""Wasserstein autoencoder with a maximum mean discrepancy (Tolstikhin 2018): no noise in the code, so little blur."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from looks_like.model import family
from looks_like.model.family import Family, Parts, gaussian_noise, setting

_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Settings(family.Settings):
    penalty: float = setting(100.0, "lambda of the paper, which takes 10 (MNIST) to 100 (faces)", within=(0, 10000))
    code_noise: float = setting(
        0.05, "deviation of what is added to codes: fills the dimensions that the data do not need", within=(0, 1)
    )


class WAE(Family):
    """Its descendant differs in `divergence` alone."""

    title = "WAE-MMD"
    objective = "squared error summed over a picture + penalty x MMD of the codes from N(0, I) (IMQ kernels)"
    source = "Tolstikhin 2018"
    remedy = "a lower penalty"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def loss(self, x_nchw: Tensor, rng: Generator, done: float) -> tuple[Tensor, Parts]:
        z_nd = self.encode(x_nchw)
        z_nd = z_nd + self.settings.code_noise * gaussian_noise(z_nd, rng)
        y_nchw = self.decode(z_nd)
        mse = (y_nchw - x_nchw).square().mean()
        cost = mse * x_nchw[0].numel() + self.perceptual_loss(y_nchw, x_nchw)
        divergence = self.divergence(z_nd, rng)
        parts: Parts = {"recon": cost.detach(), "divergence": divergence.detach(), "mse": mse.detach()}
        return cost + self.settings.penalty * divergence, parts

    def divergence(self, z_nd: Tensor, rng: Generator) -> Tensor:
        return mmd(gaussian_noise(z_nd, rng), z_nd)


def mmd(x_nd: Tensor, y_nd: Tensor) -> Tensor:
    """The unbiased squared MMD with inverse multiquadratic kernels C / (C + |x - y|^2), summed over C = 2 D s.

    Both sets have n codes; none is compared with itself. About 0, by chance below it, where the two are alike.
    """
    count, base = len(x_nd), 2.0 * x_nd.shape[1]

    def kernel(a_nd: Tensor, b_nd: Tensor) -> Tensor:
        # as a product: (n, n, D) would be gigabytes; in full precision: it is a difference of large numbers
        with torch.autocast(a_nd.device.type, enabled=False):
            squared_nn = (a_nd.square().sum(1)[:, None] + b_nd.square().sum(1) - 2 * a_nd @ b_nd.T).clamp_min(0)
        return sum((base * scale / (base * scale + squared_nn) for scale in _SCALES), torch.zeros_like(squared_nn))

    within = kernel(x_nd, x_nd).sum() + kernel(y_nd, y_nd).sum() - 2 * count * len(_SCALES)
    return within / (count * (count - 1)) - 2 * kernel(x_nd, y_nd).mean()
