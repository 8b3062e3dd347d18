"""Perceptual path length (Karras 2019, StyleGAN): how fast the picture changes along paths, by very short steps."""

from dataclasses import replace

import numpy as np
import torch

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.geometry import CURVES
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Metric, Score
from looks_like.model.metrics.space.step_lengths import Net, features, pixels

EPSILON = 1e-2  # of a path, fp32
PAIRS = 2000
_CHUNK = 64
_KEPT = (0.01, 0.99)

_PIXELS = Metric(
    key="ppl",
    judges="space",
    title="Path length",
    unit="squared distance per squared path",
    better="lower",
    sentence="How fast the picture changes on the way from one product to another, jumps counting most. Compare models "
    "of one catalogue and size only; a model that always paints the same picture has 0.",
    source="Karras 2019 (StyleGAN)",
    protocol="mean of |phi(G(z_t)) - phi(G(z_t+e))|^2 / e^2 at t uniform on a matched curve between two products, "
    f"e = {EPSILON:g}, fp32, {PAIRS:,} pairs, the 1st to 99th percentile kept; phi = pixels, summed.",
)
MEASURES = (
    _PIXELS,
    replace(
        _PIXELS,
        key="ppl_features",
        title="Perceptual path length",
        protocol=_PIXELS.protocol.replace("pixels, summed", "features of EfficientNet-lite0 at 96 px, not VGG16's"),
    ),
)


def ppl(
    decode: Net,
    z_nd: np.ndarray,
    *,
    pairs: int = PAIRS,
    in_features: bool = False,
    curve: str = "matched",
    seed: int = 0,
    device: Device | None = None,
) -> Score:
    """`ppl`, or `ppl_features`, between codes (N, D). ModelError for fewer than two codes or pairs, or not finite."""
    if len(z_nd) < 2 or pairs < 2 or not np.isfinite(z_nd).all():
        raise ModelError(f"a path length needs 2 finite codes and 2 pairs or more, got {len(z_nd)} and {pairs}")
    name, phi = (device or pick_device()).name, features if in_features else pixels
    points_ptd, found = _short_steps(z_nd, pairs, curve, seed), []
    with torch.inference_mode():
        for i in range(0, pairs, _CHUNK):
            z_md = torch.from_numpy(points_ptd[i : i + _CHUNK].reshape(-1, z_nd.shape[1])).to(name)
            phi_ptf = phi(decode(z_md)).double().unflatten(0, (-1, 2))
            found.append((phi_ptf[:, 1] - phi_ptf[:, 0]).square().sum(1).cpu().numpy() / EPSILON**2)
    speed_p = np.concatenate(found)
    low, high = np.quantile(speed_p, _KEPT)
    kept_p = speed_p[(speed_p >= low) & (speed_p <= high)]
    return Score(
        "ppl_features" if in_features else "ppl",
        float(kept_p.mean()),
        f"{pairs:,} pairs of {len(z_nd):,} codes, curve {curve}, e = {EPSILON:g}, {len(kept_p):,} kept, seed {seed}",
        {"median": float(np.median(speed_p)), "p95": float(np.quantile(speed_p, 0.95))},
        of_mean(kept_p),
    )


def _short_steps(z_nd: np.ndarray, pairs: int, curve: str, seed: int) -> np.ndarray:
    """(P, 2, D) float32: two points each, a short step apart on the curve between two products."""
    rng, points = np.random.default_rng(seed), []
    for _ in range(pairs):
        a_d, b_d = z_nd[rng.choice(len(z_nd), 2, replace=False)].astype(np.float64)
        begin = rng.uniform(0, 1 - EPSILON)
        points.append(CURVES[curve](a_d, b_d, np.array([begin, begin + EPSILON])))
    return np.array(points, np.float32)
