"""One step by several: a batch in equal shares, each with noise of its own, whose gradients are averaged.

Computed in turn by one process or at once by many, the step is the same up to the order in which numbers are added.
What a loss compares within a batch (codes with each other, made pictures with real ones) it compares within a share.
Not quite the same is a critic's spectral norm, which is iterated with every share that a process computes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Generator, Tensor

from looks_like.model.errors import ModelError
from looks_like.model.training.schedule import drawn_at

_LEAST = 2  # pictures of a share
_OF_NOISE = 104_729  # apart from what draws the order and the colours of the same step


def _alone(tensors: list[Tensor]) -> None:
    """One process has nobody to add to."""


@dataclass(frozen=True)
class Shares:
    """How many there are of each batch, and which of them this process computes."""

    count: int = 1
    own: tuple[int, ...] = (0,)
    add_up: Callable[[list[Tensor]], None] = _alone  # over all processes, in place
    checkpoint_steps: int = 250  # between two checkpoints of what several compute, who have no clock in common

    @property
    def alone(self) -> bool:
        """Whether this process computes all of them."""
        return len(self.own) == self.count

    def agree(self, tensors: list[Tensor]) -> None:
        """All processes have those of the first one, in place: rounding may have begun them a little apart."""
        if self.alone:
            return
        if 0 not in self.own:
            for tensor in tensors:
                tensor.zero_()
        self.add_up(tensors)

    def check(self, batch: int) -> None:
        """ModelError where a batch is too small to be shared out."""
        if self.count > 1 and batch < _LEAST * self.count:
            raise ModelError(
                f"{batch} pictures a step are too few for {self.count} shares: use fewer shares, or "
                f"--set batch={16 * self.count}"
            )

    def noise(self, rng: Generator, seed: int, step: int, share: int) -> Generator:
        """What the losses of a share draw from; where there is one share, `rng`, which goes on from step to step."""
        return rng if self.count == 1 else drawn_at(seed + _OF_NOISE * (share + 1), step, rng.device)


def in_turn(count: int) -> Shares:
    """All computed by this process."""
    return Shares(count, tuple(range(count)))
