"""How much is done, and what a figure is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from looks_like.model.device import Device

FAMILIES = ("vae", "beta-vae", "annealed-vae", "factor-vae", "beta-tc-vae", "beta-tc-vae, mlp")


@dataclass(frozen=True, kw_only=True)
class Form:
    """What fits into `minutes` on one kind of machine. A figure of one form is not one of another."""

    name: str
    minutes: float
    pictures: int  # to train on, encode and decode
    batches: dict[int, int]  # edge in px -> pictures per step
    sharpened: dict[int, int]  # the same for the last stage, which judges twice as many
    learnt: int  # sneakers to learn from, for the time to quality
    learnt_px: int
    looked_at_s: tuple[float, ...]  # after so long
    width: int = 32
    rounds: int = 5  # ours, theirs, ours, theirs …
    block: int = 10  # steps in a round
    decodes: int = 300  # of one picture
    codes: int = 1_000_000
    searched: int = 2000  # codes for which the processor looks for neighbours; extrapolated to all
    tile_bytes: int = 2**32  # more than 2**31 numbers would need wider indices
    sprites: int = 737_280
    sprite_batch: int = 512
    steps_max: int = 10**9
    start_from: int = 5000  # sprites whose mean every model starts from
    seeds: int = 2
    points: int = 50_000  # codes that measures are given
    dci_points: int = 15_000  # 0 = leave it out: with 113 values of factors it takes four minutes of a core
    bound_points: int = 10_000
    around_s: float = 3  # for what is done with each model before and after its steps
    after_s: float = 200  # left when the last model is trained: for its scores, and for what is timed meanwhile
    families: tuple[str, ...] = FAMILIES


GPU = Form(
    name="GPU",
    minutes=10,
    pictures=30_000,
    batches={64: 2048, 128: 1024, 256: 256},
    sharpened={64: 512, 128: 256, 256: 64},
    learnt=30_000,
    learnt_px=128,
    looked_at_s=(60, 180, 480),
)
GPU_QUICK = Form(
    name="GPU, quick",
    minutes=4,
    pictures=8192,
    batches={64: 1024},
    sharpened={64: 256},
    learnt=4096,
    learnt_px=64,
    looked_at_s=(30, 60),
    rounds=3,
    decodes=100,
    codes=200_000,
    sprites=100_000,
    seeds=1,
    points=15_000,
    dci_points=900,
    after_s=80,
)
CPU = Form(
    name="CPU-sized",
    minutes=5,
    pictures=128,
    batches={64: 64, 128: 32},
    sharpened={64: 32},
    learnt=1000,
    learnt_px=64,
    looked_at_s=(15, 45),
    rounds=3,
    block=1,
    decodes=50,
    codes=20_000,
    searched=500,
    tile_bytes=2**26,
    sprites=20_000,
    sprite_batch=64,
    steps_max=100,
    start_from=1000,
    seeds=1,
    points=5000,
    dci_points=0,
    bound_points=1000,
    after_s=100,
)
CPU_QUICK = Form(
    name="CPU-sized, quick",
    minutes=1,
    pictures=32,
    batches={64: 16},
    sharpened={32: 8},
    learnt=64,
    learnt_px=32,
    looked_at_s=(2,),
    width=8,
    rounds=1,
    block=1,
    decodes=3,
    codes=2000,
    searched=50,
    tile_bytes=2**20,
    sprites=400,
    sprite_batch=16,
    steps_max=3,
    start_from=100,
    seeds=1,
    points=400,
    dci_points=0,
    bound_points=100,
    after_s=0,
)


@dataclass(frozen=True)
class Figure:
    """Ours beside what one would otherwise run; `ratio` is how many times better ours is."""

    what: str
    ours: float
    unit: str
    beside: str
    theirs: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        if self.theirs is None:
            return None
        return self.ours / self.theirs if self.unit.endswith("/s") else self.theirs / self.ours


def form_of(device: Device, quick: bool) -> Form:
    if device.is_gpu:
        return GPU_QUICK if quick else GPU
    return CPU_QUICK if quick else CPU


def finished(work: Callable[[], object], device: Device) -> Callable[[], None]:
    """The work with all that it left the GPU to do: a call returns before that is done."""

    def call() -> None:
        work()
        if device.is_gpu:
            torch.cuda.synchronize()

    return call
