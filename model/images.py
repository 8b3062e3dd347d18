"""Bytes become floats here, and nowhere else."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Pictures:
    """Some rows of a pixel array (N, S, S, 3), read when they are asked for: the array may be larger than memory."""

    pixels_nhwc: np.ndarray
    rows_n: np.ndarray

    def __len__(self) -> int:
        return len(self.rows_n)

    def __getitem__(self, at: slice | np.ndarray) -> np.ndarray:
        return np.asarray(self.pixels_nhwc[self.rows_n[at]])

    @classmethod
    def all_of(cls, pixels_nhwc: np.ndarray) -> "Pictures":
        return cls(pixels_nhwc, np.arange(len(pixels_nhwc)))


@dataclass(frozen=True)
class DevicePictures:
    """uint8 pictures (N, S, S, 3) stored on the device, so that batches are gathered there without host-to-device
    copies.
    """

    pixels_nhwc: Tensor  # uint8

    def __len__(self) -> int:
        return len(self.pixels_nhwc)

    def __getitem__(self, at: slice | np.ndarray | Tensor) -> Tensor:
        if isinstance(at, slice | Tensor):
            return self.pixels_nhwc[at]
        return self.pixels_nhwc[torch.from_numpy(at).to(self.pixels_nhwc.device)]

    @classmethod
    def copy_of(cls, pictures: np.ndarray | Pictures, device: str) -> "DevicePictures":
        """Copied in pieces: neither the processor nor the device holds all of them twice."""
        pixels_nhwc = torch.empty((len(pictures), *pictures[slice(1)].shape[1:]), dtype=torch.uint8, device=device)
        for i in range(0, len(pictures), _PIECE):
            pixels_nhwc[i : i + _PIECE] = torch.from_numpy(np.array(pictures[slice(i, i + _PIECE)]))
        return cls(pixels_nhwc)


_GREY_WEIGHTS = (0.299, 0.587, 0.114)  # ITU-R BT.601
_PIECE = 2048  # pictures copied at a time


def to_float(pixels_nhwc: np.ndarray | Tensor, device: str = "cpu", channels: int = 3) -> Tensor:
    """uint8 (N, S, S, 3) -> float32 (N, channels, S, S) in [0, 1], channels last in memory; 1 channel is luminance."""
    if not isinstance(pixels_nhwc, Tensor):
        pixels_nhwc = torch.from_numpy(np.array(pixels_nhwc))
    x_nhwc = pixels_nhwc.to(device, non_blocking=True)
    x_nchw = x_nhwc.permute(0, 3, 1, 2).float().div_(255)
    if channels == 3:
        return x_nchw
    red, green, blue = (weight * x_nchw[:, i : i + 1] for i, weight in enumerate(_GREY_WEIGHTS))
    return red + green + blue


def to_uint8(x_nchw: Tensor) -> np.ndarray:
    """float (N, C, S, S) -> uint8 (N, S, S, 3). Rounds, so that to_uint8(to_float(x)) == x; grey becomes RGB."""
    pixels = (x_nchw.detach().float().clamp(0, 1) * 255).round().to(torch.uint8)
    pixels_nhwc = pixels.permute(0, 2, 3, 1).expand(-1, -1, -1, 3)
    return pixels_nhwc.cpu().contiguous().numpy()


# sRGB to XYZ over the white of D65 (IEC 61966-2-1)
_XYZ_OVER_WHITE = ((0.43395, 0.37622, 0.18983), (0.2126, 0.7152, 0.0722), (0.01773, 0.10947, 0.8728))
_LAB_OF_XYZ = ((0.0, 116.0, 0.0), (500.0, -500.0, 0.0), (0.0, 200.0, -200.0))  # of their cube roots


def to_lab(x_nchw: Tensor) -> Tensor:
    """float (N, C, S, S) in [0, 1], grey or sRGB -> CIELAB (N, 3, S, S): L* in 0..100, a*, b*. The distance of two
    colours is their colour difference ΔE (CIE 1976).
    """
    x_nchw = x_nchw.float().clamp(0, 1).expand(-1, 3, -1, -1)
    linear = torch.where(x_nchw <= 0.04045, x_nchw / 12.92, ((x_nchw + 0.055) / 1.055) ** 2.4)
    xyz = torch.einsum("ij,njhw->nihw", linear.new_tensor(_XYZ_OVER_WHITE), linear)
    roots = torch.where(xyz > 216 / 24389, xyz.clamp_min(1e-9) ** (1 / 3), (24389 / 27 * xyz + 16) / 116)
    lab = torch.einsum("ij,njhw->nihw", linear.new_tensor(_LAB_OF_XYZ), roots)
    return lab - lab.new_tensor((16.0, 0.0, 0.0)).view(3, 1, 1)
