"""Axes of a latent space, along each of which a picture changes in as few places as it can: what sliders move.

A training leaves the numbers of a code mixed, since any turn of the codes rebuilds as well (Locatello 2019). So
afterwards the codes are whitened and turned until the colour differences that a step along each axis makes, over all
pixels and axes, add up to least: that is so where few pixels change much and the others not at all (the L1 norm of the
decoder's Jacobian; Rhodes 2021 trains with it). Encode and decode stay as they are.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from looks_like.model.geometry.kept import read_arrays, write_arrays
from looks_like.model.images import to_lab

_PLACES, _PLACES_MIN = 50, 10  # codes around which pictures are looked at
_EDGE_PX = 32  # at which they are compared
_PIXELS = 12_000  # by which the turn is found; from 7,000 to 70,000 find turns that tell factors equally well
_STEPS, _RATE = 150, 0.05
_VARIANCE_MIN = 1e-6  # of the largest: directions in which codes hardly differ are no axes
_SMOOTH = 1e-4  # added to squared differences, so that the root has a slope where nothing changes
_NEWTON_STEPS = 30
_FILE = "axes.safetensors"
_REFUSED = "does not hold axes: {reason}. Delete it: without it the numbers of the code are the axes"


@dataclass(frozen=True)
class Axes:
    """A axes, those that change most first. A code is `mean_d + values_a @ steps_ad`; float32."""

    mean_d: np.ndarray
    steps_ad: np.ndarray  # what one standard deviation along each adds to a code
    reads_da: np.ndarray  # (code - mean) @ reads: where a code stands on each, in standard deviations
    effect_a: np.ndarray  # colour difference (CIE 1976 ΔE) of one such step, mean over the picture; empty: not known

    def __len__(self) -> int:
        return len(self.steps_ad)

    @property
    def latent(self) -> int:
        return int(self.steps_ad.shape[1])

    def values(self, z_nd: np.ndarray) -> np.ndarray:
        """(N, A) where codes stand on each axis, in standard deviations from the mean."""
        return np.asarray((z_nd - self.mean_d) @ self.reads_da, np.float32)

    def cosines(self, step_d: np.ndarray) -> np.ndarray:
        """(A,) how far a step goes along each axis of all that it goes along axes, -1 to 1; 0 where it goes nowhere."""
        along_a = np.asarray(step_d, np.float64) @ self.reads_da
        return np.asarray(along_a / max(float(np.linalg.norm(along_a)), 1e-12))

    def carried(self, z_nd: np.ndarray, kl_d: np.ndarray) -> np.ndarray:
        """(A,) the share that each axis has of what codes (N, D) tell of pictures, adding up to 1.

        `kl_d`: KL to the prior of each number of a code, in nats. From it and how codes are spread follows how
        noisy each number is; an axis on which products have deviation 1 and the noise has variance v tells
        log(1 + 1/v) / 2 nats, as a Gaussian channel does (Cover & Thomas 2006, 9.1).
        """
        if not len(self):
            return np.zeros(0)
        second_d = np.square(np.asarray(z_nd, np.float64)).mean(0)
        noise_a = np.maximum(np.square(self.reads_da, dtype=np.float64).T @ _noise(kl_d, second_d), 1e-9)
        nats_a = np.log1p(1 / noise_a) / 2
        return np.asarray(nats_a / nats_a.sum())


def own_axes(z_nd: np.ndarray, order_a: np.ndarray) -> Axes:
    """Some numbers of the code itself, in that order: for a model whose axes nobody looked for."""
    mean_d, deviation_d = z_nd.mean(0), z_nd.std(0)
    steps_ad, reads_da = np.zeros((len(order_a), z_nd.shape[1])), np.zeros((z_nd.shape[1], len(order_a)))
    steps_ad[np.arange(len(order_a)), order_a] = deviation_d[order_a]
    reads_da[order_a, np.arange(len(order_a))] = 1 / deviation_d[order_a]
    return Axes(*(np.asarray(part, np.float32) for part in (mean_d, steps_ad, reads_da, np.zeros(0))))


def find_axes(
    decode: Callable[[Tensor], Tensor],
    z_nd: np.ndarray,
    active_d: np.ndarray,
    *,
    pictures: int = 3200,
    seed: int = 0,
    share: float = 1.0,
) -> Axes:
    """Of codes (N, D), of which `active_d` (D,) says which numbers differ from product to product at all.

    `decode`: (M, D) float32 on the processor -> (M, C, S, S) in [0, 1]; it is asked for some `pictures`, around ten
    codes at least. To the right of each axis pictures are lighter. No axis where no number is active; what is decoded
    as no number counts as no change. `share`: do that much of the work, to see how long it takes.
    """
    mean_d, steps_ad, reads_da = _whitened(np.asarray(z_nd, np.float64), active_d)
    if not len(steps_ad):
        return Axes(*(part.astype(np.float32) for part in (mean_d, steps_ad, reads_da, np.zeros(0))))
    rng = np.random.default_rng(seed)
    places = min(len(z_nd), max(_PLACES_MIN, min(_PLACES, pictures // (2 * len(steps_ad)))))
    places = math.ceil(share * places)
    changes_pca = _changes(decode, z_nd[np.sort(rng.choice(len(z_nd), places, replace=False))], steps_ad)
    chosen = np.sort(rng.permutation(len(changes_pca))[:_PIXELS])
    chosen = np.resize(chosen, min(_PIXELS, round(len(changes_pca) / share)))  # as many as of all places
    turn_aa = _sparsest_turn(changes_pca[torch.from_numpy(chosen)], math.ceil(share * _STEPS))
    turned_pca = changes_pca @ turn_aa
    effect_a = turned_pca.square().sum(1).sqrt().mean(0).numpy()
    turn_aa = turn_aa * torch.where(turned_pca[:, 0].mean(0) < 0, -1.0, 1.0)  # lighter to the right
    turn = turn_aa.double().numpy()[:, np.argsort(-effect_a, kind="stable")]
    parts = (mean_d, turn.T @ steps_ad, reads_da @ turn, np.sort(effect_a)[::-1])
    return Axes(*(np.ascontiguousarray(part, np.float32) for part in parts))


def write_axes(folder: Path, axes: Axes) -> None:
    """Beside the weights, whole or not at all."""
    write_arrays(folder / _FILE, axes)


def drop_axes(folder: Path) -> None:
    """Where there are none, nothing."""
    (folder / _FILE).unlink(missing_ok=True)


def read_axes(folder: Path) -> Axes | None:
    """None where there are none, as beside models made before. ModelError for a file that does not hold axes."""
    return read_arrays(folder / _FILE, Axes, _check, _REFUSED)


def _whitened(z_nd: np.ndarray, active_d: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (mean_d, steps_ad, reads_da): axes on which the codes have deviation 1 and do not go together."""
    at = np.flatnonzero(active_d)
    mean_d, latent = z_nd.mean(0), z_nd.shape[1]
    if not len(at) or len(z_nd) < 2:
        return mean_d, np.zeros((0, latent)), np.zeros((latent, 0))
    variance_k, turn_ka = np.linalg.eigh(np.cov(z_nd[:, at].T).reshape(len(at), len(at)))
    kept = variance_k > _VARIANCE_MIN * variance_k[-1]
    deviation_a, turn_ka = np.sqrt(variance_k[kept]), turn_ka[:, kept]
    steps_ad, reads_da = np.zeros((kept.sum(), latent)), np.zeros((latent, kept.sum()))
    steps_ad[:, at] = (turn_ka * deviation_a).T
    reads_da[at] = turn_ka / deviation_a
    return mean_d, steps_ad, reads_da


