"""Data augmentation: random shifts and hue rotations of training pictures.

Made from the seed and the step alone, so a resumed run sees what an uninterrupted one would have.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def augment(x_nchw: Tensor, shift_px: int, hue: float, seed: int, step: int) -> Tensor:
    """Moved by up to `shift_px` (all alike); a share `hue` of them with its colours turned round the grey axis."""
    rng = np.random.default_rng((seed, step))
    if shift_px:
        right, down = (int(v) for v in rng.integers(-shift_px, shift_px + 1, 2))
        x_nchw = shifted(x_nchw, right, down)
    if hue and x_nchw.shape[1] == 3:
        angle_n = np.where(rng.random(len(x_nchw)) < hue, rng.uniform(-math.pi, math.pi, len(x_nchw)), 0.0)
        turn_n33 = torch.as_tensor(hue_rotation(angle_n), dtype=x_nchw.dtype, device=x_nchw.device)
        x_nchw = torch.einsum("nij,njhw->nihw", turn_n33, x_nchw).clamp_(0, 1)
    return x_nchw.contiguous(memory_format=torch.channels_last)


def shifted(x_nchw: Tensor, right: int, down: int) -> Tensor:
    """Moved by whole pixels; what comes in from outside repeats the border."""
    edge, pad = x_nchw.shape[-1], max(abs(right), abs(down))
    if not pad:
        return x_nchw
    wide_nchw = F.pad(x_nchw, (pad, pad, pad, pad), mode="replicate")
    return wide_nchw[:, :, pad - down : pad - down + edge, pad - right : pad - right + edge]


def hue_rotation(angle_n: np.ndarray) -> np.ndarray:
    """(N, 3, 3) rotations of RGB about the grey axis (Rodrigues): white, grey and black stay what they are."""
    axis_3 = np.full(3, 1 / math.sqrt(3))
    cross_33 = np.array([[0, -axis_3[2], axis_3[1]], [axis_3[2], 0, -axis_3[0]], [-axis_3[1], axis_3[0], 0]])
    cos_n11, sin_n11 = np.cos(angle_n)[:, None, None], np.sin(angle_n)[:, None, None]
    return np.asarray(cos_n11 * np.eye(3) + sin_n11 * cross_33 + (1 - cos_n11) * np.outer(axis_3, axis_3))
