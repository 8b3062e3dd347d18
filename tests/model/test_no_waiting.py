"""A training step reads nothing back from the device: on a GPU each such read waits until all work is done."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from looks_like.model.device import Device
from looks_like.model.families import FAMILIES, create
from looks_like.model.training import Trainer

PLAIN = Device("cpu", torch.float32, "a test")
READS = ("item", "tolist", "cpu", "numpy", "__float__", "__int__", "__bool__", "__index__", "__array__")
SHAPED_BY_VALUES = ("_local_scalar_dense", "is_nonzero", "equal", "nonzero", "masked_select", "_unique2")
SETTINGS = {"size": 32, "width": 8, "latent": 4, "batch": 16, "hue": 0.5, "shift_px": 2}


class HostRead(AssertionError):
    pass


class _NoReads(TorchDispatchMode):
    """What libraries of C++ do to look at a value, or make a shape of one."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in SHAPED_BY_VALUES:
            raise HostRead(name)
        return func(*args, **(kwargs or {}))


@contextlib.contextmanager
def no_host_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever looks at the value of a tensor raises."""

    def refuse(name: str) -> Any:
        def read(*args: Any, **kwargs: Any) -> Any:
            raise HostRead(name)

        return read

    with monkeypatch.context() as patch, _NoReads():
        for name in READS:
            patch.setattr(Tensor, name, refuse(name))
        yield


def pictures(count: int = 64) -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 255, (count, 32, 32, 3), np.uint8))


def trainer(family: str, **settings: Any) -> Trainer:
    from looks_like.model.images import DevicePictures

    torch.manual_seed(0)
    there = DevicePictures(pictures())
    made = create(family, **SETTINGS | settings)
    return Trainer(made, there, pictures(0).numpy(), steps=100, device=PLAIN)


CASES = [(name, {}) for name in sorted(FAMILIES)]
CASES += [(name, {"sharpen": 0.5}) for name in sorted(FAMILIES) if name not in ("gan", "vae-gan")]
CASES += [("vae", {"likelihood": kind}) for kind in ("bernoulli", "laplacian")] + [("vae", {"channels": 1})]
CASES += [("beta-vae", {"perceptual": 1.0}), ("annealed-vae", {"start": "mean"})]


@pytest.mark.parametrize(("family", "settings"), CASES, ids=lambda case: str(case).strip("{}").replace("'", ""))
def test_no_step_waits(family: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    running = trainer(family, **settings)
    for step in (0, 99):  # the first; the last stage, if there is one
        running.step = step
        running.train_step()  # what is made once may be read
        running.step = step
        with no_host_reads(monkeypatch):
            parts = running.train_step()
        assert all(np.isfinite(float(value)) for value in parts.values())


@pytest.mark.parametrize("read", [float, bool, lambda x: x.item(), lambda x: x.tolist(), np.asarray, torch.nonzero])
def test_a_read_is_seen(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    value = torch.ones(())
    with pytest.raises((HostRead, TypeError)), no_host_reads(monkeypatch):
        read(value)
