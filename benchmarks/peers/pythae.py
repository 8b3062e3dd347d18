"""Four families beside pythae, on the same net, pictures and objective: a step's time, and what equal steps bring.

Equal: the layers (theirs train ours, see `pythae_side`), the batch, the number of steps, the function
that measures held-out pictures. Theirs: its loop, Adam at 1e-3, fp32. Ours: what `looks-like train` does, which is
bf16 where the processor has it, a rate that rises and falls, pictures that are moved and recoloured, averaged weights,
and networks that start as PCA; and once more from random weights, so that the reader sees what that start brings.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Generator

from benchmarks.measure import Bench, Missing, Result, by_turns, compared
from benchmarks.peers.pythae_side import LEARNING_RATE, Peer, wanted
from looks_like.data.pixels import pixel_array
from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import catalogue
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.core.space import encode_pixels
from looks_like.model.device import Device, pick_device
from looks_like.model.families import create
from looks_like.model.families.wae_mmd import WAE, mmd
from looks_like.model.family import Family
from looks_like.model.images import to_float
from looks_like.model.metrics.pictures.elbo import compute_elbo
from looks_like.model.metrics.pictures.reconstruction import reconstruction_mse
from looks_like.model.training.trainer import Trainer

PEERS = ("vae", "beta-vae", "annealed-vae", "wae-mmd")
_BATCH, _EDGE_PX = 128, 64  # as our settings are
_BATCHES, _EPOCHS, _HELD_OUT = 78, 3, 1024
_STRETCH = 4  # steps between two looks at the clock: seconds, whatever else the machine does
_TIMES = 1.8  # the least that ours is faster


def beside_pythae(bench: Bench) -> Iterator[Result]:
    """Training of vae, beta-vae, annealed-vae and wae-mmd beside pythae: a step's time, then held-out errors."""
    wanted()
    learn_nhwc, held_out_nhwc = pictures(bench)
    for family in PEERS:
        yield from speed(bench, family, learn_nhwc)
    for family in PEERS:
        yield from quality(bench, family, learn_nhwc, held_out_nhwc)


