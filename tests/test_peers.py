"""The comparison with pythae: one yardstick for both sides, and the same objective on the same net."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.measure import Bench, Missing, Result
from benchmarks.peers import pythae as peers
from benchmarks.peers.pythae_side import Peer, their_model
from looks_like.explorer.core.lab import Lab
from looks_like.model.families import create
from looks_like.model.family import Family
from looks_like.model.images import to_float

VALUES = 3 * 32 * 32
BLACK_NHWC = np.zeros((8, 32, 32, 3), np.uint8)


def constant(family: str, level: float, **settings: float) -> Family:
    """Its code is always 0, with variance 1, and its picture always `level`."""
    net = create(family, size=32, latent=4, width=8, batch=8, **settings)
    with torch.no_grad():
        for weight in (net.encoder.head.weight, net.encoder.head.bias):
            weight.zero_()
        net.decoder.linear.bias.fill_(level)
    return net


def test_without_pythae_the_case_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with Bench(quick=True) as bench, pytest.raises(Missing, match='pip install "pythae'):
        next(peers.beside_pythae(bench))


@pytest.mark.parametrize(
    ("level", "nats"),
    [
        (0.5, VALUES / 2 * (1 + math.log(2 * math.pi * 0.25))),  # the best sigma is the error itself
        (0.01, VALUES / 2 * (0.0001 / 0.0036 + math.log(2 * math.pi * 0.0036))),  # it stops at the floor, .06
    ],
)
def test_the_held_out_loss_of_a_constant_picture(level: float, nats: float) -> None:
    found = peers.held_out_loss(constant("vae", level), BLACK_NHWC)
    assert found.mse == pytest.approx(level**2)
    assert found.loss == pytest.approx(nats)


def test_the_held_out_loss_of_a_wae_is_its_squared_error_and_what_its_codes_cost() -> None:
    free, dear, dearer = (peers.held_out_loss(constant("wae-mmd", 0.5, penalty=p), BLACK_NHWC) for p in (0.0, 1.0, 3.0))
    assert free.loss == pytest.approx(0.25 * VALUES)
    assert dear.loss > free.loss
    assert dearer.loss - free.loss == pytest.approx(3 * (dear.loss - free.loss), rel=1e-4)


def test_what_is_learnt_from_is_in_whole_batches_and_not_held_out(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_BATCH", 8)
    with Bench(quick=True) as bench:
        learn_nhwc, held_out_nhwc = peers.pictures(bench)
        assert learn_nhwc.shape == (16, 64, 64, 3)
        assert not {each.tobytes() for each in learn_nhwc} & {each.tobytes() for each in held_out_nhwc}
    with Bench(workspace=lab.workspace.folder) as bench:
        learn_nhwc, held_out_nhwc = peers.pictures(bench)
    out_n = lab.catalogue().held_out
    assert len(learn_nhwc) == (~out_n).sum() // 8 * 8
    assert len(held_out_nhwc) == out_n.sum()


def test_a_catalogue_smaller_than_a_batch_is_refused(lab: Lab) -> None:
    with Bench(workspace=lab.workspace.folder) as bench, pytest.raises(Missing, match="128 products or more"):
        peers.pictures(bench)


def test_a_ratio_of_figures_below_zero_is_not_said() -> None:
    assert Result("time", 2.0, "s", "theirs", 4.0).ratio == 2
    assert Result("nats", -22_000.0, "nats", "theirs", -21_000.0).ratio is None


@pytest.mark.parametrize(
    ("family", "settings"),
    [("vae", {}), ("beta-vae", {}), ("annealed-vae", {}), ("wae-mmd", {"penalty": 0.0, "code_noise": 0.0})],
)
def test_their_loss_is_ours_in_other_units(family: str, settings: dict[str, float]) -> None:
    pytest.importorskip("pythae")
    net = constant(family, 0.01, **settings)
    with torch.no_grad():
        net.encoder.head.bias[:4] = 0.7  # mean codes, for a KL of 4 x .245 nats
    x_nchw = to_float(BLACK_NHWC)
    theirs = their_model(net, family, 3).train()({"data": x_nchw}, epoch=3).loss.item()
    ours = net.loss(x_nchw, torch.Generator().manual_seed(0), 1.0)[0].item()
    if net.probabilistic:
        theirs = theirs / 0.0036 + VALUES / 2 * math.log(2 * math.pi * 0.0036)
    assert theirs == pytest.approx(ours, rel=1e-5)


def test_their_trainer_trains_our_net(tmp_path: Path) -> None:
    pytest.importorskip("pythae")
    net = constant("vae", 0.5)
    peer = Peer(net, "vae", to_float(np.repeat(BLACK_NHWC, 4, axis=0)), tmp_path, epochs=2)
    before = peers.held_out_loss(net, BLACK_NHWC).mse
    peer.epoch()
    peer.epoch()
    assert peer.epochs == 2
    assert peers.held_out_loss(net, BLACK_NHWC).mse < before
    assert (net.encoder.linear.weight == 0).all()
