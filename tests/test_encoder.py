"""The Encoder keeps scikit-learn's rules, and learns something."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from looks_like import Encoder
from looks_like.explorer.errors import RequestError

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


def test_it_stands_in_pipelines_and_searches(pixels_nhwc: np.ndarray) -> None:
    flat_nf, label_n = pixels_nhwc.reshape(160, -1), np.arange(160) // 2 % 3
    pipeline = make_pipeline(Encoder(latent=6, epochs=2, width=8), LogisticRegression(max_iter=200))
    search = GridSearchCV(pipeline, {"encoder__latent": [2, 6]}, cv=2).fit(flat_nf, label_n)
    assert search.best_params_["encoder__latent"] in (2, 6)
    assert search.predict(flat_nf).shape == (160,)


def test_pictures_of_another_shape_are_refused_with_what_is_taken() -> None:
    with pytest.raises(RequestError, match=r"\(N, S, S, 3\)"):
        Encoder().fit(np.zeros((20, 40, 40, 3), np.uint8))
