"""The mixture fitted on codes: densities against scipy's, what it draws, and what is refused on reading."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from scipy.stats import multivariate_normal

from looks_like.model.errors import ModelError
from looks_like.model.geometry.mixture import Mixture, fit_mixture, read_mixture, write_mixture

TWO = Mixture(
    np.array([0.25, 0.75], np.float32),
    np.array([[0, 0], [6, 1]], np.float32),
    np.array([[[1, 0], [0.5, 2]], [[0.3, 0], [0, 1]]], np.float32),
)


def parts(mixture: Mixture = TWO, **other: np.ndarray) -> dict[str, np.ndarray]:
    return {key: array.copy() for key, array in vars(mixture).items()} | other


def test_a_density_is_the_weighted_sum_of_the_parts() -> None:
    z_nd = np.random.default_rng(0).normal(2, 3, (50, 2))
    true_n = sum(
        weight * multivariate_normal(mean, factor @ factor.T).pdf(z_nd)
        for weight, mean, factor in zip(*(array.astype(np.float64) for array in vars(TWO).values()), strict=True)
    )
    np.testing.assert_allclose(TWO.log_density(z_nd), np.log(true_n), rtol=1e-6)


def test_a_density_is_in_nats_by_hand() -> None:
    standard = Mixture(np.ones(1, np.float32), np.zeros((1, 3), np.float32), np.eye(3, dtype=np.float32)[None])
    found_n = standard.log_density(np.array([[0.0, 0, 0], [1, 2, 2]]))
    np.testing.assert_allclose(found_n, -1.5 * np.log(2 * np.pi) - np.array([0, 4.5]))


def test_a_density_far_from_everything_is_still_a_number() -> None:
    assert -1e9 < TWO.log_density(np.full((1, 2), 1e4))[0] < -1e6


def test_a_part_of_no_weight_adds_nothing() -> None:
    silent = Mixture(np.array([1, 0], np.float32), TWO.means_md, TWO.cholesky_mdd)
    alone = Mixture(np.ones(1, np.float32), TWO.means_md[:1], TWO.cholesky_mdd[:1])
    z_nd = np.array([[6.0, 1]])
    assert silent.log_density(z_nd) == alone.log_density(z_nd)


def test_draws_have_the_means_covariances_and_shares_of_the_parts() -> None:
    z_nd = TWO.sample(20_000, 0)
    assert z_nd.dtype == np.float32
    first_n = z_nd[:, 0] < 4  # 4 deviations from one, 6 from the other
    assert first_n.mean() == pytest.approx(0.25, abs=0.01)
    np.testing.assert_allclose(np.cov(z_nd[first_n].T), [[1, 0.5], [0.5, 4.25]], atol=0.2)
    np.testing.assert_allclose(z_nd[~first_n].mean(0), [6, 1], atol=0.03)


def test_without_a_seed_each_draw_is_another() -> None:
    assert not np.array_equal(TWO.sample(3), TWO.sample(3))
    np.testing.assert_array_equal(TWO.sample(3, 5), TWO.sample(3, 5))


def test_what_was_drawn_from_a_mixture_is_fitted_as_it_was() -> None:
    found = fit_mixture(TWO.sample(8000, 0), components=2)
    order_m = np.argsort(found.means_md[:, 0])
    np.testing.assert_allclose(found.weights_m[order_m], TWO.weights_m, atol=0.02)
    np.testing.assert_allclose(found.means_md[order_m], TWO.means_md, atol=0.15)
    np.testing.assert_allclose(found.cholesky_mdd[order_m], TWO.cholesky_mdd, atol=0.15)


def test_few_codes_make_fewer_parts_and_many_are_not_all_fitted() -> None:
    z_nd = TWO.sample(12_000, 1)
    assert len(fit_mixture(z_nd[:59], components=10).weights_m) == 2
    assert len(fit_mixture(z_nd[:2]).weights_m) == 1
    z_nd[:] = np.arange(12_000)[:, None]  # the mean then tells which were drawn
    whole, part = z_nd.mean(), fit_mixture(z_nd, seed=3, components=1).means_md[0, 0]
    assert 0 < abs(part - whole) < 200


@pytest.mark.parametrize("value", [0.0, 3e6])
def test_codes_that_are_all_alike_or_large_do_no_harm(value: float) -> None:
    z_nd = np.full((100, 2), value, np.float32)
    z_nd[:, 1] *= np.arange(100)
    mixture = fit_mixture(z_nd)
    assert np.isfinite(mixture.sample(5, 0)).all()
    assert np.isfinite(mixture.log_density(z_nd)).all()


@pytest.mark.parametrize("z_nd", [np.zeros((1, 3)), np.array([[0.0], [np.nan]])])
def test_too_few_codes_or_odd_ones_are_a_sentence(z_nd: np.ndarray) -> None:
    with pytest.raises(ModelError, match="a mixture needs 2 codes or more, all finite"):
        fit_mixture(z_nd)


@pytest.mark.parametrize("z_nd", [np.zeros((4, 3)), np.zeros(2), np.array([[0, np.inf]])])
def test_a_density_of_something_else_is_a_sentence(z_nd: np.ndarray) -> None:
    with pytest.raises(ModelError, match=r"finite codes \(N, 2\)"):
        TWO.log_density(z_nd)


# -- on disk -----------------------------------------------------------------------------------------------------


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    write_mixture(tmp_path, TWO)
    found = read_mixture(tmp_path)
    assert found is not None
    for key, array in vars(TWO).items():
        np.testing.assert_array_equal(vars(found)[key], array)
    assert [path.name for path in tmp_path.iterdir()] == ["mixture.safetensors"]


def test_where_there_is_none_there_is_none(tmp_path: Path) -> None:
    assert read_mixture(tmp_path) is None


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        (parts(weights_m=np.ones(3, np.float32) / 3), "do not agree"),
        (parts(means_md=np.zeros(2, np.float32)), "do not agree"),
        ({key: array[:0] for key, array in parts().items()}, "do not agree"),
        (parts(means_md=np.full((2, 2), np.nan, np.float32)), "finite"),
        (parts(weights_m=np.array([0.25, 0.75])), "float32"),
        (parts(weights_m=np.array([0.5, 0.75], np.float32)), "shares of one"),
        (parts(weights_m=np.array([-0.5, 1.5], np.float32)), "shares of one"),
        (parts(cholesky_mdd=-TWO.cholesky_mdd), "positive diagonal"),
        (parts(cholesky_mdd=TWO.cholesky_mdd.transpose(0, 2, 1).copy()), "above its diagonal"),
        (parts(another=np.zeros(1, np.float32)), "another"),
        ({"weights_m": TWO.weights_m}, "means_md"),
    ],
)
def test_a_file_that_is_no_mixture_is_a_sentence(tmp_path: Path, arrays: dict[str, np.ndarray], says: str) -> None:
    save_file(arrays, tmp_path / "mixture.safetensors")
    with pytest.raises(ModelError, match=f"is not a mixture: .*{says}.*Delete it"):
        read_mixture(tmp_path)


def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mixture.safetensors").write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(ModelError, match="is not a mixture"):
        read_mixture(tmp_path)
