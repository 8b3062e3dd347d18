"""How much the dimensions of a code say the same: as Gaussians all together, and by counting, pair by pair."""

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.codes.active_dimensions import active_in
from looks_like.model.metrics.factors.information import BINS, codes_in_bins, shared_nats
from looks_like.model.metrics.ground_truth import TRAIN, checked_codes
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="total_correlation",
        judges="codes",
        title="Total correlation",
        unit="nats",
        better="lower",
        ideal=0.0,
        sentence="How much the dimensions of a code repeat each other, as far as straight lines show it.",
        source="Locatello 2019; Watanabe 1960",
        protocol="Of a Gaussian with the codes' covariance: half of (the sum of log variances - log determinant); "
        "active dimensions alone.",
    ),
    Metric(
        key="pairwise_information",
        judges="codes",
        title="Information between dimensions",
        unit="nats",
        better="lower",
        ideal=0.0,
        sentence="How much one dimension tells of another, straight or not, on average over pairs.",
        source="Locatello 2019",
        protocol="Mutual information of two dimensions in 20 bins of equal width, 10,000 codes, mean over all pairs of "
        "active dimensions. By chance alone it is (bins - 1)² / 2N nats: .018.",
    ),
)


def total_correlation(z_nd: np.ndarray) -> Score:
    """Of codes (N, D), nats; infinite where one dimension is a sum of others. ModelError as `pairwise_information`."""
    active_na = _active(z_nd)
    covariance_aa = np.cov(active_na, rowvar=False, dtype=np.float64)
    _, log_determinant = np.linalg.slogdet(covariance_aa)
    value = max(0.0, 0.5 * (np.log(np.diag(covariance_aa)).sum() - log_determinant))
    return Score("total_correlation", float(value), _said(active_na, z_nd))


def pairwise_information(z_nd: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D), nats. ModelError for broken or too few codes, or fewer than two active dimensions."""
    active_na = _active(z_nd)
    if len(active_na) > TRAIN:
        active_na = np.random.default_rng(seed).choice(active_na, TRAIN, replace=False)
    bins_na = codes_in_bins(active_na)
    nats_aa, pairs = shared_nats(bins_na, bins_na), np.triu_indices(active_na.shape[1], 1)
    said = f"{_said(active_na, z_nd)}, {BINS} bins, seed {seed}"
    return Score("pairwise_information", float(nats_aa[pairs].mean()), said, {"most": float(nats_aa[pairs].max())})


def _active(z_nd: np.ndarray) -> np.ndarray:
    z_nd = checked_codes(z_nd, dimensions=2)
    active_d = active_in(z_nd)
    if active_d.sum() < 2:
        raise ModelError(
            f"this measure needs two active dimensions or more, got {int(active_d.sum())} of {len(active_d)}"
        )
    return z_nd[:, active_d]


def _said(active_na: np.ndarray, z_nd: np.ndarray) -> str:
    return f"{len(active_na):,} codes, {active_na.shape[1]} active dimensions of {z_nd.shape[1]}"
