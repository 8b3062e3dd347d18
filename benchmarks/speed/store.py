"""Pictures in: a folder into the catalogue, the catalogue into codes."""

import io
import itertools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from benchmarks.generated import MODEL, consume, lab_of, photographs
from benchmarks.measure import Bench, Result, by_turns, compared, seconds_of
from looks_like.data.importing import import_source
from looks_like.data.pixels import pixel_array
from looks_like.data.workspace import Workspace
from looks_like.explorer.core.space import encode_pixels
from looks_like.model.device import pick_device
from looks_like.model.disk.card import load_model
from looks_like.model.family import Family

_PHOTOGRAPHS = 13_677
_IMPORT_GOAL_S = 30.0  # for that many


def importing(bench: Bench) -> Iterator[Result]:
    """A folder of JPEGs into an empty workspace, beside a plain Pillow loop: decode, resize, save, nothing kept.

    The loop checks nothing, hashes nothing and commits nothing: it is the least that any import must do on one core.
    """
    count = bench.of(_PHOTOGRAPHS, 2000)
    source, numbers = photographs(bench, count), itertools.count()
    files = sorted(source.rglob("*.jpg"))
    sample = files[:: max(1, len(files) // 1000)]

    def ours() -> None:
        consume(import_source(Workspace(bench.folder / f"import-{next(numbers)}"), str(source)))

    samples = by_turns(ours, lambda: _pillow_loop(sample), rounds=bench.of(2, 3), warm=0)
    samples[1] = [seconds * count / len(sample) for seconds in samples[1]]
    kilobytes = sum(file.stat().st_size for file in files) / len(files) / 1000
    yield compared(
        f"import {count:,} pictures",
        "s",
        "serial Pillow loop, no store",
        samples,
        goal=round(_IMPORT_GOAL_S * count / _PHOTOGRAPHS, 1),
        more={"kilobytes_each": round(kilobytes, 1), "their_sample": len(sample)},
    )


def _pillow_loop(files: list[Path]) -> None:
    for file in files:
        image = Image.open(file).convert("RGB").resize((128, 128), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "JPEG", quality=95)


def encoding(bench: Bench) -> Iterator[Result]:
    """Pictures in the store -> codes, beside what a tutorial does: DataLoader (2 workers), Pillow, fp32, same net.

    Theirs reads the same bytes from files and stacks float tensors; ours fills the pixel array anew each time.
    """
    lab = lab_of(bench, bench.of(30_000, 3000))
    catalogue, device = lab.catalogue(), pick_device()
    net, _ = load_model(lab.folder(MODEL), device.name)
    plain, _ = load_model(lab.folder(MODEL))
    plain = contiguous(plain)
    files = _stored_files(bench, catalogue.pictures(range(len(catalogue))))
    codes: dict[str, np.ndarray] = {}

    def ours() -> None:
        for file in lab.workspace.pixels.glob("*"):
            file.unlink()
        codes["ours"] = encode_pixels(net, pixel_array(lab.workspace, catalogue, net.settings.size), device)

    def theirs() -> None:
        codes["theirs"] = _encode_plainly(plain, files)

    samples = by_turns(ours, theirs, rounds=3, warm=0)
    again = seconds_of(lambda: encode_pixels(net, pixel_array(lab.workspace, catalogue, 64), device))
    apart = float(np.abs(codes["ours"] - codes["theirs"]).mean() / codes["theirs"].std())
    more = {"again_s": round(again, 2), "mean_difference_of_codes_over_their_deviation": round(apart, 4)}
    what = f"encode {len(catalogue):,} pictures"
    yield compared(what, "s", "DataLoader + Pillow + fp32", samples, goal_ratio=2, more=more)


def contiguous(net: Family) -> Family:
    """The same net as PyTorch lays it out by default; its decoder no longer turns its input to channels last."""
    net = net.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    net.decoder.body.register_forward_pre_hook(lambda module, inputs: (inputs[0].contiguous(),))
    return net


def _stored_files(bench: Bench, contents: list[bytes]) -> list[Path]:
    folder = bench.folder / "stored-files"
    folder.mkdir(exist_ok=True)
    files = [folder / f"{i:06d}" for i in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


class _Files(Dataset[torch.Tensor]):
    def __init__(self, files: list[Path]) -> None:
        self.files = files

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, i: int) -> torch.Tensor:
        image = Image.open(self.files[i]).convert("RGB").resize((64, 64), Image.Resampling.BILINEAR)
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().float().div(255)


@torch.no_grad()
def _encode_plainly(net: Family, files: list[Path]) -> np.ndarray:
    loader = DataLoader(_Files(files), batch_size=128, num_workers=min(2, os.cpu_count() or 1))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "lancedb fork")  # the workers touch files alone, never a table
        return torch.cat([net.encode(x_nchw) for x_nchw in loader]).numpy()
