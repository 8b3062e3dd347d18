"""Principal components of a catalogue's pictures: the start of every network and the baseline of every model.

Subspace iteration (Halko, Martinsson & Tropp 2011, algorithm 4.4) over chunks of the uint8 array, so that
30,000 pictures never stand in memory as floats; scikit-learn's solvers need all of them, or an hour in batches.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.images import Pictures, to_float

EDGE_MAX_PX = 64  # larger pictures are averaged down: components are smooth, and 256 px would cost 16 times more
_CHUNK = 512  # pictures at a time


@dataclass(frozen=True)
class Principal:
    mean_p: Tensor
    components_dp: Tensor  # orthonormal rows
    variance_d: Tensor

    def project(self, x_np: Tensor) -> Tensor:
        return (x_np - self.mean_p) @ self.components_dp.T

    def rebuild(self, z_nd: Tensor) -> Tensor:
        return z_nd @ self.components_dp + self.mean_p

    def whiten(self, x_np: Tensor) -> Tensor:
        """Projections with variance 1: the codes that networks start with."""
        return self.project(x_np) / self.variance_d.sqrt()


def flatten(x_nchw: Tensor) -> Tensor:
    """(N, C, S, S) -> (N, P) at EDGE_MAX_PX or smaller."""
    if x_nchw.shape[-1] > EDGE_MAX_PX:
        x_nchw = F.adaptive_avg_pool2d(x_nchw, EDGE_MAX_PX)
    return x_nchw.reshape(x_nchw.shape[0], -1)


def principal_components(
    pictures: np.ndarray | Pictures, k: int, *, channels: int = 3, seed: int = 0, rounds: int = 4
) -> Principal:
    """The k leading components of uint8 pictures (N, S, S, 3); fewer when the pictures do not have k."""
    chunks = [slice(i, i + _CHUNK) for i in range(0, len(pictures), _CHUNK)]

    def rows(chunk: slice) -> Tensor:
        return flatten(to_float(pictures[chunk], channels=channels))

    total_p = sum((rows(chunk).sum(0).double() for chunk in chunks), torch.zeros((), dtype=torch.float64))
    mean_p = (total_p / len(pictures)).float()
    k = min(k, len(pictures) - 1, len(mean_p))
    basis_pq = torch.randn(len(mean_p), min(k + 16, len(mean_p)), generator=torch.Generator().manual_seed(seed))
    for _ in range(rounds):
        basis_pq = torch.linalg.qr(basis_pq)[0]
        spread_pq = torch.zeros_like(basis_pq)
        gram_qq = torch.zeros(basis_pq.shape[1], basis_pq.shape[1])
        for chunk in chunks:
            centred_np = rows(chunk) - mean_p
            part_nq = centred_np @ basis_pq
            spread_pq += centred_np.T @ part_nq
            gram_qq += part_nq.T @ part_nq
        last_pq, basis_pq = basis_pq, spread_pq
    values_q, turn_qq = torch.linalg.eigh(gram_qq / max(len(pictures) - 1, 1))
    order = values_q.argsort(descending=True)[:k]
    return Principal(mean_p, (last_pq @ turn_qq[:, order]).T.contiguous(), values_q[order].clamp_min(1e-8))


def linear_decoder(
    principal: Principal, pictures: np.ndarray | Pictures, raw: Callable[[Tensor], Tensor], channels: int = 3
) -> tuple[Tensor, Tensor]:
    """-> (weight_pd, bias_p), the least squares of `raw(values)` on the whitened projections of the same pictures.

    Those have mean 0, variance 1 and no correlation, so the solution is an average. For raw values it is PCA's rebuild.
    """
    weight_pd = torch.zeros_like(principal.components_dp.T)
    bias_p = torch.zeros_like(principal.mean_p)
    for i in range(0, len(pictures), _CHUNK):
        x_np = flatten(to_float(pictures[i : i + _CHUNK], channels=channels))
        raw_np = raw(x_np) / len(pictures)
        weight_pd += raw_np.T @ principal.whiten(x_np)
        bias_p += raw_np.sum(0)
    return weight_pd, bias_p
