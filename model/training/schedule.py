"""What follows from the number of a step alone: the learning rate, the average's decay, the order of the pictures."""

import math

import numpy as np

_EMA = 0.999  # the weights on show are an average over about the last 1,000 steps
_WARM_STEPS = 200  # least steps over which the rate rises: heads that start at zero fly off in Adam's first steps


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Rises in a line, then falls as a half cosine (Loshchilov and Hutter 2017) to 0 at the last step."""
    rise = min(1.0, (step + 1) / min(max(_WARM_STEPS, 0.03 * steps), 0.2 * steps))
    return float(peak * rise * (0.5 + 0.5 * math.cos(math.pi * step / steps)))


def ema_decay(step: int) -> float:
    """Of the exponential moving average of the weights; faster while it is young."""
    return min(_EMA, (1 + step) / (10 + step))


def epoch_order(count: int, seed: int, epoch: int) -> np.ndarray:
    """(count,) int64: the order in which one epoch goes through the pictures."""
    return np.random.default_rng((seed, epoch)).permutation(count)
