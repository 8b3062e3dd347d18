"""A model for programs without PyTorch: encoder and decoder as ONNX, each checked against PyTorch before it is kept."""

import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from looks_like.model.disk.card import Card
from looks_like.model.errors import ModelError
from looks_like.model.family import Family

APART_MAX = 1e-4  # between ONNX Runtime and PyTorch, of any number that comes out
_NEEDS, _CHECKED = ("onnx", "onnxscript", "onnxruntime"), 3  # pictures or codes
_ABOUT = "looks-like"  # the key under which a file says what it is


@dataclass(frozen=True)
class OnnxFile:
    """A file that was written, and how far what it gives is from what PyTorch gives."""

    file: Path
    apart: float


class _Encoder(nn.Module):
    def __init__(self, net: Family) -> None:
        super().__init__()
        self.net = net

    def forward(self, pictures_nchw: Tensor) -> Tensor:
        return self.net.encode(pictures_nchw)


class _Decoder(nn.Module):
    def __init__(self, net: Family) -> None:
        super().__init__()
        self.net = net

    def forward(self, z_nd: Tensor) -> Tensor:
        return self.net.decode(z_nd)


def write_onnx(net: Family, card: Card, folder: Path) -> Iterator[OnnxFile]:
    """`encoder.onnx` (pictures float32 (N, C, S, S) in [0, 1] -> codes (N, D)) and `decoder.onnx`, the other way; N is
    free. Of a look the encoder alone.

    ModelError where the packages are lacking, or where what a file gives is not what PyTorch gives.
    """
    if lacking := [name for name in _NEEDS if find_spec(name) is None]:
        raise ModelError(f"ONNX needs {', '.join(lacking)}: pip install looks-like[onnx]")
    net = net.cpu().eval()
    settings, rng = net.settings, torch.Generator().manual_seed(0)
    pictures_nchw = torch.rand(_CHECKED, settings.channels, settings.size, settings.size, generator=rng)
    about = {"name": card.name, "family": card.family, "size": settings.size, "latent": settings.latent}
    if net.encodes:
        yield _written(_Encoder(net), pictures_nchw, folder / "encoder.onnx", ("pictures", "codes"), about)
    if net.decodes:
        z_nd = torch.randn(_CHECKED, settings.latent, generator=rng)
        yield _written(_Decoder(net), z_nd, folder / "decoder.onnx", ("codes", "pictures"), about)


def _written(
    part: nn.Module, example: Tensor, file: Path, names: tuple[str, str], about: dict[str, object]
) -> OnnxFile:
    import onnx

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # of packages that are not needed here
        program = torch.onnx.export(
            part.eval(),
            (example,),
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_shapes=({0: torch.export.Dim("n")},),
            dynamo=True,
            verbose=False,
        )
        expected = part(example).numpy()
    assert program is not None
    model = program.model_proto
    onnx.helper.set_model_props(model, {_ABOUT: json.dumps(about)})
    content = model.SerializeToString()
    apart = float(np.abs(_run(content, names[0], example.numpy()) - expected).max())
    if not apart <= APART_MAX:
        raise ModelError(f"{file.name} gives numbers {apart:.2g} from PyTorch's, more than {APART_MAX:g}: not kept")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return OnnxFile(file, apart)


def _run(content: bytes, name: str, example: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {name: example})[0])
