"""The model that comes with the demo: it is there, it is small, and it knows sneakers that it never saw."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from benchmarks.quality.factors import factor_array
from looks_like.data.schema import held_out
from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import catalogue, independent
from looks_like.explorer.core.space import encode_pixels
from looks_like.explorer.training.demo import PRODUCTS, SHIPPED
from looks_like.model.device import Device
from looks_like.model.disk.card import load_model
from looks_like.model.geometry import NearestNeighbours, read_axes, read_mixture
from looks_like.model.metrics.codes.active_dimensions import active_dimensions
from looks_like.model.metrics.factors.information import information
from looks_like.model.metrics.pictures.reconstruction import reconstruction_mse

PLAIN = Device("cpu", torch.float32, "a test")
PCA_32 = 0.00267  # held-out error of 32 principal components of the demo


@pytest.fixture(scope="module")
def unseen_nhwc() -> np.ndarray:
    """Held-out sneakers of the demo, drawn anew."""
    ids = [f"sneaker-{i:06d}" for i in range(PRODUCTS)]
    rows = np.flatnonzero(held_out(ids))[:300]
    return np.stack([render(catalogue(0, int(i)).sneaker, 64) for i in rows])


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 12_000_000


def test_its_card_says_what_it_is() -> None:
    _, card = load_model(SHIPPED, "cpu")
    assert card.finished
    assert (card.family, card.settings["latent"], card.settings["size"]) == ("beta-vae", 32, 64)
    assert card.products == PRODUCTS - int(held_out([f"sneaker-{i:06d}" for i in range(PRODUCTS)]).sum())
    assert card.measures["mse"] <= PCA_32 / 2


def test_it_rebuilds_unseen_sneakers_better_than_half_of_pca(unseen_nhwc: np.ndarray) -> None:
    model, _ = load_model(SHIPPED, "cpu")
    assert reconstruction_mse(model, unseen_nhwc, PLAIN) <= PCA_32 / 2
    assert active_dimensions(model, unseen_nhwc, PLAIN).sum() >= 12


def test_its_codes_are_those_of_the_sneakers_that_the_demo_draws(unseen_nhwc: np.ndarray) -> None:
    """Each is nearer to one of them than half the way between products; drawn here at 64 px, there made smaller."""
    model, _ = load_model(SHIPPED, "cpu")
    kept_nd = load_file(SHIPPED / "codes.safetensors")["z_nd"].astype(np.float32)
    assert len(kept_nd) == PRODUCTS
    z_nd = encode_pixels(model, unseen_nhwc[:50], PLAIN)
    assert NearestNeighbours(kept_nd).nearest(z_nd, 1)[1].max() < 0.5


def test_its_axes_tell_factors_better_than_the_numbers_of_its_code() -> None:
    """Pictures whose factors are each drawn alone: what the best axis tells of each, on average."""
    model, _ = load_model(SHIPPED, "cpu")
    axes = read_axes(SHIPPED)
    assert axes is not None
    sneakers = [independent(1, i).sneaker for i in range(1500)]
    z_nd = encode_pixels(model, np.stack([render(sneaker, 64) for sneaker in sneakers]), PLAIN)
    factors_nf = factor_array([asdict(sneaker) for sneaker in sneakers])
    own, on_axes = (information(values_na, factors_nf).max(0) for values_na in (z_nd, axes.values(z_nd)))
    assert on_axes.mean() > 1.2 * own.mean()


def test_its_mixture_knows_where_unseen_sneakers_lie(unseen_nhwc: np.ndarray) -> None:
    """Their codes are as likely as codes drawn from it, and far likelier than codes from N(0, I)."""
    model, _ = load_model(SHIPPED, "cpu")
    mixture = read_mixture(SHIPPED)
    assert mixture is not None
    codes_nd = encode_pixels(model, unseen_nhwc, PLAIN)
    prior_nd = np.random.default_rng(0).standard_normal(codes_nd.shape)
    unseen, drawn, prior = (
        float(np.median(mixture.log_density(z_nd))) for z_nd in (codes_nd, mixture.sample(300, 0), prior_nd)
    )
    assert abs(unseen - drawn) < 2
    assert unseen > prior + 5
