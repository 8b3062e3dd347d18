"""How many steps a training has: from passes over the products, or from seconds by a timed rehearsal."""

import copy
import time

import numpy as np

from looks_like.model.device import Device
from looks_like.model.family import Family
from looks_like.model.images import Pictures
from looks_like.model.training.trainer import Trainer


def steps_for_epochs(epochs: float, products: int, batch: int) -> int:
    """Steps in so many passes over the products."""
    return max(1, round(epochs * (products // min(batch, products))))


def steps_for_budget(
    model: Family, pictures: np.ndarray | Pictures, seconds: float, device: Device | None = None
) -> int:
    """Steps that fit in `seconds` here, from a timed rehearsal on a copy (a twentieth of the time, 30 s at most).

    The number is fixed before the first step, so that the schedule, and with it the result, does not depend on what
    else the machine does meanwhile.
    """
    sharpen, started = model.settings.sharpen, time.perf_counter()
    trainer = Trainer(copy.deepcopy(model), pictures, pictures[slice(0)], steps=10**9, device=device)
    step_s = (1 - sharpen) * _seconds_per_step(trainer, min(30.0, seconds / 20))
    if sharpen:
        trainer.step = trainer.steps  # as in the last stage
        step_s += sharpen * _seconds_per_step(trainer, min(30.0, seconds / 20))
    return max(1, int(0.95 * (seconds - (time.perf_counter() - started)) / step_s))


def _seconds_per_step(trainer: Trainer, dry_run: float) -> float:
    for _ in range(3):
        trainer.train_step()
    started, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < dry_run or done < 5:
        trainer.train_step()
        done += 1
    return spent / done