@torch.no_grad()
def _changes(decode: Callable[[Tensor], Tensor], z_md: np.ndarray, steps_ad: np.ndarray) -> Tensor:
    """(M * pixels, 3, A) how L*, a* and b* of each pixel change with one step along each axis."""
    half_ad, found = torch.from_numpy(steps_ad / 2), []
    for z_d in torch.from_numpy(np.asarray(z_md, np.float64)):
        pictures = decode(torch.cat([z_d + half_ad, z_d - half_ad]).float()).float().cpu().nan_to_num(0.0)
        lab = to_lab(F.adaptive_avg_pool2d(pictures, min(_EDGE_PX, pictures.shape[-1])))
        found.append((lab[: len(half_ad)] - lab[len(half_ad) :]).flatten(2).permute(2, 1, 0))
    return torch.cat(found)


def _sparsest_turn(changes_pca: Tensor, steps: int) -> Tensor:
    """(A, A) orthogonal: after it the colour differences of all pixels along all axes add up to least."""
    count = changes_pca.shape[-1]
    skew_aa = torch.zeros(count, count, requires_grad=True)
    adam = torch.optim.Adam([skew_aa], lr=_RATE)
    for _ in range(steps):
        adam.zero_grad()
        turned_pca = changes_pca @ torch.matrix_exp(skew_aa - skew_aa.T)
        (turned_pca.square().sum(1) + _SMOOTH).sqrt().mean().backward()
        adam.step()
    return torch.matrix_exp(skew_aa - skew_aa.T).detach()


def _noise(kl_d: np.ndarray, second_d: np.ndarray) -> np.ndarray:
    """(D,) the variance of a posterior whose KL is (second + v - 1 - log v) / 2; 1, as of the prior, where none is."""
    level_d = np.maximum(2 * np.asarray(kl_d, np.float64) + 1 - second_d, 1 + 1e-6)  # v - log v, at least 1
    log_d = -level_d
    for _ in range(_NEWTON_STEPS):
        log_d -= (np.exp(log_d) - log_d - level_d) / np.minimum(np.expm1(log_d), -1e-9)
    return np.asarray(np.exp(log_d))


def _check(axes: Axes) -> None:
    """ValueError says what is wrong."""
    shapes = [array.shape for array in vars(axes).values()]
    count, latent = axes.steps_ad.shape if axes.steps_ad.ndim == 2 else (0, 0)
    if shapes not in ([(latent,), (count, latent), (latent, count), (known,)] for known in (count, 0)):
        raise ValueError(f"its shapes {', '.join(map(str, shapes))} do not agree")
    if not np.allclose(axes.steps_ad @ axes.reads_da, np.eye(count), atol=1e-2):
        raise ValueError("a step along an axis is not read as one")
