"""MS-SSIM (Wang, Simoncelli & Bovik 2003): likeness of structure at several scales, 0..1, higher is better."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from model.errors import ModelError
from model.images import Pictures, to_float
from model.metric import Metric

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of the scales, the finest first
_WINDOW_PX, _SIGMA_PX = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2
_CHUNK = 256

MEASURES = (
    Metric(
        key="ms_ssim",
        title="MS-SSIM",
        unit="",
        better="higher",
        sentence="Whether edges, contrasts and brightness are where the real picture has them, from fine to coarse.",
        source="Wang, Simoncelli & Bovik 2003",
        ideal=1.0,
        protocol="Grey pictures, Gaussian window of 11 px (sigma 1.5); of the paper's five scales those that a window "
        "still fits into (two at 32 px, three at 64, four at 128), their weights brought back to a sum of 1.",
    ),
)


@torch.inference_mode()
def ms_ssim(real: np.ndarray | Pictures, rebuilt: np.ndarray | Pictures) -> float:
    """Mean over pairs of uint8 pictures (N, S, S, 3). ModelError for pictures too small for one window."""
    edge, total = real[slice(1)].shape[1], 0.0
    scales = sum(edge >> level >= _WINDOW_PX for level in range(len(_WEIGHTS)))
    if not scales:
        raise ModelError(f"MS-SSIM needs pictures of {_WINDOW_PX} px or more, got {edge} px")
    for i in range(0, len(real), _CHUNK):
        x_n1hw, y_n1hw = (to_float(pictures[i : i + _CHUNK], channels=1) for pictures in (real, rebuilt))
        total += float(_likeness(x_n1hw, y_n1hw, scales).sum())
    return total / len(real)


def _likeness(x_n1hw: Tensor, y_n1hw: Tensor, scales: int) -> Tensor:
    """(N,) product over the scales of structure and contrast, and at the coarsest of brightness too."""
    weights = np.array(_WEIGHTS[:scales]) / sum(_WEIGHTS[:scales])
    found_n = torch.ones(len(x_n1hw))
    for level, weight in enumerate(weights):
        brightness_n1hw, structure_n1hw = _ssim(x_n1hw, y_n1hw)
        last = level == scales - 1
        part_n = ((brightness_n1hw * structure_n1hw) if last else structure_n1hw).mean((1, 2, 3))
        found_n = found_n * part_n.clamp_min(0) ** float(weight)  # a negative one has no such power
        x_n1hw, y_n1hw = (F.avg_pool2d(z_n1hw, 2) for z_n1hw in (x_n1hw, y_n1hw))
    return found_n


def _ssim(x_n1hw: Tensor, y_n1hw: Tensor) -> tuple[Tensor, Tensor]:
    """-> (brightness, contrast times structure) around each pixel (Wang 2004)."""
    mean_x, mean_y = _blurred(x_n1hw), _blurred(y_n1hw)
    variance_x = _blurred(x_n1hw.square()) - mean_x.square()
    variance_y = _blurred(y_n1hw.square()) - mean_y.square()
    covariance = _blurred(x_n1hw * y_n1hw) - mean_x * mean_y
    brightness = (2 * mean_x * mean_y + _C1) / (mean_x.square() + mean_y.square() + _C1)
    return brightness, (2 * covariance + _C2) / (variance_x + variance_y + _C2)


def _blurred(x_n1hw: Tensor) -> Tensor:
    """Without the border that a window does not fit into."""
    at_w = torch.arange(_WINDOW_PX) - _WINDOW_PX // 2
    window_w = torch.exp(-at_w.square() / (2 * _SIGMA_PX**2))
    window_w = window_w / window_w.sum()
    return F.conv2d(F.conv2d(x_n1hw, window_w.view(1, 1, 1, -1)), window_w.view(1, 1, -1, 1))
