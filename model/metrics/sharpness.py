"""Sharpness: the variance of the Laplacian of grey pictures in [0, 1]; divide by the data's own, 1 is as sharp.

Tolstikhin 2018 (WAE), whose faces measure 2e-2, a VAE's 3e-3, a WAE's 6e-3. Higher is sharper, not better: noise and
checkerboards are sharp too, so read it beside the error. It depends on the size of the pictures.
"""

import numpy as np
import torch
import torch.nn.functional as F

from model.images import Pictures, to_float
from model.metric import Metric

_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))
_CHUNK = 256

MEASURES = (
    Metric(
        key="sharpness",
        title="Sharpness",
        unit="× the data's own",
        better="neither",
        sentence="How crisp the edges of pictures are beside those of real ones: 1 is as crisp, below it is blur. Noise "
        "is crisp too, so read it beside the error.",
        source="Tolstikhin 2018",
        ideal=1.0,
        protocol="Variance of the Laplacian [[0,1,0],[1,-4,1],[0,1,0]] within each grey picture, mean over pictures, "
        "divided by the same of the real ones.",
    ),
)


@torch.inference_mode()
def sharpness(pictures: np.ndarray | Pictures) -> float:
    """Mean over uint8 pictures (N, S, S, 3) of the variance within each; their outermost pixels have no Laplacian."""
    kernel_1133, total = torch.tensor(_LAPLACIAN).view(1, 1, 3, 3), 0.0
    for i in range(0, len(pictures), _CHUNK):
        edges_n1hw = F.conv2d(to_float(pictures[i : i + _CHUNK], channels=1), kernel_1133)
        total += edges_n1hw.var((1, 2, 3), correction=0).sum().item()
    return total / len(pictures)
