"""beta-TCVAE (Chen 2018): of the KL, only the total correlation of the codes weighs more.

KL = index-code mutual information + total correlation + dimension-wise KL. The paper weighs the three 1, beta, 1, which
is the KL in closed form plus (beta - 1) x total correlation: the same in expectation, with less noise. The total
correlation is estimated by minibatch-weighted sampling over the batch; the number of pictures in the catalogue would
add a constant, so it is left out.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from looks_like.model import family
from looks_like.model.families import vae
from looks_like.model.family import Parts, setting


@dataclass(frozen=True, kw_only=True)
class Settings(vae.Settings):
    beta: float = setting(6.0, "weight of the total correlation", within=(0, 1000))


class BetaTCVAE(vae.VAE):
    title = "beta-TCVAE"
    objective = "reconstruction + KL + (beta - 1) x total correlation of the codes, nats per picture"
    source = "Chen 2018"
    settings_type: ClassVar[type[family.Settings]] = Settings
    settings: Settings

    def divergence(self, q: vae.Posterior, kl_d: Tensor, done: float) -> tuple[Tensor, Parts]:
        tc = total_correlation(q)
        total = kl_d.clamp_min(self.settings.free_bits).sum() + (self.settings.beta - 1) * tc
        return self.warmup_weight(done) * total, {"tc": tc.detach()}


def total_correlation(q: vae.Posterior) -> Tensor:
    """E[log q(z) - sum over d of log q(z_d)], nats, q(z) being the mixture of the batch's posteriors."""
    difference_nmd = q.z_nd[:, None] - q.mean_nd[None]
    logvar_1md = q.logvar_nd[None]
    log_q_nmd = -0.5 * (difference_nmd.square() * (-logvar_1md).exp() + logvar_1md + math.log(2 * math.pi))
    count = math.log(len(q.z_nd))
    log_joint_n = torch.logsumexp(log_q_nmd.sum(2), 1) - count
    log_alone_nd = torch.logsumexp(log_q_nmd, 1) - count
    return (log_joint_n - log_alone_nd.sum(1)).mean()
