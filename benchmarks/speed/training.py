"""Training: one step."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Generator

from benchmarks.generated import lab_of
from benchmarks.measure import Bench, Result, by_turns, compared
from benchmarks.speed.store import contiguous
from looks_like.data.pixels import pixel_array
from looks_like.model.device import pick_device
from looks_like.model.families import Family, create
from looks_like.model.images import Pictures
from looks_like.model.training.trainer import Trainer

_BATCH = 128


def training_step(bench: Bench) -> Iterator[Result]:
    """A step of the default vae (64 px, batch 128) beside the same net in plain fp32, contiguous, by an ordinary loop.

    Ours also clips gradients, follows with averaged weights and gathers a shuffled batch from the memory map; theirs
    takes whole batches that are tensors already.
    """
    lab = lab_of(bench, bench.of(30_000, 3000))
    pixels = pixel_array(lab.workspace, lab.catalogue(), 64)
    learn = Pictures.all_of(pixels)
    ours, theirs = create("vae", latent=32, size=64), create("vae", latent=32, size=64)
    ours.start_from(learn[slice(1000)])
    theirs.load_state_dict(ours.state_dict())
    trainer = Trainer(ours, learn, learn[slice(0)], steps=10_000)
    step = _PlainLoop(contiguous(theirs), pixels)
    samples = by_turns(trainer.train_step, step, rounds=bench.of(40, 10), warm=3)
    more = {"device": pick_device().why}
    yield compared("training step, batch 128", "ms", "same net, fp32, AdamW", samples, goal_ratio=1.8, more=more)


class _PlainLoop:
    """What one writes on a first day; each call is a step."""

    def __init__(self, net: Family, pixels_nhwc: np.ndarray) -> None:
        self.net, self.rng, self.at = net.train(), Generator().manual_seed(0), 0
        first = torch.from_numpy(np.array(pixels_nhwc[: 20 * _BATCH]))
        self.batches = [x.permute(0, 3, 1, 2).contiguous().float().div(255) for x in torch.split(first, _BATCH)]
        self.batches = [x for x in self.batches if len(x) == _BATCH]
        self.optimiser = torch.optim.AdamW([w for w in net.parameters() if w.requires_grad], lr=1e-4)

    def __call__(self) -> None:
        x_nchw = self.batches[self.at % len(self.batches)]
        self.optimiser.zero_grad()
        loss, _ = self.net.loss(x_nchw, self.rng, 0.5)
        torch.autograd.backward(loss / x_nchw[0].numel())
        self.optimiser.step()
        self.at += 1
