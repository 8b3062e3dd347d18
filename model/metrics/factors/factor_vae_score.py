"""The FactorVAE score: is the dimension that stands still the one of the factor that was held?"""

import numpy as np

from looks_like.model.metrics.ground_truth import TEST, TRAIN, GroundTruth, known, mean_of_batches
from looks_like.model.metrics.metric import Metric, Score

BATCH = 64
DEAD_DEVIATION = 0.05  # a dimension whose standard deviation is below this tells nothing
_CHUNK = 250  # batches: what fits in a processor's cache

MEASURES = (
    Metric(
        key="factor_vae_score",
        judges="factors",
        title="FactorVAE score",
        unit="share right",
        better="higher",
        ideal=1.0,
        sentence="How often the dimension that varies least, while one factor is held, tells which factor it was.",
        source="Kim & Mnih 2018; settings of Locatello 2019",
        protocol="Batches of 64 products alike in one factor drawn by lot; each votes for the dimension with the least "
        "variance over its variance among 10,000; a majority of 10,000 batches says which dimension stands for "
        "which factor, and the score is how often that is right for 5,000 others. Dimensions with a standard deviation "
        "below .05 don't vote; 0 where none is left.",
    ),
)


def factor_vae_score(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F). ModelError as `looks_like.model.metrics.ground_truth.known`."""
    given, rng = known(z_nd, factors_nf), np.random.default_rng(seed)
    rows_n = rng.choice(len(given), min(TRAIN, len(given)), replace=False, shuffle=False)
    middle_d, deviation_d = given.z_nd[rows_n].mean(0), given.z_nd[rows_n].std(0, ddof=1, dtype=np.float64)
    active_d = deviation_d >= DEAD_DEVIATION
    said = given.said(f"{TRAIN:,} + {TEST:,} batches of {BATCH} from {len(given):,} codes", seed)
    said += f"; {int(active_d.sum())} dimensions vote"
    if not active_d.any():
        return Score("factor_vae_score", 0.0, said)
    scaled_nd = ((given.z_nd - middle_d) / np.maximum(deviation_d, DEAD_DEVIATION)).astype(np.float32)
    scaled_nd = np.ascontiguousarray(scaled_nd[:, active_d])  # drawn row by row
    learnt_fd, asked_fd = (_votes(given, scaled_nd, batches, rng) for batches in (TRAIN, TEST))
    right_fd = asked_fd * (np.arange(given.factors)[:, None] == learnt_fd.argmax(0))
    by_factor = given.named(right_fd.sum(1) / np.maximum(asked_fd.sum(1), 1))
    return Score("factor_vae_score", float(right_fd.sum() / asked_fd.sum()), said, by_factor)


def _votes(given: GroundTruth, scaled_nd: np.ndarray, batches: int, rng: np.random.Generator) -> np.ndarray:
    """(F, D) how many batches with that factor held vary least in that dimension."""
    votes_fd = np.zeros((given.factors, scaled_nd.shape[1]), np.int64)
    held_b = rng.integers(given.factors, size=batches)
    for factor in range(given.factors):
        for batch_count in _chunks(int((held_b == factor).sum())):
            first_b = rng.integers(len(given), size=batch_count)
            batch_bnd = scaled_nd.take(given.alike(first_b, factor, rng, BATCH), 0)
            least_b = (mean_of_batches(np.square(batch_bnd)) - mean_of_batches(batch_bnd) ** 2).argmin(1)
            votes_fd[factor] += np.bincount(least_b, minlength=votes_fd.shape[1])
    return votes_fd


def _chunks(count: int) -> list[int]:
    return [min(_CHUNK, count - i) for i in range(0, count, _CHUNK)]
