"""PSNR and MS-SSIM by hand."""

import numpy as np
import pytest
import torch

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.families import create
from looks_like.model.metrics.pictures.reconstruction import ms_ssim, psnr, reconstruction_ms_ssim, reconstruction_psnr

PLAIN = Device("cpu", torch.float32, "a test")
NOISE = torch.rand((4, 3, 64, 64), generator=torch.Generator().manual_seed(0))


def test_ten_decibels_are_a_tenth_of_the_error() -> None:
    flat_nchw = torch.zeros(3, 1, 8, 8)
    wrong_nchw = torch.tensor([1.0, 0.1**0.5, 0.1]).view(3, 1, 1, 1).expand(3, 1, 8, 8)
    np.testing.assert_allclose(psnr(flat_nchw, wrong_nchw), [0, 10, 20], atol=1e-5)
    np.testing.assert_allclose(psnr(flat_nchw, flat_nchw), 100)


def test_a_picture_is_like_itself() -> None:
    np.testing.assert_allclose(ms_ssim(NOISE, NOISE), 1, atol=1e-5)


def test_flat_pictures_differ_in_luminance_alone_by_hand() -> None:
    """(2 · .2 · .6 + .0001) / (.04 + .36 + .0001), to the share of the third of three scales."""
    dark, light = torch.full((1, 1, 64, 64), 0.2), torch.full((1, 1, 64, 64), 0.6)
    weight = 0.3001 / (0.0448 + 0.2856 + 0.3001)
    assert float(ms_ssim(dark, light)) == pytest.approx((0.2401 / 0.4001) ** weight, abs=1e-4)


@pytest.mark.parametrize(("edge_px", "weights"), [(11, 1), (21, 1), (22, 2), (43, 2), (64, 3), (128, 4), (176, 5)])
def test_scales_are_those_that_hold_the_window(edge_px: int, weights: int) -> None:
    """Of flat pictures the coarsest scale alone says luminance: its weight tells how many there were."""
    dark, light = torch.full((1, 1, edge_px, edge_px), 0.2), torch.full((1, 1, edge_px, edge_px), 0.6)
    of_five = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)[:weights]
    assert float(ms_ssim(dark, light)) == pytest.approx((0.2401 / 0.4001) ** (of_five[-1] / sum(of_five)), abs=1e-3)


def test_more_noise_is_less_alike_and_a_negative_is_not_alike_at_all() -> None:
    generator = torch.Generator().manual_seed(1)
    smooth = torch.nn.functional.avg_pool2d(NOISE, 9, 1, 4)
    noise = torch.randn(smooth.shape, generator=generator)
    little, much = (ms_ssim(smooth, smooth + share * noise) for share in (0.02, 0.1))
    assert (little < 1).all()
    assert (little > much).all()
    assert (much > 0).all()
    assert float(ms_ssim(NOISE, 1 - NOISE).max()) == 0


def test_too_small_for_the_window() -> None:
    with pytest.raises(ModelError, match="11 px or more, got 10 px"):
        ms_ssim(NOISE[..., :10, :10], NOISE[..., :10, :10])


def test_of_a_model_they_are_means_over_all_pictures() -> None:
    """A decoder that paints every picture black: of 300, half are black too and half white."""
    model = create("vae", size=32, latent=3, width=8, depth=0, batch=16)
    model.decode = lambda z_nd: torch.zeros(len(z_nd), 3, 32, 32)  # type: ignore[method-assign]
    pixels_nhwc = np.zeros((300, 32, 32, 3), np.uint8)
    pixels_nhwc[:150] = 255
    assert reconstruction_psnr(model, pixels_nhwc, PLAIN) == pytest.approx(50)
    of_white = (0.0001 / 1.0001) ** (0.2856 / (0.0448 + 0.2856))
    assert reconstruction_ms_ssim(model, pixels_nhwc, PLAIN) == pytest.approx((1 + of_white) / 2, rel=1e-3)
