"""Device and precision, chosen once per process, with the reason."""

import contextlib
import functools
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Device:
    name: str  # "cpu", "cuda" or "mps", as torch says it
    dtype: torch.dtype  # of the convolutions; weights and losses stay float32
    why: str  # for people: shown at start and kept in the card

    @property
    def is_gpu(self) -> bool:
        """One that has memory of its own and kernels worth fusing."""
        return self.name == "cuda"

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        if self.dtype is torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.name, self.dtype)


@functools.cache
def pick_device() -> Device:
    """The fastest device here. bf16 is used only where the hardware multiplies it: elsewhere it is slower."""
    if torch.cuda.is_available():
        card = torch.cuda.get_device_name()
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return Device("cuda", torch.bfloat16, f"{card}, bf16")
        return Device("cuda", torch.float32, f"{card}, fp32 (no bf16)")
    if torch.backends.mps.is_available():
        return Device("mps", torch.float32, "Apple GPU, fp32")
    capability = torch.backends.cpu.get_cpu_capability()
    if torch.ops.mkldnn._is_mkldnn_bf16_supported() and _cpu_multiplies_bf16():
        return Device("cpu", torch.bfloat16, f"no GPU; CPU ({capability}) multiplies bf16")
    return Device("cpu", torch.float32, f"no GPU; CPU ({capability}) has no bf16, fp32")


def has_room(size_bytes: int) -> bool:
    """Whether the GPU can keep so much and still train: it may take half of what is free."""
    return size_bytes < torch.cuda.mem_get_info()[0] // 2


def compile_forward(networks: list[nn.Module], dry_run: Callable[[], object]) -> None:
    """Fuse each network's forward and backward pass, in place: the names of its weights stay as they are.

    `rehearsal` uses them once, so that a compiler that is missing or fails is found before the first step. Then they
    go on uncompiled, with a warning.
    """
    for network in networks:
        network.compile(dynamic=False)
    try:
        dry_run()
    except torch.OutOfMemoryError:
        raise  # uncompiled it would need no less
    except Exception as reason:  # noqa: BLE001 - compilers fail in many ways, and the plain network does the same work
        for network in networks:
            network._compiled_call_impl = None
        said = (str(reason).splitlines() or [""])[0][:200]
        warnings.warn(f"going on without torch.compile, slower: {type(reason).__name__}: {said}", stacklevel=2)


def answer_with_one_thread() -> None:
    """For a server: an answer is small, and threads that wait for each other cost more than they save.

    Beside a busy neighbour (a training on the same two cores) a decode with two threads took 25 times longer.
    """
    torch.set_num_threads(1)


def _cpu_multiplies_bf16() -> bool:
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, check, lambda: False)() for check in checks)
