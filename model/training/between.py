"""Places between products that look alike, for a critic to judge: what the eye meets on a path, and no loss did.

Mid-points of random pairs are too far from any product for a decoder to mend (docs/log.md). A product and two of its
neighbours, mixed, are where smoothed paths run.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from looks_like.model.device import Device
from looks_like.model.family import Family
from looks_like.model.images import DevicePictures, Pictures, to_float

NEIGHBOURS = 15
THUMBNAIL_PX = 8
PRODUCTS_MAX = 100_000  # evenly drawn, where there are more: all neighbours of all would take minutes
_CHUNK = 256


@dataclass(frozen=True)
class Between:
    """Codes of products, the nearest others of each, and what pictures are from afar; all on one device."""

    z_nd: Tensor
    near_nk: Tensor  # int64
    thumbnails_nchw: Tensor

    @classmethod
    @torch.no_grad()
    def of(
        cls,
        model: Family,
        pictures: np.ndarray | Pictures | DevicePictures,
        device: Device,
        most: int = PRODUCTS_MAX,
    ) -> "Between":
        """Encodes `most` of them, evenly drawn: as long as a pass over the products without a gradient."""
        count = len(pictures)
        rows = np.linspace(0, count - 1, min(count, most)).astype(np.int64)
        codes, thumbnails = [], []
        for i in range(0, len(rows), _CHUNK):
            x_nchw = to_float(pictures[rows[i : i + _CHUNK]], device.name, model.settings.channels)
            with device.autocast():
                codes.append(model.encode(x_nchw).float())
            thumbnails.append(F.adaptive_avg_pool2d(x_nchw, THUMBNAIL_PX))
        z_nd = torch.cat(codes)
        return cls(z_nd, _nearest(z_nd), torch.cat(thumbnails))

    def drawn(self, count: int, rng: Generator) -> tuple[Tensor, Tensor]:
        """-> (count, D) mixtures of a product and two of its neighbours, any weights alike likely; (count, C, 8, 8) the
        same mixtures of their pictures from afar, where products that look alike hardly differ.
        """
        first_n = torch.randint(len(self.z_nd), (count,), generator=rng, device=rng.device)
        which_n2 = torch.randint(self.near_nk.shape[1], (count, 2), generator=rng, device=rng.device)
        of_n3 = torch.cat([first_n[:, None], self.near_nk[first_n[:, None], which_n2]], dim=1)
        weight_n3 = -torch.rand(count, 3, generator=rng, device=rng.device).clamp_min(1e-6).log()
        weight_n3 = weight_n3 / weight_n3.sum(1, keepdim=True)  # uniform on the triangle
        z_nd = (weight_n3[..., None] * self.z_nd[of_n3]).sum(1)
        return z_nd, (weight_n3[..., None, None, None] * self.thumbnails_nchw[of_n3]).sum(1)


def _nearest(z_nd: Tensor) -> Tensor:
    """(N, K) int64, the others nearest to each, K = 15 where there are as many; where the codes lie."""
    k, square_n = min(NEIGHBOURS, len(z_nd) - 1), z_nd.square().sum(1)
    found = []
    for i in range(0, len(z_nd), _CHUNK):
        apart_mn = torch.addmm(square_n, z_nd[i : i + _CHUNK], z_nd.T, alpha=-2)
        apart_mn[torch.arange(len(apart_mn)), torch.arange(i, i + len(apart_mn))] = torch.inf  # itself
        found.append(apart_mn.topk(k, largest=False).indices)
    return torch.cat(found)
