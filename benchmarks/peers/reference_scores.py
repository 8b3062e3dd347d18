"""The scores of disentanglement_lib (Locatello 2019) on made-up codes, by its own code from a checkout.

    git clone https://github.com/google-research/disentanglement_lib
    DISENTANGLEMENT_LIB=disentanglement_lib python -m benchmarks.peers.reference_scores

Writes tests/golden/disentanglement-reference.json. Its settings come from gin files and its logs go through absl;
stand-ins for both are made here, so that only NumPy, SciPy and scikit-learn are needed. Its pictures are numbers of
rows here, and its encoder looks codes up. Settings are those of its unsupervised_study_v1.
"""

import functools
import importlib
import json
import os
import sys
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Missing, say
from benchmarks.peers.synthetic_codes import SIZES, VIEWS, made_up_codes

GOLDEN = Path(__file__).parents[2] / "tests/golden/disentanglement-reference.json"
PLACE = "DISENTANGLEMENT_LIB"
SEEDS = 3
FEW = {"train": 600, "test": 300, "factors": 2}  # for trees: minutes otherwise
_METRICS = "disentanglement_lib.evaluation.metrics"


class RowsForPictures:
    """What disentanglement_lib takes for a data set: factors are drawn alone, a picture is the number of its row."""

    def __init__(self, sizes: tuple[int, ...] = SIZES, alone: int = len(SIZES)) -> None:
        self.sizes, self.num_factors = sizes, alone
        self.factors_num_values = list(sizes[:alone])

    def sample_factors(self, count: int, random_state: np.random.RandomState) -> np.ndarray:
        values_nf = np.stack([random_state.randint(size, size=count) for size in self.sizes], 1)
        return values_nf[:, : self.num_factors]

    def sample_observations_from_factors(
        self, values_nf: np.ndarray, random_state: np.random.RandomState
    ) -> np.ndarray:
        others = [random_state.randint(size, size=len(values_nf)) for size in self.sizes[self.num_factors :]]
        place_n = np.ravel_multi_index((*values_nf.T, *others), self.sizes)
        return place_n * VIEWS + random_state.randint(VIEWS, size=len(values_nf))

    def sample(self, count: int, random_state: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
        values_nf = self.sample_factors(count, random_state)
        return values_nf, self.sample_observations_from_factors(values_nf, random_state)

    def sample_observations(self, count: int, random_state: np.random.RandomState) -> np.ndarray:
        return self.sample(count, random_state)[1]


def reference() -> dict[str, Callable[[np.ndarray, int], dict[str, float]]]:
    """Each score, or few that come together, of codes and a seed. Missing says which checkout is needed."""
    place = os.environ.get(PLACE, "")
    if not (Path(place) / "disentanglement_lib/evaluation/metrics/mig.py").exists():
        raise Missing(f"set {PLACE} to a checkout of github.com/google-research/disentanglement_lib")
    _stand_ins()
    sys.path.insert(0, place)
    data, few = RowsForPictures(), RowsForPictures(alone=FEW["factors"])

    def score(file: str, function: str, keys: dict[str, str], data: RowsForPictures = data, **settings: int) -> Any:
        compute = getattr(importlib.import_module(f"{_METRICS}.{file}"), function)

        def scores(z_nd: np.ndarray, seed: int) -> dict[str, float]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = compute(data, lambda rows_n: z_nd[rows_n], np.random.RandomState(seed), **settings)
            return {ours: float(found[theirs]) for ours, theirs in keys.items()}

        return scores

    def trees(data: RowsForPictures, train: int, test: int) -> Any:
        keys = {"informativeness": "informativeness_test"} | {k: k for k in ("disentanglement", "completeness")}
        return score("dci", "compute_dci", keys, data, num_train=train, num_test=test)

    batches = {"batch_size": 64, "num_train": 10_000, "num_eval": 5_000}
    both = {"num_train": 10_000, "num_test": 5_000}
    modular = {"modularity": "modularity_score", "explicitness": "explicitness_score_test"}
    return {
        "mig": score("mig", "compute_mig", {"mig": "discrete_mig"}, num_train=10_000),
        "sap": score("sap_score", "compute_sap", {"sap": "SAP_score"}, continuous_factors=False, **both),
        "factor_vae_score": score(
            "factor_vae",
            "compute_factor_vae",
            {"factor_vae_score": "eval_accuracy"},
            num_variance_estimate=10_000,
            **batches,
        ),
        "beta_vae_score": score("beta_vae", "compute_beta_vae_sklearn", {"beta_vae_score": "eval_accuracy"}, **batches),
        "modularity": score("modularity_explicitness", "compute_modularity_explicitness", modular, **both),
        "dci of few": trees(few, FEW["train"], FEW["test"]),
        "dci": trees(data, 10_000, 5_000),
    }


def _stand_ins() -> None:
    """Modules that its files import: gin binds the settings of the study, absl logs nothing, six is Python 3."""
    settings: dict[str, Callable[[], dict[str, Any]]] = {
        "discretizer": lambda: {
            "num_bins": 20,
            "discretizer_fn": importlib.import_module(f"{_METRICS}.utils")._histogram_discretize,
        },
        "prune_dims": lambda: {"threshold": 0.05},
    }

    def configurable(name: str, **_: object) -> Callable[[Callable], Callable]:
        def bound(function: Callable) -> Callable:
            @functools.wraps(function)
            def call(*given: object, **named: object) -> object:
                return function(*given, **(settings[name]() if name in settings else {}) | named)

            return call

        return bound

    gin = {"configurable": configurable, "REQUIRED": None}
    logging = types.SimpleNamespace(info=lambda *_: None)
    made = {"gin": gin, "gin.tf": gin, "absl": {"logging": logging}, "six": {}, "six.moves": {"range": range}}
    for name, members in made.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    sys.modules["gin"].tf = sys.modules["gin.tf"]  # type: ignore[attr-defined]


def main() -> None:
    scores, found = reference(), dict[str, dict[str, list[float]]]()
    for name, z_nd in made_up_codes().items():
        found[name] = {}
        for score in scores.keys() - {"dci"}:
            started = time.perf_counter()
            for seed in range(SEEDS):
                for key, value in scores[score](z_nd, seed).items():
                    found[name].setdefault(key, []).append(value)
            say(f"{name:8} {score:18} {time.perf_counter() - started:.1f} s")
        GOLDEN.write_text(json.dumps(_document(found), indent=1) + "\n", "utf-8")


def _document(found: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    import scipy
    import sklearn

    return {
        "what": "Scores of disentanglement_lib on the codes that benchmarks/peers/synthetic_codes.py makes.",
        "how": "benchmarks/peers/reference_scores.py ran its files, at commit 86a644d of 2020-08-27, on a data set "
        "whose pictures are numbers of rows; settings of its unsupervised_study_v1, continuous_factors false for SAP; "
        f"trees (DCI) on {FEW['factors']} factors with {FEW['train']} + {FEW['test']} codes. One value for each seed.",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "scores": found,
    }


if __name__ == "__main__":
    main()
