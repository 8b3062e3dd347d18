"""Device and precision, chosen once per process, with the reason."""

import contextlib
import functools
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    name: str  # "cpu", "cuda" or "mps", as torch says it
    dtype: torch.dtype  # of the convolutions; weights and losses stay float32
    why: str  # for people: shown at start and kept in the card

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


def answer_with_one_thread() -> None:
    """For a server: an answer is small, and threads that wait for each other cost more than they save.

    Beside a busy neighbour (a training on the same two cores) a decode with two threads took 25 times longer.
    """
    torch.set_num_threads(1)


def _cpu_multiplies_bf16() -> bool:
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, check, lambda: False)() for check in checks)
