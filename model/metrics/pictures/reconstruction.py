"""How close rebuilt pictures come: squared error, beside PCA with as many numbers, and likeness of structure."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.family import Family
from looks_like.model.images import Pictures, to_float
from looks_like.model.metrics.metric import Metric
from looks_like.model.networks import PCA, flatten, unflattened

_CHUNK = 256
_WINDOW_PX = 11
_SIGMA_PX = 1.5
_SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang 2003, from 1 : 1 on
_C1, _C2 = 0.01**2, 0.03**2  # of a range of 1

_HELD_OUT = "Held-out pictures, pixels in [0, 1], decoded from the mean code and clamped; "

MEASURES = (
    Metric(
        key="mse",
        judges="pictures",
        title="Reconstruction error",
        unit="squared pixel value",
        better="lower",
        ideal=0.0,
        sentence="How far rebuilt pictures are from the products' own. A model that does not beat PCA with as many "
        "numbers has not learnt.",
        source="mean squared error",
        protocol=_HELD_OUT + "mean over all values of all pictures; PCA's error is of the same pictures.",
    ),
    Metric(
        key="psnr",
        judges="pictures",
        title="Signal to noise (PSNR)",
        unit="dB",
        better="higher",
        sentence="The reconstruction error on a logarithmic scale: 10 dB more is a tenth of the error.",
        source="peak signal-to-noise ratio",
        protocol=_HELD_OUT + "-10 · log10 of each picture's mean squared error, not below 1e-10; mean over pictures.",
    ),
    Metric(
        key="ms_ssim",
        judges="pictures",
        title="Likeness of structure (MS-SSIM)",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="How alike edges and shading of rebuilt pictures are to the products' own, from fine to coarse.",
        source="Wang 2003",
        protocol=_HELD_OUT
        + "a Gaussian window of 11 pixels (sigma 1.5) inside the picture, K .01 and .03; contrast and "
        "structure at each scale, luminance at the coarsest, weighted as in the paper. Of its five scales, each half "
        "the last, those that hold the window: five from 176 px on, three at 64 px, their weights made to sum to 1. "
        "Not comparable between sizes of pictures. Channels apart, negative values as 0; mean over pictures.",
    ),
)


Compare = Callable[[Tensor, Tensor], Tensor]  # pictures, and the same rebuilt -> (N,)


def reconstruction_mse(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> float:
    """Over all values of all pictures."""
    return float(each_rebuilt(squared_error, model, pictures, device).mean())


def reconstruction_psnr(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> float:
    """Mean over pictures, dB."""
    return float(each_rebuilt(psnr, model, pictures, device).mean())


def reconstruction_ms_ssim(model: Family, pictures: np.ndarray | Pictures, device: Device | None = None) -> float:
    """Mean over pictures. ModelError for pictures below 11 px."""
    return float(each_rebuilt(ms_ssim, model, pictures, device).mean())


def pca_mse(principal: PCA, pictures: np.ndarray | Pictures, channels: int = 3) -> float:
    """The same for principal components, clamped too; so are the next two. Above 64 px they are enlarged."""
    return float(each_projected(squared_error, principal, pictures, channels).mean())


def pca_psnr(principal: PCA, pictures: np.ndarray | Pictures, channels: int = 3) -> float:
    """Mean over pictures, dB."""
    return float(each_projected(psnr, principal, pictures, channels).mean())


def pca_ms_ssim(principal: PCA, pictures: np.ndarray | Pictures, channels: int = 3) -> float:
    """Mean over pictures. ModelError for pictures below 11 px."""
    return float(each_projected(ms_ssim, principal, pictures, channels).mean())


def each_rebuilt(
    compare: Compare, model: Family, pictures: np.ndarray | Pictures, device: Device | None = None
) -> np.ndarray:
    """(N,) float64 of each picture and what a model makes of it."""
    return _each(compare, _rebuilt(model, pictures, device))


def each_projected(compare: Compare, principal: PCA, pictures: np.ndarray | Pictures, channels: int = 3) -> np.ndarray:
    """(N,) float64 of each picture and what principal components make of it."""
    return _each(compare, _projected(principal, pictures, channels))


def each_instead(compare: Compare, pictures: Pictures, shown: Pictures, channels: int = 3) -> np.ndarray:
    """(N,) float64 of each picture and the one that is shown in its place."""
    cpu = Device("cpu", torch.float32, "baseline")
    return _each(compare, zip(_chunks(pictures, cpu, channels), _chunks(shown, cpu, channels), strict=True))


def _each(compare: Compare, pairs: Iterable[tuple[Tensor, Tensor]]) -> np.ndarray:
    return np.concatenate([compare(x, y).double().cpu().numpy() for x, y in pairs])


def squared_error(x_nchw: Tensor, y_nchw: Tensor) -> Tensor:
    """(N,) mean over the values of each picture."""
    return (y_nchw - x_nchw).square().mean((1, 2, 3))


def psnr(x_nchw: Tensor, y_nchw: Tensor) -> Tensor:
    """(N,) dB, of pictures in [0, 1]."""
    return -10 * squared_error(x_nchw, y_nchw).clamp(min=1e-10).log10()


def ms_ssim(x_nchw: Tensor, y_nchw: Tensor) -> Tensor:
    """(N,) of pictures in [0, 1] (Wang 2003, equation 7). ModelError for pictures smaller than the window."""
    scales = _scales(min(x_nchw.shape[2:]))
    weight_s = torch.tensor(_SCALE_WEIGHTS[:scales], device=x_nchw.device)
    likeness_n = torch.ones(len(x_nchw), x_nchw.shape[1], device=x_nchw.device)
    for scale, weight in enumerate(weight_s / weight_s.sum()):
        luminance_nchw, structure_nchw = _ssim_terms(x_nchw, y_nchw)
        last = scale == scales - 1
        value_nc = (luminance_nchw * structure_nchw if last else structure_nchw).mean((2, 3))
        likeness_n = likeness_n * value_nc.clamp(min=0) ** weight
        x_nchw, y_nchw = F.avg_pool2d(x_nchw, 2), F.avg_pool2d(y_nchw, 2)
    return likeness_n.mean(1)


def _ssim_terms(x_nchw: Tensor, y_nchw: Tensor) -> tuple[Tensor, Tensor]:
    """Luminance, and contrast with structure, at each place of the window."""
    both_nchw = torch.cat([x_nchw, y_nchw, x_nchw.square(), y_nchw.square(), x_nchw * y_nchw])
    x_mean, y_mean, xx, yy, xy = _blurred(both_nchw).chunk(5)
    luminance = (2 * x_mean * y_mean + _C1) / (x_mean.square() + y_mean.square() + _C1)
    spread = xx - x_mean.square() + yy - y_mean.square()
    return luminance, (2 * (xy - x_mean * y_mean) + _C2) / (spread + _C2)


def _blurred(x_nchw: Tensor) -> Tensor:
    place_k = torch.arange(_WINDOW_PX, device=x_nchw.device) - _WINDOW_PX // 2
    kernel_k = (-place_k.square() / (2 * _SIGMA_PX**2)).exp()
    kernel_k, channels = kernel_k / kernel_k.sum(), x_nchw.shape[1]
    for shape in ((1, 1, -1, 1), (1, 1, 1, -1)):
        x_nchw = F.conv2d(x_nchw, kernel_k.view(shape).repeat(channels, 1, 1, 1), groups=channels)
    return x_nchw


def _scales(edge_px: int) -> int:
    if edge_px < _WINDOW_PX:
        raise ModelError(f"MS-SSIM needs pictures of {_WINDOW_PX} px or more, got {edge_px} px")
    return min(len(_SCALE_WEIGHTS), (edge_px // _WINDOW_PX).bit_length())


@torch.inference_mode()
def _rebuilt(model: Family, pictures: np.ndarray | Pictures, device: Device | None) -> Iterator[tuple[Tensor, Tensor]]:
    """Pictures and the same rebuilt, some at a time."""
    device = device or pick_device()
    for x_nchw in _chunks(pictures, device, model.settings.channels):
        with device.autocast():
            y_nchw = model.decode(model.encode(x_nchw))
        yield x_nchw, y_nchw.float().clamp(0, 1)


@torch.inference_mode()
def _projected(principal: PCA, pictures: np.ndarray | Pictures, channels: int) -> Iterator[tuple[Tensor, Tensor]]:
    for x_nchw in _chunks(pictures, Device("cpu", torch.float32, "baseline"), channels):
        y_np = principal.rebuild(principal.project(flatten(x_nchw)))
        yield x_nchw, unflattened(y_np, *x_nchw.shape[1:3]).clamp(0, 1)


def _chunks(pictures: np.ndarray | Pictures, device: Device, channels: int) -> Iterator[Tensor]:
    for i in range(0, len(pictures), _CHUNK):
        yield to_float(pictures[i : i + _CHUNK], device.name, channels)
