"""The contract of every map: what is registered is covered here the moment its file exists."""

import numpy as np
import pytest

from model.errors import ModelError
from model.maps import METHODS, fit_map, method

pytestmark = pytest.mark.filterwarnings("ignore:Tensorflow not installed:ImportWarning")  # umap-learn, when imported
HEAVY = pytest.mark.slow  # it compiles itself for many seconds
every_method = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=HEAVY if name == "umap" else ()) for name in METHODS]
)


def blobs(count: int = 60, latent: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """(z_nd, which of three clusters)"""
    rng = np.random.default_rng(0)
    cluster_n = np.arange(count) % 3
    centres_3d = np.eye(3, latent) * 12
    return (centres_3d[cluster_n] + rng.standard_normal((count, latent))).astype(np.float32), cluster_n


def purity(xy_n2: np.ndarray, cluster_n: np.ndarray, k: int = 5) -> float:
    """Share of the k nearest on the map that are of the same cluster."""
    distance_nn = np.linalg.norm(xy_n2[:, None] - xy_n2[None], axis=2)
    np.fill_diagonal(distance_nn, np.inf)
    nearest_nk = np.argsort(distance_nn, axis=1)[:, :k]
    return float((cluster_n[nearest_nk] == cluster_n[:, None]).mean())


def test_the_methods_of_the_first_version_are_there() -> None:
    assert {"pca", "tsne", "umap"} <= set(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_it_says_what_it_is(name: str) -> None:
    module = method(name)
    assert module.TITLE
    assert module.SENTENCE.endswith(".")
    assert module.PRODUCTS_MIN >= 2


@every_method
def test_a_map_keeps_clusters_and_says_how_far_it_is(name: str) -> None:
    z_nd, cluster_n = blobs()
    shares: list[float] = []
    xy_n2 = fit_map(name, z_nd, 0, shares.append)
    assert xy_n2.shape == (60, 2)
    assert xy_n2.dtype == np.float32
    assert np.isfinite(xy_n2).all()
    assert np.abs(xy_n2).max() == pytest.approx(1, abs=1e-5)
    assert purity(xy_n2, cluster_n) > 0.9
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert name == "pca" or shares
    np.testing.assert_array_equal(fit_map(name, z_nd, 0), xy_n2)


@every_method
@pytest.mark.parametrize("latent", [1, 2])
def test_few_dimensions_are_enough(name: str, latent: int) -> None:
    xy_n2 = fit_map(name, blobs(30, 5)[0][:, :latent])
    assert xy_n2.shape == (30, 2)
    assert np.isfinite(xy_n2).all()


@every_method
@pytest.mark.parametrize("unlike", [0, 3], ids=["all alike", "all but three alike"])
@pytest.mark.filterwarnings("ignore")  # of degenerate numbers; the answer is what counts
def test_products_that_look_alike_still_get_a_place(name: str, unlike: int) -> None:
    z_nd = np.zeros((40, 4), np.float32)
    z_nd[:unlike] = np.arange(unlike * 4).reshape(unlike, 4)
    xy_n2 = fit_map(name, z_nd)
    assert xy_n2.shape == (40, 2)
    assert np.isfinite(xy_n2).all()
    assert np.abs(xy_n2).max() <= 1 + 1e-6


@every_method
def test_the_fewest_products_that_it_promises_are_enough(name: str) -> None:
    fewest = method(name).PRODUCTS_MIN
    assert np.isfinite(fit_map(name, blobs(fewest)[0])).all()


@pytest.mark.parametrize("name", METHODS)
def test_too_few_products_are_a_sentence(name: str) -> None:
    fewest = method(name).PRODUCTS_MIN
    with pytest.raises(ModelError, match=f"map needs at least {fewest} products, got {fewest - 1}"):
        fit_map(name, blobs(fewest - 1)[0])


def test_an_unknown_method_is_told_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"unknown map method 'som'; there are: pca, .*umap"):
        fit_map("som", blobs()[0])


def test_a_map_is_centred() -> None:
    xy_n2 = fit_map("pca", blobs()[0] + 100)
    np.testing.assert_allclose(xy_n2.min(0) + xy_n2.max(0), [0, 0], atol=1e-5)
