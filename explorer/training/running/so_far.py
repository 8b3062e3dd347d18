"""What a model has learnt so far, for who watches: its held-out error by step, and a few products as rebuilt by now."""

import contextlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from looks_like.atomic import own_file, write_whole
from looks_like.data.errors import CatalogueError
from looks_like.explorer.core import Lab, encode_pixels
from looks_like.explorer.jobs import Job
from looks_like.model.errors import ModelError
from looks_like.model.families import Family
from looks_like.model.images import Pictures, to_uint8
from looks_like.model.training import read_history

REBUILT_FILE = "rebuilt.png"  # beside a model while it learns
_SHOWN, _BYTES_MAX, _EDGE_MAX_PX = 8, 16_000_000, 8192


@dataclass(frozen=True)
class SoFar:
    """Held-out mean squared error by step. `rebuilt_png`: held-out products above, what the model makes of them below;
    b"" before the first.
    """

    model: str
    steps: list[float]
    errors: list[float]
    rebuilt_png: bytes


def write_rebuilt(folder: Path, model: Family, held_out: Pictures) -> None:
    """The first few held-out products and each rebuilt, as one picture in the model's folder.

    Only for who watches: where codes are no numbers by now, or the disk is full, the training goes on without.
    """
    shown_nhwc = held_out[:_SHOWN]
    if not len(shown_nhwc):
        return
    with contextlib.suppress(ModelError, OSError):
        rows = [np.concatenate(list(each_nhwc), axis=1) for each_nhwc in (shown_nhwc, _rebuilt(model, shown_nhwc))]
        out = BytesIO()
        Image.fromarray(np.concatenate(rows)).save(out, "PNG")
        write_whole(folder / REBUILT_FILE, out.getvalue())


@torch.inference_mode()
def _rebuilt(model: Family, pixels_nhwc: np.ndarray) -> np.ndarray:
    device = next(model.parameters()).device
    z_nd = torch.as_tensor(encode_pixels(model, pixels_nhwc)).to(device)
    return to_uint8(model.decode(z_nd))


def drop_rebuilt(folder: Path) -> None:
    """Of a model that is finished its checks tell more."""
    (folder / REBUILT_FILE).unlink(missing_ok=True)


def so_far(lab: Lab, job: Job) -> SoFar | None:
    """What the model of a training job can by now; None for other jobs, before its first report, and where what lies
    there is nothing that a training writes.
    """
    if job.words[:1] != ("train",) or "--name" not in job.words[:-1]:
        return None
    name = job.words[job.words.index("--name") + 1]
    try:
        folder = lab.folder(name)
        lines = [each for each in read_history(folder) if "held_out_mse" in each]
        steps, errors = ([float(each[key]) for each in lines] for key in ("step", "held_out_mse"))
        rebuilt_png = _rebuilt_png(folder)
    except (ModelError, CatalogueError, OSError, ValueError, TypeError, OverflowError):
        return None
    return SoFar(name, steps, errors, rebuilt_png) if lines else None


def _rebuilt_png(folder: Path) -> bytes:
    """b"" where there is none yet; OSError or ValueError for what is no such picture, before a pixel of it is read."""
    if not (folder / REBUILT_FILE).exists():
        return b""
    content = own_file(folder / REBUILT_FILE, _BYTES_MAX).read_bytes()
    with Image.open(BytesIO(content), formats=("PNG",)) as image:
        if max(image.size) > _EDGE_MAX_PX:
            raise ValueError(f"{REBUILT_FILE} is larger than what a training writes")
    return content
