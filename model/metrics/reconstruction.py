"""Mean squared error of rebuilt pictures, pixels in [0, 1], lower is better, beside PCA with as many numbers."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from model.device import Device, pick_device
from model.family import Family
from model.images import Pictures, to_float
from model.principal import Principal, flatten

_CHUNK = 256


@torch.inference_mode()
def reconstruction_mse(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> float:
    """Over all values of all pictures, decoded from the mean code and clamped to [0, 1]."""
    device, total = device or pick_device(), 0.0
    for x_nchw in _chunks(pictures, device, model.settings.channels):
        with device.autocast():
            y_nchw = model.decode(model.encode(x_nchw))
        total += (y_nchw.float().clamp(0, 1) - x_nchw).square().mean((1, 2, 3)).sum().item()
    return total / len(pictures)


@torch.inference_mode()
def principal_mse(principal: Principal, pictures: np.ndarray | Pictures, channels: int = 3) -> float:
    """The same for principal components (pictures up to 64 px), clamped too."""
    total = 0.0
    for x_nchw in _chunks(pictures, Device("cpu", torch.float32, "baseline"), channels):
        x_np = flatten(x_nchw)
        total += (principal.rebuild(principal.project(x_np)).clamp(0, 1) - x_np).square().mean(1).sum().item()
    return total / len(pictures)


def _chunks(pictures: np.ndarray | Pictures, device: Device, channels: int) -> Iterator[Tensor]:
    for i in range(0, len(pictures), _CHUNK):
        yield to_float(pictures[i : i + _CHUNK], device.name, channels)
