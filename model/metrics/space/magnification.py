"""How much the decoder stretches the space, by its Jacobian J: magnification factors (Bishop 1997; Chen 2018)."""

import warnings
from dataclasses import dataclass

import numpy as np
import torch

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.geometry import mid_points
from looks_like.model.metrics.codes.active_dimensions import active_in
from looks_like.model.metrics.intervals import of_quantile
from looks_like.model.metrics.metric import Metric, Score
from looks_like.model.metrics.space.step_lengths import Net

CODES = 200  # products, and as many mid-points
CLIFFS = 3.0  # a ratio above this = cliffs between islands
_EXACT_MAX = 64  # dimensions; above, lengths are estimated from probes
_PROBES = 8
_CHUNK = 32
_FLAT = 1e-12  # of the largest eigenvalue; below it a direction counts as flat

MEASURES = (
    Metric(
        key="magnification",
        judges="space",
        title="Magnification",
        unit="nats",
        better="neither",
        sentence="How much picture there is per piece of the space around a product: where it is high, a small move "
        "changes much. An even map of products has the same everywhere.",
        source="Bishop 1997; Chen 2018 (metrics for deep generative models)",
        protocol=f"half the log determinant of J'J of the decoder (fp32, values not clamped) over the active "
        f"dimensions, at {CODES} products; median, 5th and 95th percentile.",
    ),
    Metric(
        key="stretch_ratio",
        judges="space",
        title="Stretch between products",
        unit="times",
        better="lower",
        ideal=1.0,
        sentence="How fast the picture can change half-way between products, over how fast it can at products. About 1 "
        f"= it is even; above {CLIFFS:g} = cliffs between islands.",
        source="after Chen 2018 (metrics for deep generative models)",
        protocol=f"99th percentile of the decoder's largest stretch (spectral norm of J) at {CODES} mid-points of "
        f"random pairs on a matched curve, over that at {CODES} products; above {_EXACT_MAX} active dimensions the "
        f"Frobenius norm from {_PROBES} probes instead.",
    ),
)


@dataclass(frozen=True)
class _Decoder:
    """What J is of, and the dimensions K that it is taken along."""

    decode: Net
    along_kd: np.ndarray
    device: str

    def push(self, z_nd: np.ndarray, tangent_nd: np.ndarray) -> torch.Tensor:
        """(N, P): J times a tangent at each code."""
        z, tangent = (torch.from_numpy(np.array(array, np.float32)).to(self.device) for array in (z_nd, tangent_nd))
        with warnings.catch_warnings():  # torch's own, when it first pushes anything
            warnings.simplefilter("ignore", DeprecationWarning)
            pushed: torch.Tensor = torch.func.jvp(self.decode, (z,), (tangent,))[1]
        return pushed.flatten(1)

    @torch.no_grad()
    def gram(self, z_nd: np.ndarray) -> np.ndarray:
        """(N, K, K) float64: J'J, column by column, so that it takes any decoder, in chunks."""
        found = []
        for i in range(0, len(z_nd), _CHUNK):
            chunk_nd = z_nd[i : i + _CHUNK]
            columns = [self.push(chunk_nd, np.broadcast_to(axis_d, chunk_nd.shape)) for axis_d in self.along_kd]
            jacobian_npk = torch.stack(columns, 2)
            found.append((jacobian_npk.mT @ jacobian_npk).double().cpu().numpy())
        return np.concatenate(found)

    @torch.no_grad()
    def frobenius(self, z_nd: np.ndarray, probes: int, seed: int) -> np.ndarray:
        """(N,): the root of the mean of |J v|^2 over random signs v."""
        rng, total_n = np.random.default_rng(seed), np.zeros(len(z_nd))
        for _ in range(probes):
            signs_nd = rng.choice([-1.0, 1.0], (len(z_nd), len(self.along_kd))) @ self.along_kd
            for i in range(0, len(z_nd), _CHUNK):
                pushed_np = self.push(z_nd[i : i + _CHUNK], signs_nd[i : i + _CHUNK])
                total_n[i : i + _CHUNK] += pushed_np.double().square().sum(1).cpu().numpy()
        return np.asarray(np.sqrt(total_n / probes))


