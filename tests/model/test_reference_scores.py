"""The measures with known factors beside disentanglement_lib's own answers on the same codes.

Both draw by lot, so they agree within what a draw changes. Of ours there is one seed, of theirs a few: the difference
of one draw and a mean of n has 1 + 1/n of a draw's variance, and four deviations of it are allowed. The deviation of
so few seeds is a poor guess, so it counts for no less than DRAW: 5,000 answers of which half are right have .007; gaps
of SAP take the better of two that are near; modularity looks at dimensions of noise too, each its own by chance.
That one draw gives the same numbers is in test_disentanglement.py, against scikit-learn.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.synthetic_codes import factors, made_up_codes
from looks_like.model.metrics.factors.beta_vae_score import beta_vae_score
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.modularity import explicitness, modularity
from looks_like.model.metrics.factors.sap import sap

GOLDEN = json.loads((Path(__file__).parent.parent / "golden/disentanglement-reference.json").read_text("utf-8"))
SCORES = GOLDEN["scores"]
DRAW = {"mig": 0.003, "sap": 0.008, "modularity": 0.015, "explicitness": 0.003}
DRAW |= {"factor_vae_score": 0.007, "beta_vae_score": 0.007}
DRAW |= dict.fromkeys(("disentanglement", "completeness", "informativeness"), 0.025)  # 300 answers
FEW, FEW_FACTORS = 900, 2
ONE = {f.__name__: f for f in (mig, sap, modularity, explicitness)}
BATCHES = {f.__name__: f for f in (factor_vae_score, beta_vae_score)}
SETS = sorted(SCORES)
HARD = ("turned", "mixed", "faint")  # where they are not 1


@cache
def codes() -> dict[str, np.ndarray]:
    return made_up_codes()


def assert_agrees(value: float, name: str, key: str) -> None:
    theirs = SCORES[name][key]
    deviation = max(DRAW[key], np.std(theirs, ddof=1) if len(theirs) > 1 else 0)
    assert abs(value - np.mean(theirs)) <= 4 * deviation * (1 + 1 / len(theirs)) ** 0.5


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("key", ONE)
def test_scores_of_codes_agree(name: str, key: str) -> None:
    assert_agrees(ONE[key](codes()[name], factors()).value, name, key)


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("key", BATCHES)
def test_scores_of_batches_agree(name: str, key: str) -> None:
    assert_agrees(BATCHES[key](codes()[name], factors()).value, name, key)


@pytest.mark.parametrize("name", HARD)
def test_scores_of_trees_agree(name: str) -> None:
    rows_n = np.random.default_rng(0).choice(len(factors()), FEW, replace=False)
    for score in dci(codes()[name][rows_n], factors()[rows_n, :FEW_FACTORS]):
        assert_agrees(score.value, name, score.key)


def test_the_sets_differ_by_far_more_than_is_allowed() -> None:
    for key in (*ONE, *BATCHES):
        means = [np.mean(SCORES[name][key]) for name in SETS]
        assert max(means) - min(means) > 0.1
