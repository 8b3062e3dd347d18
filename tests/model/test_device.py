"""What a GPU gets, tried on the processor: pictures that stay on the device, networks that are compiled."""

import numpy as np
import pytest
import torch
from torch import nn

from looks_like.model.device import Device, compile_forward
from looks_like.model.families import create
from looks_like.model.images import DevicePictures, Pictures, to_float
from looks_like.model.training import trainer as train
from looks_like.model.training.trainer import Trainer

PLAIN = Device("cpu", torch.float32, "a test")


def trained(pictures: np.ndarray | Pictures | DevicePictures, held_out_nhwc: np.ndarray, steps: int = 12) -> Trainer:
    torch.manual_seed(0)
    model = create("vae", size=32, latent=6, width=8, batch=16)
    trainer = Trainer(model, pictures, held_out_nhwc, steps=steps, device=PLAIN)
    for _ in trainer.reports():
        pass
    return trainer


def test_resident_pictures_are_the_same_pictures(pixels_nhwc: np.ndarray) -> None:
    rows_n = np.arange(len(pixels_nhwc))[::-2]
    resident = DevicePictures.copy_of(Pictures(pixels_nhwc, rows_n), "cpu")
    assert len(resident) == len(rows_n)
    np.testing.assert_array_equal(resident[slice(3, 9)].numpy(), pixels_nhwc[rows_n][3:9])
    np.testing.assert_array_equal(resident[np.array([5, 0, 5])].numpy(), pixels_nhwc[rows_n][[5, 0, 5]])


def test_a_copy_in_pieces_is_whole() -> None:
    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (5000, 2, 2, 3), np.uint8)
    np.testing.assert_array_equal(DevicePictures.copy_of(pixels_nhwc, "cpu").pixels_nhwc.numpy(), pixels_nhwc)


@pytest.mark.parametrize("channels", [1, 3])
def test_bytes_become_the_same_floats_wherever_they_lie(channels: int, pixels_nhwc: np.ndarray) -> None:
    before = pixels_nhwc.copy()
    found = to_float(torch.from_numpy(pixels_nhwc), channels=channels)
    assert torch.equal(found, to_float(pixels_nhwc, channels=channels))
    np.testing.assert_array_equal(pixels_nhwc, before)


def test_a_training_on_resident_pictures_is_the_same_training(pixels_nhwc: np.ndarray) -> None:
    usual = trained(pixels_nhwc[16:], pixels_nhwc[:16]).ema.state_dict()
    resident = trained(DevicePictures.copy_of(pixels_nhwc[16:], "cpu"), pixels_nhwc[:16]).ema.state_dict()
    assert usual.keys() == resident.keys()
    assert all(torch.equal(usual[name], resident[name]) for name in usual)


def test_the_processor_trains_on_the_pictures_as_they_are_and_compiles_nothing(pixels_nhwc: np.ndarray) -> None:
    trainer = trained(pixels_nhwc, pixels_nhwc[:0], steps=1)
    assert trainer.pictures is pixels_nhwc
    assert trainer.model.encoder._compiled_call_impl is None


@pytest.mark.parametrize("free", [True, False])
def test_a_gpu_keeps_the_pictures_when_it_has_room(
    free: bool, pixels_nhwc: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(train, "has_room", lambda size_bytes: asked.append(size_bytes) or free)
    monkeypatch.setattr(Device, "is_gpu", True)
    kept = train._on_device_if_it_fits(pixels_nhwc, PLAIN)
    assert isinstance(kept, DevicePictures) == free
    assert asked == [pixels_nhwc.nbytes]
    if free:
        assert train._on_device_if_it_fits(kept, PLAIN) is kept


def test_a_compiled_network_keeps_the_names_of_its_weights() -> None:
    network, x_nd = nn.Linear(3, 2), torch.ones(4, 3)
    names, expected = list(network.state_dict()), network(x_nd)
    calls: list[int] = []
    network.compile = lambda **how: setattr(  # type: ignore[method-assign]
        network, "_compiled_call_impl", lambda *x: calls.append(1) or network._call_impl(*x)
    )
    compile_forward([network], lambda: network(x_nd))
    assert torch.equal(network(x_nd), expected)
    assert len(calls) == 2
    assert list(network.state_dict()) == names


def test_without_a_compiler_the_training_goes_on_and_says_so(
    pixels_nhwc: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(network: nn.Module, **how: object) -> None:
        def call(*x: object) -> object:
            raise RuntimeError("Failed to find C compiler\nand much more")

        network._compiled_call_impl = call

    expected = trained(pixels_nhwc, pixels_nhwc[:0]).ema.state_dict()
    monkeypatch.setattr(nn.Module, "compile", broken)
    monkeypatch.setattr(Device, "is_gpu", True)
    monkeypatch.setattr(train, "has_room", lambda size_bytes: False)
    with pytest.warns(UserWarning, match=r"without torch.compile, slower: RuntimeError: Failed to find C compiler$"):
        found = trained(pixels_nhwc, pixels_nhwc[:0]).ema.state_dict()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.parametrize(("family", "more"), [("vae", {}), ("factor-vae", {}), ("vae", {"sharpen": 0.5})])
def test_the_rehearsal_leaves_no_trace(family: str, more: dict[str, float], pixels_nhwc: np.ndarray) -> None:
    found = []
    for rehearsed in (False, True):
        torch.manual_seed(0)
        model = create(family, size=32, latent=6, width=8, batch=16, **more)
        trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=12, device=PLAIN)
        if rehearsed:
            trainer._dry_run()
            assert all(weight.grad is None for weight in trainer.model.parameters())
        found.append([report.parts for report in trainer.reports(every=1)])
    assert found[0] == found[1]
