"""What follows from the number of a step alone: the learning rate, the average's decay, the order of the pictures."""

import hashlib
import math

import torch
from torch import Generator, Tensor

_EMA = 0.999  # the weights on show are an average over about the last 1,000 steps
_WARM_STEPS = 200  # least steps over which the rate rises: heads that start at zero fly off in Adam's first steps


def learning_rate(step: int, steps: float, peak: float) -> float:
    """Rises in a line, then falls as a half cosine (Loshchilov and Hutter 2017) to 0 at the last step."""
    rise = min(1.0, (step + 1) / min(max(_WARM_STEPS, 0.03 * steps), 0.2 * steps))
    return float(peak * rise * (0.5 + 0.5 * math.cos(math.pi * step / steps)))


def ema_decay(step: int) -> float:
    """Of the exponential moving average of the weights; faster while it is young."""
    return min(_EMA, (1 + step) / (10 + step))


def epoch_order(count: int, seed: int, epoch: int, device: torch.device | str = "cpu") -> Tensor:
    """(count,) int64 on the device: the order in which one epoch goes through the pictures."""
    rng = drawn_at(seed, -1 - epoch, device)
    return torch.randperm(count, generator=rng, device=rng.device)


def drawn_at(seed: int, at: int, device: torch.device | str) -> Generator:
    """The random numbers of one step (`at` >= 0) or epoch (-1 - epoch), whatever was drawn before."""
    mixed = hashlib.blake2b(f"{seed} {at}".encode(), digest_size=7).digest()
    return Generator(device).manual_seed(int.from_bytes(mixed))
