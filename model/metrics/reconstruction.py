"""How close rebuilt pictures are to the real ones, pixels in [0, 1], beside PCA with as many numbers."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from model.device import Device, pick_device
from model.family import Family
from model.images import Pictures, to_float
from model.metric import Metric
from model.principal import Principal, flatten

_CHUNK = 256
_ERROR_MIN = 1e-10  # of a picture that is rebuilt exactly, whose PSNR would be infinite

MEASURES = (
    Metric(
        key="mse",
        title="Reconstruction error",
        unit="",
        better="lower",
        sentence="How far a rebuilt picture is from the real one. A model that is not below PCA with as many numbers "
        "has learnt nothing.",
        source="Mean squared error; PCA: Pearson 1901",
        ideal=0.0,
        protocol="Mean squared error over all values of all held-out pictures, pixels in [0, 1], decoded from the mean "
        "code and clamped; PCA is fitted on the products that the model learnt from.",
    ),
    Metric(
        key="psnr",
        title="PSNR",
        unit="dB",
        better="higher",
        sentence="The same error on a logarithmic scale: each picture counts by its own error, 20 dB is rough and "
        "30 dB is good.",
        source="Peak signal-to-noise ratio",
        protocol="Mean over held-out pictures of -10 log10 of the picture's mean squared error, pixels in [0, 1].",
    ),
)


@torch.inference_mode()
def picture_errors(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> np.ndarray:
    """(N,) mean squared error of each picture, decoded from the mean code and clamped to [0, 1]."""
    device, errors = device or pick_device(), []
    for x_nchw in _chunks(pictures, device, model.settings.channels):
        with device.autocast():
            y_nchw = model.decode(model.encode(x_nchw))
        errors.append((y_nchw.float().clamp(0, 1) - x_nchw).square().mean((1, 2, 3)).double().cpu().numpy())
    return np.concatenate(errors)


@torch.inference_mode()
def principal_errors(principal: Principal, pictures: np.ndarray | Pictures, channels: int = 3) -> np.ndarray:
    """(N,) the same for principal components (pictures up to 64 px), clamped too."""
    errors = []
    for x_nchw in _chunks(pictures, Device("cpu", torch.float32, "baseline"), channels):
        x_np = flatten(x_nchw)
        y_np = principal.rebuild(principal.project(x_np)).clamp(0, 1)
        errors.append((y_np - x_np).square().mean(1).double().numpy())
    return np.concatenate(errors)


def reconstruction_mse(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> float:
    """Over all values of all pictures."""
    return float(picture_errors(model, pictures, device).mean())


def principal_mse(principal: Principal, pictures: np.ndarray | Pictures, channels: int = 3) -> float:
    """The same for principal components."""
    return float(principal_errors(principal, pictures, channels).mean())


def psnr(error_n: np.ndarray) -> float:
    """dB, mean over pictures, of their mean squared errors."""
    return float(-10 * np.log10(np.maximum(error_n, _ERROR_MIN)).mean())


def _chunks(pictures: np.ndarray | Pictures, device: Device, channels: int) -> Iterator[Tensor]:
    for i in range(0, len(pictures), _CHUNK):
        yield to_float(pictures[i : i + _CHUNK], device.name, channels)
