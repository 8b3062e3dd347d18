"""Bytes become floats here, and nowhere else."""

import numpy as np
import torch
from torch import Tensor


def to_float(pixels_nhwc: np.ndarray | Tensor, device: str = "cpu") -> Tensor:
    """uint8 (N, S, S, C) -> float32 (N, C, S, S) in [0, 1], channels last in memory."""
    x_nhwc = torch.as_tensor(pixels_nhwc).to(device, non_blocking=True)
    return x_nhwc.permute(0, 3, 1, 2).float().div_(255)


def to_uint8(x_nchw: Tensor) -> np.ndarray:
    """float (N, C, S, S) -> uint8 (N, S, S, 3). Rounds, so that to_uint8(to_float(x)) == x; grey becomes RGB."""
    pixels = (x_nchw.detach().float().clamp(0, 1) * 255).round().to(torch.uint8)
    pixels_nhwc = pixels.permute(0, 2, 3, 1).expand(-1, -1, -1, 3)
    return pixels_nhwc.cpu().contiguous().numpy()
