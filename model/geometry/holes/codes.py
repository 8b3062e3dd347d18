"""Codes that explain the known part of a picture: what they decode to fills the rest.

The encoder is of little use for that: it sees the hole too. Decoding what was encoded, again and again, with the known
pixels put back, ends near where it began; a code moved by the known pixels alone misses the hole by far less
(docs/completion.md).
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from looks_like.model.geometry.mixture import Mixture

_ERROR = 0.1  # standard deviation of a pixel, 0 to 1: a model's errors of neighbouring pixels go together
_RATE = 0.15  # of Adam, in units of the code; falls to 0
_BETAS = (0.8, 0.99)


def codes_of_known(
    decode: Callable[[Tensor], Tensor],
    x_chw: Tensor,
    known_hw: np.ndarray,
    start_kd: np.ndarray,
    mixture: Mixture,
    steps: int,
) -> np.ndarray:
    """(K, D): from each start (K, D) a code whose picture has the known pixels and that lies where products do.

    `x_chw` is float, 0 to 1; `known_hw` bool, of the same edge. The first maximises the likelihood of the known pixels
    times the density of the mixture. The others are samples of what else may be in the hole: they do the same for
    pixels and a mixture that are moved by noise (randomise, then optimise: Bardsley 2014), drawn from a fixed seed.
    """
    rng = torch.Generator().manual_seed(0)
    count, known_11hw = len(start_kd), torch.as_tensor(known_hw)[None, None].to(x_chw.device, x_chw.dtype)
    noise_kchw = torch.randn((count, *x_chw.shape), generator=rng).to(x_chw.device)
    moved_kd = torch.randn(start_kd.shape, generator=rng, dtype=torch.float64)
    noise_kchw[0], moved_kd[0] = 0, 0
    spread_mdd = torch.as_tensor(mixture.cholesky_mdd, dtype=torch.float64)
    of_k = torch.as_tensor(mixture.responsible(start_kd))
    moved_kd = torch.einsum("kde,ke->kd", spread_mdd[of_k], moved_kd)
    x_kchw = x_chw[None] + _ERROR * noise_kchw
    z_kd = torch.as_tensor(start_kd, dtype=torch.float32).clone().requires_grad_(True)
    adam = torch.optim.Adam([z_kd], lr=_RATE, betas=_BETAS)
    for step in range(steps):
        adam.param_groups[0]["lr"] = _RATE * (1 - step / steps) ** 0.5
        missed_kchw = (decode(z_kd) - x_kchw) * known_11hw
        unlikely = missed_kchw.square().sum() / (2 * _ERROR**2)
        z_kd.grad = torch.autograd.grad(unlikely.cpu() - mixture.log_density_at(z_kd - moved_kd).sum(), z_kd)[0]
        adam.step()
    return np.asarray(z_kd.detach().cpu().numpy())
