"""Scores of codes with known factors, beside disentanglement_lib's on the same codes."""

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.measure import Bench, Result, by_turns, compared
from benchmarks.peers.reference_scores import reference
from benchmarks.peers.synthetic_codes import factors, made_up_codes
from looks_like.model.metrics.factors.beta_vae_score import beta_vae_score
from looks_like.model.metrics.factors.dci import dci
from looks_like.model.metrics.factors.factor_vae_score import factor_vae_score
from looks_like.model.metrics.factors.mig import mig
from looks_like.model.metrics.factors.modularity import explicitness, modularity
from looks_like.model.metrics.factors.sap import sap
from looks_like.model.metrics.metric import Score

_GOAL = 10.0
_CODES = "turned"

Measure = Callable[[np.ndarray, np.ndarray], tuple[Score, ...]]
MEASURES: dict[str, Measure] = {
    "mig": lambda z_nd, values_nf: (mig(z_nd, values_nf),),
    "sap": lambda z_nd, values_nf: (sap(z_nd, values_nf),),
    "factor_vae_score": lambda z_nd, values_nf: (factor_vae_score(z_nd, values_nf),),
    "beta_vae_score": lambda z_nd, values_nf: (beta_vae_score(z_nd, values_nf),),
    "modularity": lambda z_nd, values_nf: (modularity(z_nd, values_nf), explicitness(z_nd, values_nf)),
    "dci": dci,
}
_SAME_WORK = ("modularity",)  # nearly all of it is scikit-learn's fit, which the protocol names: no goal


def scoring(bench: Bench) -> Iterator[Result]:
    """Six scores of 230,400 made-up codes, from codes to numbers, beside disentanglement_lib with a table of codes.

    DCI takes them minutes: not in a quick run.
    """
    theirs, z_nd, values_nf = reference(), made_up_codes()[_CODES], factors()
    for name, measure in MEASURES.items():
        if bench.quick and name == "dci":
            continue
        found: dict[str, object] = {}

        def ours(measure: Measure = measure, found: dict[str, object] = found) -> None:
            found["ours"] = {score.key: score.value for score in measure(z_nd, values_nf)}

        def beside(name: str = name, found: dict[str, object] = found) -> None:
            found["theirs"] = theirs[name](z_nd, 0)

        samples = by_turns(ours, beside, rounds=1 if name == "dci" else bench.of(3, 1), warm=0 if name == "dci" else 1)
        goal = None if name in _SAME_WORK else bench.goal(_GOAL)
        yield compared(name, "s", "disentanglement_lib", samples, goal_ratio=goal, more=found)
