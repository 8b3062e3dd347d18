"""Picture representations for path measures: pixels, or features of EfficientNet-lite0; both as float.

Pictures rounded to bytes would do for most; a path of small steps would then move in jumps of its own.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from looks_like.model.networks import features_of

Net = Callable[[Tensor], Tensor]  # a decoder (z_nd -> x_nchw), an encoder (x_nchw -> z_nd), or one of the two below


def pixels(x_nchw: Tensor) -> Tensor:
    """(N, P) in [0, 1], as they would be shown; a distance is the root of the sum over values."""
    return x_nchw.float().clamp(0, 1).flatten(1)


def features(x_nchw: Tensor) -> Tensor:
    """(N, 1280) of pictures as they would be shown. ModelError without the weights."""
    return features_of(x_nchw.float().clamp(0, 1).expand(-1, 3, -1, -1))


def step_lengths(phi_ptf: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Paths (P, T, F) -> (lengths of their T - 1 steps (P, T - 1), distances between their ends (P,)), float64."""
    lengths_pt = torch.linalg.vector_norm(phi_ptf.diff(dim=1), dim=2)
    ends_p = torch.linalg.vector_norm(phi_ptf[:, -1] - phi_ptf[:, 0], dim=1)
    return lengths_pt.double().cpu().numpy(), ends_p.double().cpu().numpy()
