"""Mutual information by counting: of whole numbers, and of codes in bins with known factors."""

import numpy as np

from looks_like.model.metrics.ground_truth import checked_codes
from looks_like.model.metrics.metric import Metric, Score

BINS = 20

MEASURES = (
    Metric(
        key="information",
        judges="factors",
        title="Information of dimensions",
        unit="share of entropy",
        better="higher",
        ideal=1.0,
        sentence="How much the best dimension for each known factor tells about it, on average over factors.",
        source="Locatello 2019, disentanglement_lib",
        protocol="Codes in 20 bins of equal width; mutual information over the factor's entropy, so 1 = the dimension "
        "says the factor exactly. Factors with one value count as 0. With N codes the estimate stands too high by "
        "about (bins - 1)(values - 1) / 2N nats.",
    ),
)


def best_information(z_nd: np.ndarray, factors_nf: np.ndarray) -> Score:
    """The mean over factors of what the dimension that tells most of it tells. ModelError as `information`."""
    best_f = information(z_nd, factors_nf).max(0)
    parts = {f"factor {f}": float(value) for f, value in enumerate(best_f)}
    return Score("information", float(best_f.mean()), f"{len(z_nd):,} codes, {BINS} bins", parts)


def information(z_nd: np.ndarray, factors_nf: np.ndarray) -> np.ndarray:
    """(D, F) in 0..1: what dimension d tells of factor f. Factors are whole numbers (see `in_bins` for others).

    A factor with one value is told by nothing: 0. ModelError for too few codes, or some that are not numbers.
    """
    values_nf = np.stack([np.unique(column, return_inverse=True)[1] for column in np.asarray(factors_nf).T], 1)
    entropy_f = np.array([entropy_nats(column) for column in values_nf.T])
    nats_df = shared_nats(codes_in_bins(checked_codes(z_nd)), values_nf)
    told_df: np.ndarray = np.divide(nats_df, entropy_f, out=np.zeros_like(nats_df), where=entropy_f > 0)
    return told_df


def codes_in_bins(z_nd: np.ndarray) -> np.ndarray:
    """(N, D) int: each dimension in its own bins."""
    return np.stack([in_bins(code_n) for code_n in z_nd.T], 1)


def in_bins(values_n: np.ndarray, bins: int = BINS) -> np.ndarray:
    """(N,) int: which of the bins of equal width, from the least value to the greatest."""
    return np.asarray(np.digitize(values_n, np.histogram(values_n, bins)[1][:-1]))


def shared_nats(a_nd: np.ndarray, b_nf: np.ndarray) -> np.ndarray:
    """(D, F) mutual information of columns of whole numbers >= 0, in nats: H(a) + H(b) - H(a, b), never below 0."""
    a_dn, b_fn = np.ascontiguousarray(a_nd.T, np.int64), np.ascontiguousarray(b_nf.T, np.int64)
    widths_f = b_fn.max(1) + 1
    alone_f = [entropy_nats(b_n) for b_n in b_fn]
    both_df = [[entropy_nats(a_n * width + b_n) for b_n, width in zip(b_fn, widths_f, strict=True)] for a_n in a_dn]
    alone_d1 = np.array([[entropy_nats(a_n)] for a_n in a_dn])
    nats_df: np.ndarray = np.maximum(alone_d1 + alone_f - np.array(both_df), 0.0)
    return nats_df


def entropy_nats(values_n: np.ndarray) -> float:
    """Of whole numbers >= 0, by their counts."""
    counts_v = np.bincount(values_n)
    counts_v = counts_v[counts_v > 0]
    return float(np.log(len(values_n)) - (counts_v * np.log(counts_v)).sum() / len(values_n))
