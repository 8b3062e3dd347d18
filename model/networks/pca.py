"""Principal components of a catalogue's pictures: the start of every network and the baseline of every model.

Subspace iteration (Halko, Martinsson & Tropp 2011, algorithm 4.4) over chunks of the uint8 array, so that
30,000 pictures never stand in memory as floats; scikit-learn's solvers need all of them, or an hour in batches.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from looks_like.model.images import Pictures, to_float, to_uint8

EDGE_MAX_PX = 64  # larger pictures are averaged down: components are smooth, and 256 px would cost 16 times more
_CHUNK = 512  # pictures at a time
_VARIANCE_MIN = 1e-8  # of a component that the pictures do not have
_TURN_PICTURES = 8000  # from which the turn to independent axes is found


@dataclass(frozen=True)
class PCA:
    mean_p: Tensor
    components_dp: Tensor  # orthonormal rows
    variance_d: Tensor
    turn_dd: Tensor | None = None  # orthogonal: whitened projections -> codes; None = as they are

    def project(self, x_np: Tensor) -> Tensor:
        return (x_np - self.mean_p) @ self.components_dp.T

    def rebuild(self, z_nd: Tensor) -> Tensor:
        return z_nd @ self.components_dp + self.mean_p

    def whiten(self, x_np: Tensor) -> Tensor:
        """Projections with variance 1, turned: the codes that networks start with."""
        return (x_np - self.mean_p) @ self.whitening_dp.T

    @property
    def whitening_dp(self) -> Tensor:
        """Centred pictures -> codes."""
        whitening_dp = self.components_dp / self.variance_d.sqrt()[:, None]
        return whitening_dp if self.turn_dd is None else self.turn_dd @ whitening_dp

    def posterior_variance(self, noise_variance: float) -> Tensor:
        """(D,): of each code given its picture (probabilistic PCA, Tipping & Bishop 1999)."""
        variance_d = noise_variance / (self.variance_d + noise_variance)
        return variance_d if self.turn_dd is None else self.turn_dd.square() @ variance_d


def flatten(x_nchw: Tensor) -> Tensor:
    """(N, C, S, S) -> (N, P) at EDGE_MAX_PX or smaller."""
    if x_nchw.shape[-1] > EDGE_MAX_PX:
        x_nchw = F.adaptive_avg_pool2d(x_nchw, EDGE_MAX_PX)
    return x_nchw.reshape(x_nchw.shape[0], -1)


def unflattened(x_np: Tensor, channels: int, edge: int) -> Tensor:
    """(N, P) -> (N, C, edge, edge): the way back, enlarged where `flatten` averaged down."""
    small = min(edge, EDGE_MAX_PX)
    x_nchw = x_np.view(-1, channels, small, small)
    return x_nchw if edge == small else F.interpolate(x_nchw, size=edge, mode="bilinear")


def principal_components(
    pictures: np.ndarray | Pictures, k: int, *, channels: int = 3, seed: int = 0, rounds: int = 4
) -> PCA:
    """The k leading components of uint8 pictures (N, S, S, 3); fewer when the pictures do not have k."""
    chunks = [slice(i, i + _CHUNK) for i in range(0, len(pictures), _CHUNK)]

    def rows(chunk: slice) -> Tensor:
        return flatten(to_float(pictures[chunk], channels=channels))

    total_p = sum((rows(chunk).sum(0).double() for chunk in chunks), torch.zeros((), dtype=torch.float64))
    mean_p = (total_p / len(pictures)).float()
    k = min(k, len(pictures) - 1, len(mean_p))
    basis_pq = torch.randn(len(mean_p), min(k + 16, len(mean_p)), generator=torch.Generator().manual_seed(seed))
    for _ in range(rounds):
        basis_pq = torch.linalg.qr(basis_pq.double())[0].float()  # in float32 a rank below k + 16 ends in NaN
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
    return PCA(mean_p, (last_pq @ turn_qq[:, order]).T.contiguous(), values_q[order].clamp_min(_VARIANCE_MIN))


@torch.inference_mode()
def pca_codes(principal: PCA, pixels_nhwc: np.ndarray, channels: int = 3) -> np.ndarray:
    """(N, D) float32 whitened projections of uint8 pictures: what a linear encoder says."""
    parts = [
        principal.whiten(flatten(to_float(pixels_nhwc[i : i + _CHUNK], channels=channels))).numpy()
        for i in range(0, len(pixels_nhwc), _CHUNK)
    ]
    return np.concatenate(parts)


@torch.inference_mode()
def pca_pictures(principal: PCA, z_nd: np.ndarray, edge: int, channels: int = 3) -> np.ndarray:
    """uint8 (N, edge, edge, 3) of whitened projections (axes not turned): what a linear decoder makes of them."""
    projected_nd = torch.from_numpy(np.ascontiguousarray(z_nd, np.float32)) * principal.variance_d.sqrt()
    return to_uint8(unflattened(principal.rebuild(projected_nd), channels, edge))


def linear_decoder(
    principal: PCA, pictures: np.ndarray | Pictures, raw: Callable[[Tensor], Tensor], channels: int = 3
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


def fitted_linear_decoder(
    encode: Callable[[Tensor], Tensor],
    pictures: np.ndarray | Pictures,
    raw: Callable[[Tensor], Tensor],
    channels: int = 3,
) -> tuple[Tensor, Tensor]:
    """-> (weight_pd, bias_p), the least squares of `raw(values)` on whatever codes `encode` makes of the pictures."""
    gram: Tensor | float = 0.0
    moment: Tensor | float = 0.0
    for i in range(0, len(pictures), _CHUNK):
        x_nchw = to_float(pictures[i : i + _CHUNK], channels=channels)
        z_nd = encode(x_nchw).float()
        one_ne = torch.cat([z_nd, torch.ones(len(z_nd), 1)], dim=1).double()  # E = D + 1
        gram = gram + one_ne.T @ one_ne
        moment = moment + one_ne.T @ raw(flatten(x_nchw)).double()
    assert isinstance(gram, Tensor)
    weight_ep = torch.linalg.lstsq(gram, moment, driver="gelsd").solution.float()
    return weight_ep[:-1].T.contiguous(), weight_ep[-1]


def ica_rotated(principal: PCA, pictures: np.ndarray | Pictures, channels: int = 3) -> PCA:
    """The same space, turned so that its axes are as independent as a rotation makes them (FastICA, Hyvarinen 1999).

    Principal axes mix whatever differs alike: a turn costs nothing and each code begins nearer to one factor. Needs
    50 pictures per dimension; with fewer the axes stay as they are.
    """
    k, step = len(principal.variance_d), max(1, len(pictures) // _TURN_PICTURES)
    if k < 2 or len(pictures) < 50 * k or principal.variance_d[-1] <= _VARIANCE_MIN:
        return principal
    from sklearn.decomposition import FastICA

    chosen = np.arange(0, len(pictures), step)
    chunks = [chosen[i : i + _CHUNK] for i in range(0, len(chosen), _CHUNK)]
    codes_nd = torch.cat([principal.whiten(flatten(to_float(pictures[chunk], channels=channels))) for chunk in chunks])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it may say that it did not converge: any turn is a right one
        found = FastICA(k, whiten=False, fun="exp", max_iter=400, random_state=0).fit(codes_nd.double().numpy())
    left_dd, _, right_dd = np.linalg.svd(found.components_)  # the nearest orthogonal matrix
    return replace(principal, turn_dd=torch.from_numpy(left_dd @ right_dd).float())