def pictures(bench: Bench) -> tuple[np.ndarray, np.ndarray]:
    """(to learn from, in whole batches; held out): drawn sneakers, or those of --workspace; uint8 (N, S, S, 3)."""
    count, held_out = _BATCH * bench.of(_BATCHES, 2), bench.of(_HELD_OUT, 64)
    if bench.workspace is None:
        drawn = [render(catalogue(0, i).sneaker, _EDGE_PX) for i in range(count + held_out)]
        return np.stack(drawn[:count]), np.stack(drawn[count:])
    lab = Lab(bench.workspace)
    there, pixels_nhwc = lab.catalogue(), pixel_array(lab.workspace, lab.catalogue(), _EDGE_PX)
    rows_n = np.flatnonzero(there.to_learn)[:count]
    if len(rows_n) < _BATCH:
        raise Missing(f"{_BATCH} products or more to learn from; {bench.workspace} has {len(rows_n)}")
    return pixels_nhwc[rows_n[: len(rows_n) // _BATCH * _BATCH]], pixels_nhwc[np.flatnonzero(there.held_out)[:held_out]]


# -- time ------------------------------------------------------------------------------------------------------------


def speed(bench: Bench, family: str, learn_nhwc: np.ndarray) -> Iterator[Result]:
    """A step of both, by turns; for the first family also ours in fp32, which says what the rest is."""
    steps = bench.of(_STRETCH, 2)
    x_nchw = to_float(learn_nhwc[: steps * _BATCH]).contiguous()
    peer = Peer(_fresh(family), family, x_nchw, bench.folder / "pythae" / family)
    ours, theirs = _Stretch(_steps_of(family, learn_nhwc, pick_device(), steps), steps), _Stretch(peer.epoch, steps)
    works = {f"{family}: a step of {_BATCH}": ours}
    if family == PEERS[0]:
        plain = _steps_of(family, learn_nhwc, _fp32(), steps)
        works[f"{family}: a step of {_BATCH}, ours in fp32 too"] = _Stretch(plain, steps)
    *samples, their_s = by_turns(*works.values(), theirs, rounds=bench.of(7, 2))
    for (what, work), ours_s in zip(works.items(), samples, strict=True):
        goal_ratio = bench.goal(_TIMES) if work is ours else None
        each = [[seconds / steps for seconds in mine] for mine in (ours_s, their_s)]
        yield compared(what, "ms", "pythae", each, goal_ratio=goal_ratio, more=_beside_the_clock(each, work, theirs))


class _Stretch:
    """A few steps, with the processor's time for them: with one thread it hardly depends on what else goes on."""

    def __init__(self, work: Callable[[], object], steps: int) -> None:
        self.work, self.steps, self.cpu_s = work, steps, list[float]()

    def __call__(self) -> None:
        before = time.process_time()
        self.work()
        self.cpu_s.append((time.process_time() - before) / self.steps)


def _steps_of(family: str, learn_nhwc: np.ndarray, device: Device, steps: int) -> Callable[[], object]:
    trainer = Trainer(_fresh(family), learn_nhwc, learn_nhwc[:0], steps=10_000, device=device)
    return lambda: [trainer.train_step() for _ in range(steps)]


def _beside_the_clock(each: list[list[float]], ours: _Stretch, theirs: _Stretch) -> dict[str, object]:
    cpu_s = [float(np.median(work.cpu_s[1:])) for work in (ours, theirs)]  # without the warm one
    return {
        "pictures_per_s": [round(_BATCH / float(np.median(mine))) for mine in each],
        "cpu_ms": [round(1000 * seconds, 1) for seconds in cpu_s],
        "cpu_ratio": round(cpu_s[1] / cpu_s[0], 3),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2),
    }


# -- what equal steps bring --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HeldOut:
    mse: float  # from mean codes, pixels in [0, 1]
    loss: float  # see `held_out_loss`


def held_out_loss(net: Family, pixels_nhwc: np.ndarray) -> HeldOut:
    """The same for both sides, in fp32, uint8 (N, S, S, 3): the error of rebuilt pictures, and the family's loss.

    That is the negative ELBO in nats, the Gaussian's sigma the best one for these pictures but not below the floor; or
    for WAE the squared error of a picture + penalty x MMD of all codes from as many drawn from N(0, I).
    """
    mse = reconstruction_mse(net, pixels_nhwc, _fp32())
    if net.probabilistic:
        return HeldOut(mse, compute_elbo(net, pixels_nhwc, _fp32()).negative_elbo)
    assert isinstance(net, WAE)
    z_nd = torch.from_numpy(encode_pixels(net, pixels_nhwc, _fp32()))
    prior_nd = torch.randn(z_nd.shape, generator=Generator().manual_seed(0))
    values = net.settings.channels * net.settings.size**2
    return HeldOut(mse, mse * values + net.settings.penalty * mmd(prior_nd, z_nd).item())


def quality(bench: Bench, family: str, learn_nhwc: np.ndarray, held_out_nhwc: np.ndarray) -> Iterator[Result]:
    """Held-out figures of ours from its usual start and from random weights, each beside theirs from the same."""
    epochs = bench.of(_EPOCHS, 2)
    steps = epochs * (len(learn_nhwc) // _BATCH)
    net = _fresh(family)
    peer = Peer(net, family, to_float(learn_nhwc).contiguous(), bench.folder / "pythae" / family, epochs=epochs)
    for _ in range(epochs):
        peer.epoch()
    theirs = held_out_loss(net.eval(), held_out_nhwc)
    more = {"learning_rate": LEARNING_RATE, "learnt_from": len(learn_nhwc), "held_out": len(held_out_nhwc)}
    unit = "nats" if net.probabilistic else "loss"
    for start in ("usual", "random"):
        ours = held_out_loss(_trained(family, learn_nhwc, steps, start), held_out_nhwc)
        what = f"{family}, {start} start, {steps} steps: held-out "
        goal_ratio, goal = (bench.goal(1.0), bench.goal(theirs.loss)) if start == "usual" else (None, None)
        yield Result(what + "error", ours.mse, "mse", "pythae", theirs.mse, goal_ratio=goal_ratio, more=more)
        yield Result(what + "loss", ours.loss, unit, "pythae", theirs.loss, goal=goal, more=more)


def _trained(family: str, learn_nhwc: np.ndarray, steps: int, start: str) -> Family:
    if start == "usual":
        net = _fresh(family)
        net.start_from(learn_nhwc)
    else:
        net = _fresh(family, start="mean")  # as it learns where it is told that nothing stands right yet
    trainer = Trainer(net, learn_nhwc, learn_nhwc[:0], steps=steps)
    for _ in range(steps):
        trainer.train_step()
    return trainer.ema


def _fresh(family: str, **settings: str) -> Family:
    """The same random weights each time."""
    torch.manual_seed(0)
    return create(family, size=_EDGE_PX, batch=_BATCH, **settings)


def _fp32() -> Device:
    return replace(pick_device(), dtype=torch.float32, why="fp32, to compare")