def magnification(
    decode: Net, z_nd: np.ndarray, active_d: np.ndarray | None = None, device: Device | None = None
) -> np.ndarray:
    """(N,) nats: half the log determinant of J'J at each code; some 7 codes a second on a core at 32 dimensions.

    Only along the dimensions of the mask `active_d`, where it is given: one that the decoder ignores would sink all.
    ModelError for codes that are not finite.
    """
    return _half_log_determinant(_decoder(decode, z_nd, active_d, device).gram(z_nd))


def stretch(
    decode: Net, z_nd: np.ndarray, *, probes: int = _PROBES, seed: int = 0, device: Device | None = None
) -> np.ndarray:
    """(N,): the Frobenius norm of J at each code, estimated: cheaper than the magnification where D is large."""
    return _decoder(decode, z_nd, None, device).frobenius(z_nd, probes, seed)


def magnification_scores(
    decode: Net, z_nd: np.ndarray, *, count: int = CODES, seed: int = 0, device: Device | None = None
) -> list[Score]:
    """`magnification` (not above 64 active dimensions) and `stretch_ratio`. ModelError for fewer than two codes."""
    if len(z_nd) < 2 or count < 2:
        raise ModelError(f"a magnification needs 2 codes or more, got {len(z_nd)}, of which {count} are used")
    _need_finite(z_nd)
    active_d = active_in(z_nd)
    if not active_d.any():
        raise ModelError("no dimension of these codes is active, so the decoder has nothing to stretch")
    count = min(count, len(z_nd))
    real_nd = z_nd[np.random.default_rng(seed).choice(len(z_nd), count, replace=False)]
    sides = real_nd, mid_points(z_nd, count, seed)
    found = _decoder(decode, z_nd, active_d, device)
    said = f"{count} of {len(z_nd):,} products, {int(active_d.sum())} active dimensions, seed {seed}"
    if active_d.sum() > _EXACT_MAX:
        lengths = [found.frobenius(side_nd, _PROBES, seed) for side_nd in sides]
        return [_ratio(lengths, f"Frobenius norm from {_PROBES} probes, {said}")]
    grams = [found.gram(side_nd) for side_nd in sides]
    nats_n = _half_log_determinant(grams[0])
    low, high = (float(value) for value in np.quantile(nats_n, (0.05, 0.95)))
    scores = [Score("magnification", float(np.median(nats_n)), said, {"p5": low, "p95": high}, of_quantile(nats_n))]
    lengths = [np.sqrt(np.linalg.eigvalsh(gram_nkk)[:, -1]) for gram_nkk in grams]
    return [*scores, _ratio(lengths, f"spectral norm, {said}")]


def _decoder(decode: Net, z_nd: np.ndarray, active_d: np.ndarray | None, device: Device | None) -> _Decoder:
    _need_finite(z_nd)
    along_kd = np.eye(z_nd.shape[1]) if active_d is None else np.eye(z_nd.shape[1])[active_d]
    return _Decoder(decode, along_kd, (device or pick_device()).name)


def _need_finite(z_nd: np.ndarray) -> None:
    if not np.isfinite(z_nd).all():
        raise ModelError("a magnification needs codes that are finite; some are not")


def _half_log_determinant(gram_nkk: np.ndarray) -> np.ndarray:
    values_nk = np.linalg.eigvalsh(gram_nkk)
    least_n1 = np.maximum(_FLAT * values_nk[:, -1:], np.finfo(np.float64).tiny)
    return np.asarray(0.5 * np.log(np.maximum(values_nk, least_n1)).sum(1))


def _ratio(lengths: list[np.ndarray], said: str) -> Score:
    """Of the lengths at products, then at mid-points."""
    at_products, between = (float(np.quantile(lengths_n, 0.99)) for lengths_n in lengths)
    value = between / at_products if at_products else float("inf" if between else 1)
    return Score("stretch_ratio", value, said, {"products p99": at_products, "mid-points p99": between})
