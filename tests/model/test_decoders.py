"""The refined decoder, and an encoder that sees smaller pictures than the decoder makes."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.families import create
from looks_like.model.images import DevicePictures, Pictures, to_float
from looks_like.model.networks import SIZES_PX, RefinedDecoder
from looks_like.model.training import Trainer
from looks_like.model.training.between import NEIGHBOURS, Between

PLAIN = Device("cpu", torch.float32, "a test")
REFINED = {"decoder": "refined", "latent": 6, "width": 8}


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", SIZES_PX)
def test_it_makes_pictures_of_its_size(size: int, channels: int, depth: int) -> None:
    made_nchw = RefinedDecoder(size, channels, 6, (8, 16), depth)(torch.randn(2, 6))
    assert made_nchw.shape == (2, channels, size, size)
    assert made_nchw.dtype == torch.float32


def test_it_begins_as_its_linear_map_and_learns_beside_it(pixels_nhwc: np.ndarray) -> None:
    model = create("vae", size=32, batch=16, **REFINED)
    model.start_from(pixels_nhwc)
    z_nd = torch.randn(3, 6)
    torch.testing.assert_close(model.decoder(z_nd), model.decoder.linear(z_nd).view(3, 3, 32, 32))
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=30)
    for _ in range(8):
        trainer.train_step()
    assert not torch.allclose(model.decoder(z_nd), model.decoder.coarse(z_nd), atol=1e-4)
    heard = [name for name, weight in model.decoder.named_parameters() if "modulation" in name and weight.grad.any()]
    assert len(heard) == 2 * len(model.decoder.stages)  # the code is heard at every stage


def test_it_begins_as_the_decoder_of_another_model(pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(0)
    known = create("vae", size=64, latent=6, width=8).eval()
    nn.init.normal_(known.decoder.body[-2].weight, std=0.1)
    larger = create("vae", size=128, sees=64, learns="decoder", batch=16, **REFINED).eval()
    assert larger.refine(known)
    z_nd = torch.randn(3, 6)
    torch.testing.assert_close(F.avg_pool2d(larger.decoder(z_nd), 2), known.decoder(z_nd), atol=0.05, rtol=0.1)
    assert not create("vae", size=128, **REFINED | {"width": 16}).refine(known)
    assert not create("vae", size=128, latent=6, width=8).refine(known)


def test_the_decoder_alone_learns_where_only_it_is_asked_to(pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(0)
    model = create("vae", size=32, batch=16, learns="decoder", sharpen=0.5, **REFINED)
    model.start_from(pixels_nhwc)
    model.start_decoder(pixels_nhwc)
    encoder = {name: value.clone() for name, value in model.encoder.state_dict().items()}
    decoder = {name: value.clone() for name, value in model.decoder.state_dict().items()}
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=12)
    parts = [report.parts for report in trainer.reports(every=1)]
    assert all(torch.equal(value, encoder[name]) for name, value in trainer.model.encoder.state_dict().items())
    assert not all(torch.equal(value, decoder[name]) for name, value in trainer.model.decoder.state_dict().items())
    assert "mse" in parts[0]
    assert "patch_critic" not in parts[0]
    assert {"mse", "features", "appeal", "patch_critic"} <= parts[-1].keys()


def test_a_decoder_starts_as_the_best_linear_map_from_the_codes(pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(0)
    model = create("vae", size=32, **REFINED).eval()
    nn.init.normal_(model.encoder.head.weight, std=0.05)  # any encoder
    model.start_decoder(pixels_nhwc)
    x_nchw = to_float(pixels_nhwc)
    with torch.no_grad():
        z_nd, made_np = model.encode(x_nchw), model.decode(model.encode(x_nchw)).flatten(1)
    one_ne = torch.cat([z_nd, torch.ones(len(z_nd), 1)], 1).double()
    best_np = one_ne @ torch.linalg.lstsq(one_ne, x_nchw.flatten(1).double()).solution
    torch.testing.assert_close(made_np.double(), best_np, atol=2e-3, rtol=0)


def test_an_encoder_may_see_smaller_pictures() -> None:
    torch.manual_seed(0)
    model = create("vae", size=128, sees=32, **REFINED).eval()
    x_nchw = torch.rand(2, 3, 128, 128)
    with torch.inference_mode():
        torch.testing.assert_close(model.encode(x_nchw), model.encode(F.avg_pool2d(x_nchw, 4)))
        assert model.decode(model.encode(x_nchw)).shape == x_nchw.shape


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"size": 64, "sees": 128}, "sees 128 px: it can be 0 or 32, 64, 128, 256, at most size"),
        ({"sees": 40}, "sees 40 px"),
        ({"decoder": "diffusion"}, "decoder must be plain or refined"),
        ({"decoder_width": 4}, "decoder_width must be 0 or between 8 and 128"),
    ],
)
def test_what_cannot_be_is_a_sentence(settings: dict[str, object], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        create("vae", **settings)


# -- between products --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 9, 40])
def test_what_lies_between_is_mixed_of_neighbours(pixels_nhwc: np.ndarray, count: int) -> None:
    model = create("vae", size=32, latent=6, width=8).eval()
    model.start_from(pixels_nhwc)
    there = Between.of(model, pixels_nhwc[:count], PLAIN)
    assert there.near_nk.shape == (count, min(NEIGHBOURS, count - 1))
    z_md, thumbnails_mchw = there.drawn(500, torch.Generator().manual_seed(0))
    assert z_md.shape == (500, 6)
    assert thumbnails_mchw.shape == (500, 3, 8, 8)
    low_d, high_d = there.z_nd.min(0).values, there.z_nd.max(0).values
    assert ((z_md >= low_d - 1e-4) & (z_md <= high_d + 1e-4)).all()
    assert thumbnails_mchw.min() >= 0
    assert thumbnails_mchw.max() <= 1 + 1e-6
    # uniform on triangles: the mean of many is the mean of all, near enough
    assert (z_md.mean(0) - there.z_nd.mean(0)).abs().max() < there.z_nd.std(0).max()


def test_it_is_the_same_wherever_the_pictures_lie(pixels_nhwc: np.ndarray) -> None:
    model = create("vae", size=32, latent=6, width=8).eval()
    kinds = [pixels_nhwc, Pictures.all_of(pixels_nhwc), DevicePictures(torch.from_numpy(pixels_nhwc.copy()))]
    drawn = [Between.of(model, kind, PLAIN).drawn(20, torch.Generator().manual_seed(1))[0] for kind in kinds]
    assert torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn[0], drawn[2])


def test_codes_are_those_of_the_pictures(pixels_nhwc: np.ndarray) -> None:
    model = create("vae", size=32, latent=6, width=8).eval()
    with torch.no_grad():
        codes_nd = model.encode(to_float(pixels_nhwc[:30]))
    torch.testing.assert_close(Between.of(model, pixels_nhwc[:30], PLAIN).z_nd, codes_nd, atol=1e-5, rtol=1e-4)
