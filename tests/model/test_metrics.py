"""Measures against values worked by hand, and principal components against scikit-learn's."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from looks_like.model.device import Device, pick_device
from looks_like.model.errors import ModelError
from looks_like.model.families import Family, create
from looks_like.model.families.vae import kl_nats
from looks_like.model.images import Pictures, to_float, to_uint8
from looks_like.model.losses.likelihoods import Bernoulli, Gaussian, LaplacianPyramid, pyramid
from looks_like.model.metrics.codes.active_dimensions import active_dimensions, active_in, kl_per_dimension
from looks_like.model.metrics.pictures.elbo import compute_elbo
from looks_like.model.metrics.pictures.reconstruction import pca_mse, reconstruction_mse
from looks_like.model.networks.pca import principal_components
from looks_like.model.training.augment import augment, hue_rotation, shifted
from looks_like.model.training.budget import steps_for_epochs
from looks_like.model.training.trainer import Trainer

PLAIN = Device("cpu", torch.float32, "a test")
TINY = {"size": 32, "latent": 3, "width": 8, "depth": 0, "batch": 16}


# -- pictures as numbers -----------------------------------------------------------------------------------------


def test_pictures_become_numbers_and_come_back_the_same() -> None:
    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    x_nchw = to_float(pixels_nhwc)
    assert x_nchw.shape == (5, 3, 32, 32)
    assert 0 <= float(x_nchw.min()) <= float(x_nchw.max()) <= 1
    np.testing.assert_array_equal(to_uint8(x_nchw), pixels_nhwc)


def test_grey_is_luminance_and_comes_back_as_three_equal_channels() -> None:
    pixels_nhwc = np.full((1, 32, 32, 3), (255, 128, 0), np.uint8)
    x_nchw = to_float(pixels_nhwc, channels=1)
    assert x_nchw.shape == (1, 1, 32, 32)
    assert float(x_nchw.mean()) == pytest.approx(0.299 + 0.587 * 128 / 255, abs=1e-5)
    assert (to_uint8(x_nchw) == round(255 * (0.299 + 0.587 * 128 / 255))).all()


def test_values_outside_the_range_are_clamped() -> None:
    x_nchw = torch.tensor([-1.0, 0.4999 / 255, 0.5001 / 255, 2]).view(1, 1, 2, 2)
    assert to_uint8(x_nchw)[0, ..., 0].ravel().tolist() == [0, 0, 1, 255]


def test_some_rows_of_an_array_read_like_an_array(pixels_nhwc: np.ndarray) -> None:
    rows_n = np.array([7, 3, 99])
    some = Pictures(pixels_nhwc, rows_n)
    assert len(some) == 3
    np.testing.assert_array_equal(some[slice(2)], pixels_nhwc[[7, 3]])
    np.testing.assert_array_equal(some[np.array([2, 0])], pixels_nhwc[[99, 7]])
    np.testing.assert_array_equal(Pictures.all_of(pixels_nhwc)[slice(5, 9)], pixels_nhwc[5:9])


def test_a_hue_turn_keeps_greys_and_brightness() -> None:
    turn_n33 = hue_rotation(torch.tensor([0.0, 1.0, 2 * np.pi / 3], dtype=torch.float64)).numpy()
    np.testing.assert_allclose(turn_n33[0], np.eye(3), atol=1e-12)
    np.testing.assert_allclose(turn_n33 @ np.ones(3), np.ones((3, 3)))
    np.testing.assert_allclose(turn_n33[2] @ [1, 0, 0], [0, 1, 0], atol=1e-12)  # a third of a turn: red is green


def test_a_shift_moves_and_repeats_the_border() -> None:
    x_nchw = torch.arange(16.0).view(1, 1, 4, 4)
    none, one = torch.tensor(0), torch.tensor(1)
    assert shifted(x_nchw, one, none)[0, 0].tolist()[0] == [0, 0, 1, 2]
    assert shifted(x_nchw, none, -one)[0, 0, :, 0].tolist() == [4, 8, 12, 12]
    assert torch.equal(shifted(x_nchw, none, none), x_nchw)


def test_augmentation_follows_from_seed_and_step(pixels_nhwc: np.ndarray) -> None:
    x_nchw = to_float(pixels_nhwc[:8])
    assert torch.equal(augment(x_nchw, 1, 0.5, 0, 7), augment(x_nchw, 1, 0.5, 0, 7))
    assert not torch.equal(augment(x_nchw, 1, 0.5, 0, 7), augment(x_nchw, 1, 0.5, 0, 8))
    assert torch.equal(augment(x_nchw, 0, 0.0, 0, 7), x_nchw)


# -- principal components ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 8, 20])
def test_principal_components_are_those_of_scikit_learn(k: int, pixels_nhwc: np.ndarray) -> None:
    from sklearn.decomposition import PCA

    found = principal_components(pixels_nhwc, k)
    x_np = to_float(pixels_nhwc).reshape(len(pixels_nhwc), -1).numpy()
    true = PCA(k, svd_solver="full").fit(x_np)
    rebuilt_np = true.inverse_transform(true.transform(x_np)).clip(0, 1)
    assert pca_mse(found, pixels_nhwc) == pytest.approx(((rebuilt_np - x_np) ** 2).mean(), rel=0.01)
    np.testing.assert_allclose(found.variance_d.numpy(), true.explained_variance_, rtol=0.02)
    np.testing.assert_allclose(found.components_dp @ found.components_dp.T, np.eye(k), atol=1e-4)


def test_principal_components_do_not_depend_on_how_the_array_is_read(pixels_nhwc: np.ndarray) -> None:
    whole, part = (principal_components(given, 4) for given in (pixels_nhwc, Pictures.all_of(pixels_nhwc)))
    assert torch.equal(whole.components_dp, part.components_dp)


def test_alike_pictures_have_no_principal_components_and_do_no_harm() -> None:
    found = principal_components(np.full((20, 32, 32, 3), 77, np.uint8), 4)
    assert bool(torch.isfinite(found.components_dp).all())
    assert pca_mse(found, np.full((20, 32, 32, 3), 77, np.uint8)) == pytest.approx(0, abs=1e-9)


# -- reconstruction and likelihood -------------------------------------------------------------------------------


def test_reconstruction_error_by_hand() -> None:
    """A decoder that always paints 0.5 against half black, half white: a quarter."""
    model = create("vae", **TINY)
    model.decode = lambda z_nd: torch.full((len(z_nd), 3, 32, 32), 0.5)  # type: ignore[method-assign]
    pixels_nhwc = np.zeros((300, 32, 32, 3), np.uint8)
    pixels_nhwc[::2] = 255
    assert reconstruction_mse(model, pixels_nhwc, PLAIN) == pytest.approx(0.25)


def test_a_rebuilt_picture_is_clamped_before_it_is_measured() -> None:
    model = create("vae", **TINY)
    model.decode = lambda z_nd: torch.full((len(z_nd), 3, 32, 32), 1.7)  # type: ignore[method-assign]
    assert reconstruction_mse(model, np.full((4, 32, 32, 3), 255, np.uint8), PLAIN) == 0


@pytest.mark.parametrize(
    ("sigma_floor", "nats"), [(0.1, 1 + math.log(2 * math.pi * 0.25)), (1.0, 0.25 + math.log(2 * math.pi))]
)
def test_gaussian_nats_by_hand(sigma_floor: float, nats: float) -> None:
    gaussian = Gaussian(sigma_floor)
    x_nchw, y_nchw = torch.zeros(2, 1, 2, 2), torch.full((2, 1, 2, 2), 0.5)
    error = gaussian.error(y_nchw, x_nchw)
    assert float(error) == pytest.approx(0.25)
    assert float(gaussian.nats(error, 4)) == pytest.approx(4 * 0.5 * nats)
    assert torch.equal(gaussian.picture(y_nchw), gaussian.raw(y_nchw))


def test_bernoulli_nats_by_hand() -> None:
    bernoulli = Bernoulli()
    x_nchw = torch.tensor([0.0, 1.0, 0.25, 0.5]).view(1, 1, 2, 2)
    said = torch.tensor([0.25, 0.75, 0.25, 0.5])
    nats = [-math.log(0.75), -math.log(0.75), -0.25 * math.log(0.25) - 0.75 * math.log(0.75), math.log(2)]
    error = bernoulli.error(said.logit().view(1, 1, 2, 2), x_nchw)
    assert float(bernoulli.nats(error, 4)) == pytest.approx(sum(nats))
    assert float(bernoulli.error(torch.full_like(x_nchw, 90.0), torch.zeros_like(x_nchw))) == pytest.approx(90)


def test_a_laplacian_pyramid_sees_each_error_at_its_own_scale() -> None:
    x_nchw = torch.zeros(1, 1, 16, 16)
    checkers_nchw = torch.tensor([[1.0, -1], [-1, 1]]).repeat(8, 8)[None, None]
    blocks_nchw = torch.kron(checkers_nchw[..., :8, :8], torch.ones(2, 2))
    even_nchw = torch.full_like(x_nchw, 0.5)
    sizes = [[level.abs().mean().item() for level in pyramid(y)] for y in (checkers_nchw, blocks_nchw, even_nchw)]
    assert sizes == [[1, 0, 0], [0, 1, 0], [0, 0, 0.5]]
    laplacian = LaplacianPyramid(0.06)
    assert laplacian.error(even_nchw, x_nchw).item() == pytest.approx(0.5 / 3)
    assert laplacian.error(even_nchw, even_nchw).item() == 0


def test_the_nats_of_a_laplacian_pyramid_by_hand() -> None:
    laplacian = LaplacianPyramid(0.1 * math.sqrt(2))
    assert laplacian.nats(torch.tensor(0.5), 4).item() == pytest.approx(4 * (1 + math.log(2 * 0.5)))
    assert laplacian.nats(torch.tensor(0.05), 4).item() == pytest.approx(4 * (0.5 + math.log(2 * 0.1)))


def test_what_a_bernoulli_decoder_has_to_say_is_the_picture() -> None:
    values = torch.tensor([0.0, 0.01, 0.5, 0.9, 1.0])
    np.testing.assert_allclose(Bernoulli().picture(Bernoulli().raw(values)), [0.005, 0.01, 0.5, 0.9, 0.995], atol=1e-6)


# -- evidence bound ----------------------------------------------------------------------------------------------


def silenced(likelihood: str) -> Family:
    """A model whose decoder says 0 of everything, and whose codes are N(1, 1) in each of 3 dimensions."""
    model = create("vae", **TINY, channels=1, likelihood=likelihood)
    with torch.no_grad():
        for weight in model.decoder.parameters():
            weight.zero_()
    model.posterior = lambda x_nchw: (torch.ones(len(x_nchw), 3), torch.zeros(len(x_nchw), 3))  # type: ignore
    return model


def test_the_bound_of_a_bernoulli_by_hand() -> None:
    """Logits of 0 say one half of every pixel: log 2 nats each, whatever the picture."""
    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (300, 32, 32, 3), np.uint8)
    bound = compute_elbo(silenced("bernoulli"), pixels_nhwc, PLAIN)
    assert bound.reconstruction == pytest.approx(1024 * math.log(2), rel=1e-5)
    assert bound.kl == pytest.approx(1.5)
    assert bound.negative_elbo == bound.reconstruction + bound.kl


def test_the_bound_of_a_gaussian_has_one_deviation_for_all_pictures() -> None:
    pixels_nhwc = np.zeros((300, 32, 32, 3), np.uint8)
    pixels_nhwc[:150] = 255  # in chunks of their own, the pictures would have other deviations
    bound = compute_elbo(silenced("gaussian"), pixels_nhwc, PLAIN)
    assert bound.reconstruction == pytest.approx(512 * (1 + math.log(2 * math.pi * 0.5)), rel=1e-5)


def test_the_bound_follows_from_the_seed(pixels_nhwc: np.ndarray) -> None:
    model = create("vae", **TINY)
    model.start_from(pixels_nhwc)
    first, again, other = (compute_elbo(model, pixels_nhwc, PLAIN, seed) for seed in (0, 0, 1))
    assert first == again
    assert first.reconstruction != other.reconstruction
    assert first.kl == other.kl == pytest.approx(float(kl_per_dimension(model, pixels_nhwc, PLAIN).sum()), rel=1e-4)


def test_a_family_without_a_posterior_has_no_bound(pixels_nhwc: np.ndarray) -> None:
    with pytest.raises(ModelError, match="Autoencoder has no posterior, so no evidence bound"):
        compute_elbo(create("autoencoder", **TINY), pixels_nhwc)


# -- latents -----------------------------------------------------------------------------------------------------


def test_kl_by_hand() -> None:
    kl_nd = kl_nats(torch.tensor([[0.0, 1.0, 0.0]]), torch.tensor([[0.0, 0.0, math.log(4)]]))
    np.testing.assert_allclose(kl_nd[0], [0, 0.5, 0.5 * (4 - 1 - math.log(4))], atol=1e-6)


def test_kl_per_dimension_is_the_mean_over_pictures() -> None:
    model = create("vae", **TINY)

    def posterior(x_nchw: Tensor) -> tuple[Tensor, Tensor]:
        brightness_n = x_nchw.mean((1, 2, 3))
        return brightness_n[:, None] * torch.tensor([0.0, 1.0, 2.0]), torch.zeros(len(x_nchw), 3)

    model.posterior = posterior  # type: ignore[method-assign]
    pixels_nhwc = np.zeros((600, 32, 32, 3), np.uint8)
    pixels_nhwc[:300] = 255
    np.testing.assert_allclose(kl_per_dimension(model, pixels_nhwc, PLAIN), [0, 0.25, 1.0], atol=1e-6)
    assert active_dimensions(model, pixels_nhwc, PLAIN).tolist() == [False, True, True]


def test_a_family_without_a_posterior_has_no_kl(pixels_nhwc: np.ndarray) -> None:
    with pytest.raises(ModelError, match="Autoencoder has no posterior, so no KL"):
        kl_per_dimension(create("autoencoder", **TINY), pixels_nhwc)


def test_a_dimension_is_active_when_its_variance_is_above_a_hundredth() -> None:
    turns_n = np.array([1.0, -1.0] * 50)
    z_nd = np.column_stack([0.0 * turns_n, 0.099 * turns_n, 0.101 * turns_n, 5 + 0.0 * turns_n])
    assert active_in(z_nd).tolist() == [False, False, True, False]


# -- how long ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("epochs", "products", "batch", "steps"),
    [(1, 1000, 128, 7), (2.5, 1000, 100, 25), (0.001, 50, 10, 1), (3, 20, 64, 3)],
)
def test_steps_in_so_many_epochs(epochs: float, products: int, batch: int, steps: int) -> None:
    assert steps_for_epochs(epochs, products, batch) == steps


def test_a_rehearsal_leaves_the_model_as_it_was(pixels_nhwc: np.ndarray) -> None:
    model = create("vae", **TINY)
    trainer = Trainer(model, pixels_nhwc, pixels_nhwc[:0], steps=1, device=PLAIN)
    before = {key: value.clone() for key, value in trainer.state()[0].items()}
    trainer.rehearse()
    tensors, numbers = trainer.state()
    assert tensors.keys() == before.keys()
    assert all(torch.equal(value, before[key]) for key, value in tensors.items())
    assert numbers == {"step": 0, "steps": 1, "seed": 0}


def test_the_device_says_why_it_was_chosen() -> None:
    device = pick_device()
    assert device.name in ("cpu", "cuda", "mps")
    assert device.why
    assert pick_device() is device
