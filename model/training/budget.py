"""How many steps a training has: from passes over the products, or from seconds by a timed rehearsal."""

import time

from looks_like.model.training.trainer import Trainer


def steps_for_epochs(epochs: float, products: int, batch: int) -> int:
    """Steps in so many passes over the products."""
    return max(1, round(epochs * (products // min(batch, products))))


def steps_for_budget(trainer: Trainer, seconds: float) -> int:
    """Steps that fit in `seconds` here, from a timed rehearsal (a twentieth of the time, 30 s at most, per stage).

    The trainer is left as it was: it rehearses itself, so that what was compiled for one is there for the other. The
    number is fixed before the first step, so that the schedule, and with it the result, does not depend on what else
    the machine does meanwhile.
    """
    sharpen, started = trainer.model.settings.sharpen, time.perf_counter()
    tensors, numbers = trainer.state()
    tensors = {name: value.clone() for name, value in tensors.items()}
    trainer.steps = 10**9
    step_s = (1 - sharpen) * _seconds_per_step(trainer, min(30.0, seconds / 20)) if sharpen < 1 else 0.0
    if sharpen:
        trainer.step = trainer.steps  # as in the last stage
        step_s += sharpen * _seconds_per_step(trainer, min(30.0, seconds / 20))
    trainer.load_state(tensors, numbers)
    return max(1, int(0.95 * (seconds - (time.perf_counter() - started)) / step_s))


def _seconds_per_step(trainer: Trainer, dry_run: float) -> float:
    for _ in range(3):
        trainer.train_step()
    started, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - started) < dry_run or done < 5:
        trainer.train_step()
        done += 1
    return spent / done
