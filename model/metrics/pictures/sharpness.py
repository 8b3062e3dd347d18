"""Sharpness: how much neighbouring pixels differ."""

import numpy as np
import torch
import torch.nn.functional as F

from looks_like.model.images import Pictures, to_float
from looks_like.model.metrics.metric import Metric

_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))
_CHUNK = 256

MEASURES = (
    Metric(
        key="sharpness",
        judges="pictures",
        title="Sharpness",
        unit="of the data's own",
        better="neither",
        ideal=1.0,
        sentence="How sharp decoded pictures are beside the products' own: 1 is as sharp. Noise and checkerboards are "
        "sharp too, so read it beside the error.",
        source="Tolstikhin 2018",
        protocol="Mean over pictures of the variance within each of the Laplacian (0 1 0, 1 -4 1, 0 1 0) of grey "
        "values in [0, 1], over the same of real pictures. It depends on the size of the pictures. Faces of the paper: "
        "data 2e-2, VAE 3e-3, WAE 6e-3.",
    ),
)


def sharpness(pictures: np.ndarray | Pictures) -> float:
    """Mean over uint8 pictures (N, S, S, 3) of the variance within each; their outermost pixels have no Laplacian."""
    return float(each_sharpness(pictures).mean())


@torch.inference_mode()
def each_sharpness(pictures: np.ndarray | Pictures) -> np.ndarray:
    """(N,) float64: that variance of each."""
    kernel_1133, found = torch.tensor(_LAPLACIAN).view(1, 1, 3, 3), []
    for i in range(0, len(pictures), _CHUNK):
        edges_n1hw = F.conv2d(to_float(pictures[i : i + _CHUNK], channels=1), kernel_1133)
        found.append(edges_n1hw.var((1, 2, 3), correction=0).double().numpy())
    return np.concatenate(found)
