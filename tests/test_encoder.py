"""The Encoder keeps scikit-learn's rules, and learns something."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from looks_like import Encoder
from looks_like.explorer.errors import RequestError
from looks_like.model.errors import ModelError

pytestmark = pytest.mark.filterwarnings("ignore")  # scikit-learn's checks warn on purpose


def expected_failures(estimator: Any) -> dict[str, str]:
    return {"check_transformer_preserve_dtypes": "codes are float32, whatever pictures are"}


@parametrize_with_checks([Encoder(latent=2, epochs=1, width=8)], expected_failed_checks=expected_failures)
@pytest.mark.slow
def test_it_keeps_the_rules_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


def test_pictures_come_back_better_than_their_mean(pixels_nhwc: np.ndarray) -> None:
    encoder = Encoder(latent=6, epochs=8, width=8).fit(pixels_nhwc)
    z_nd = encoder.transform(pixels_nhwc)
    assert z_nd.shape == (160, 6)
    assert z_nd.dtype == np.float32
    assert encoder.inverse_transform(z_nd).shape == pixels_nhwc.shape
    mean = pixels_nhwc.astype(np.float32).mean(0)
    assert encoder.score(pixels_nhwc) > -float(np.mean((pixels_nhwc - mean) ** 2) / 255**2)
    assert encoder.get_feature_names_out().tolist() == [f"encoder{d}" for d in range(6)]
    np.testing.assert_array_equal(clone(encoder).fit(pixels_nhwc).transform(pixels_nhwc), z_nd)


@pytest.mark.parametrize("shape", [(160, -1), (160, 32, 32, 3)])
def test_it_stands_in_pipelines_and_searches(pixels_nhwc: np.ndarray, shape: tuple[int, ...]) -> None:
    X, label_n = pixels_nhwc.reshape(shape), np.arange(160) // 2 % 3
    pipeline = make_pipeline(Encoder(latent=6, epochs=2, width=8), LogisticRegression(max_iter=200))
    search = GridSearchCV(pipeline, {"encoder__latent": [2, 6]}, cv=2).fit(X, label_n)
    assert search.best_params_["encoder__latent"] in (2, 6)
    assert search.predict(X).shape == (160,)


@pytest.mark.parametrize("shape", [(20, 28, 28), (20, 40, 40, 3), (20, 24, 30, 3), (20, 300, 300)])
def test_pictures_of_any_size_and_in_grey_are_taken(shape: tuple[int, ...]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    encoder = Encoder(latent=3, epochs=1, width=8).fit(pictures)
    assert encoder.transform(pictures).shape == (20, 3)
    assert encoder.net_.settings.size in (32, 64, 256)
    assert encoder.n_features_in_ == np.prod(shape[1:])


def test_what_is_no_picture_is_refused_with_what_is_taken() -> None:
    with pytest.raises(RequestError, match=r"\(N, H, W, 3\)"):
        Encoder().fit(np.zeros((20, 40, 40, 4), np.uint8))
    with pytest.raises(ModelError, match="larger than the 20 products"):
        Encoder(latent=64, epochs=1, width=8).fit(np.eye(20))


def test_floats_from_0_to_1_are_the_same_pictures_in_one_line_or_in_four_axes(pixels_nhwc: np.ndarray) -> None:
    encoder = Encoder(latent=4, epochs=1, width=8)
    z_nd = encoder.fit_transform(pixels_nhwc)
    shares_nhwc = pixels_nhwc / 255
    np.testing.assert_array_equal(clone(encoder).fit_transform(shares_nhwc), z_nd)
    np.testing.assert_array_equal(clone(encoder).fit_transform(shares_nhwc.reshape(160, -1)), z_nd)


def test_whole_numbers_are_numbers_and_not_bytes() -> None:
    table = np.arange(40 * 9).reshape(40, 9) - 20
    encoder = Encoder(latent=2, epochs=1, width=8)
    z_nd = encoder.fit_transform(table)
    np.testing.assert_array_equal(z_nd, clone(encoder).fit_transform(table.astype(float)))


def test_nobody_elses_random_numbers_change(pixels_nhwc: np.ndarray) -> None:
    torch.manual_seed(7)
    wanted = torch.rand(3)
    torch.manual_seed(7)
    Encoder(latent=2, epochs=1, width=8).fit(pixels_nhwc)
    assert torch.equal(torch.rand(3), wanted)


def test_an_encoder_that_was_never_fitted_says_so(pixels_nhwc: np.ndarray) -> None:
    for method in (Encoder().transform, Encoder().inverse_transform, Encoder().score):
        with pytest.raises(NotFittedError):
            method(pixels_nhwc)
