"""A step shared out is the step: computed in turn by one, or at once by two that add up their gradients."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.families import FAMILIES, create
from looks_like.model.training.shares import Shares, in_turn
from looks_like.model.training.trainer import Trainer

TINY: dict[str, Any] = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16, "hue": 0.5, "shift_px": 2}


class Meeting:
    """Two threads that add tensors up."""

    def __init__(self, count: int) -> None:
        self.barrier, self.brought = threading.Barrier(count, timeout=60), dict[int, list[Tensor]]()

    def member(self, rank: int) -> Shares:
        def add_up(tensors: list[Tensor]) -> None:
            self.brought[rank] = [tensor.clone() for tensor in tensors]
            self.barrier.wait()
            for at, tensor in enumerate(tensors):
                tensor.copy_(torch.stack([brought[at] for _, brought in sorted(self.brought.items())]).sum(0))
            self.barrier.wait()

        return Shares(self.barrier.parties, (rank,), add_up)


def trained(name: str, pixels_nhwc: np.ndarray, shares: Shares | None, steps: int = 5) -> dict[str, Tensor]:
    torch.manual_seed(0)
    trainer = Trainer(create(name, **TINY), pixels_nhwc[16:], pixels_nhwc[:16], steps=steps, shares=shares)
    for _ in range(steps):
        trainer.train_step()
    return dict(trainer.model.state_dict())


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_two_at_once_take_the_steps_that_one_takes_in_turn(
    name: str, pixels_nhwc: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = Device("cpu", torch.float32, "bf16 rounds more than is told apart here")
    monkeypatch.setattr("looks_like.model.training.trainer.pick_device", lambda: exact)
    in_turns, meeting = trained(name, pixels_nhwc, in_turn(2)), Meeting(2)
    lock = threading.Lock()

    def member(rank: int) -> dict[str, Tensor]:
        with lock:  # the first weights are drawn from what all threads share
            torch.manual_seed(0)
            model = create(name, **TINY)
        trainer = Trainer(model, pixels_nhwc[16:], pixels_nhwc[:16], steps=5, shares=meeting.member(rank))
        for _ in range(5):
            trainer.train_step()
        return dict(trainer.model.state_dict())

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(member, range(2)))
    torch.manual_seed(0)
    begun = create(name, **TINY).state_dict()
    moved, apart = (
        sum(float((one[key].double() - other[key]).square().sum()) for key in begun) ** 0.5
        for one, other in ((in_turns, begun), (found[0], in_turns))
    )
    assert moved > 0
    for key in begun:
        assert torch.equal(found[0][key], found[1][key])
    if not any("parametrizations" in key for key in begun):  # a critic's spectral norm is iterated once a share
        assert apart < 1e-2 * moved  # Adam's first steps are as long for a gradient of rounding errors as for any other


def test_shares_see_different_pictures_under_different_noise(pixels_nhwc: np.ndarray) -> None:
    whole, halves = (trained("vae", pixels_nhwc, shares) for shares in (None, in_turn(2)))
    assert not all(torch.equal(whole[key], halves[key]) for key in whole)
    trainer = Trainer(create("vae", **TINY), pixels_nhwc[16:], pixels_nhwc[:16], steps=5, shares=in_turn(2))
    first, second = (trainer._pictures(0, share) for share in (0, 1))
    assert len(first) == len(second) == 8
    assert not torch.equal(first, second)
    drawn = [torch.randn(4, generator=trainer._noise(share)) for share in (0, 1)]
    assert not torch.equal(*drawn)


def test_too_many_shares_are_a_sentence(pixels_nhwc: np.ndarray) -> None:
    with pytest.raises(ModelError, match="16 pictures a step are too few for 9 shares"):
        trained("vae", pixels_nhwc, in_turn(9))
