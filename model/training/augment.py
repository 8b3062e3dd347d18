"""Data augmentation: random shifts and hue rotations of training pictures.

Drawn where the pictures lie, from the seed and the step alone: a resumed run sees what an uninterrupted one would have.
"""

import math

import torch
from torch import Generator, Tensor

from looks_like.model.training.schedule import drawn_at

_AXIS = 1 / math.sqrt(3)  # of grey, in each colour


def augment(x_nchw: Tensor, shift_px: int, hue: float, seed: int, step: int) -> Tensor:
    """Moved by up to `shift_px` (all alike); a share `hue` of them with its colours turned round the grey axis."""
    rng = drawn_at(seed, step, x_nchw.device)
    if shift_px:
        right, down = torch.randint(-shift_px, shift_px + 1, (2,), generator=rng, device=rng.device).unbind()
        x_nchw = shifted(x_nchw, right, down)
    if hue and x_nchw.shape[1] == 3:
        angle_n = _angles(len(x_nchw), hue, rng)
        x_nchw = torch.einsum("nij,njhw->nihw", hue_rotation(angle_n).to(x_nchw.dtype), x_nchw).clamp_(0, 1)
    return x_nchw.contiguous(memory_format=torch.channels_last)


def _angles(count: int, hue: float, rng: Generator) -> Tensor:
    """(count,) radians, 0 for all but a share `hue`."""
    chance_2n = torch.rand(2, count, generator=rng, device=rng.device)
    return torch.where(chance_2n[0] < hue, (2 * chance_2n[1] - 1) * math.pi, 0.0)


def shifted(x_nchw: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """Moved by whole pixels, whose number nobody reads; what comes in from outside repeats the border."""
    edge = x_nchw.shape[-1]
    to_e = torch.arange(edge, device=x_nchw.device)
    x_nchw = x_nchw.index_select(2, (to_e - down).clamp(0, edge - 1))
    return x_nchw.index_select(3, (to_e - right).clamp(0, edge - 1))


def hue_rotation(angle_n: Tensor) -> Tensor:
    """(N, 3, 3) rotations of RGB about the grey axis (Rodrigues): white, grey and black stay what they are."""
    cos_n, sin_n = angle_n.cos(), angle_n.sin()
    same_n, less_n, more_n = (
        (cos_n + (1 - cos_n) / 3),
        ((1 - cos_n) / 3 - sin_n * _AXIS),
        ((1 - cos_n) / 3 + sin_n * _AXIS),
    )
    rows = [(same_n, less_n, more_n), (more_n, same_n, less_n), (less_n, more_n, same_n)]
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
