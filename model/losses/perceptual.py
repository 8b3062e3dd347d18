"""Distance between two pictures as a network trained on ImageNet sees them (Zhang 2018, without the learnt weights).

The network is EfficientNet-lite0 up to an eighth of the edge; its weights come with an extra package and are no part
of a model.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

_STAGES = (0, 2, 4)  # blocks after which it looks: 1/2, 1/4 and 1/8 of the edge


def perceptual_distance(made_nchw: Tensor, x_nchw: Tensor) -> Tensor:
    """-> scalar >= 0: squared distance of features of unit length, averaged over places and stages.

    Differentiable in the first; 0 for equal pictures. ModelError says what to install.
    """
    with torch.no_grad():
        real = _features(x_nchw)
    made = _features(made_nchw)
    return torch.stack([(mine - theirs).square().sum(1).mean() for mine, theirs in zip(made, real, strict=True)]).mean()


def _features(x_nchw: Tensor) -> list[Tensor]:
    from looks_like.model.networks import EDGE_PX, efficientnet

    net, found = efficientnet(x_nchw.device.type), []
    x_nchw = F.interpolate(x_nchw, size=EDGE_PX, mode="bilinear", antialias=True).expand(-1, 3, -1, -1)
    y_nchw = net.stem(x_nchw)
    for i in range(_STAGES[-1] + 1):
        y_nchw = net.blocks[i](y_nchw)
        if i in _STAGES:
            found.append(F.normalize(y_nchw.float(), dim=1))
    return found
