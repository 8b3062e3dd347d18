"""Unsupervised disentanglement ranking: do models that were started differently find the same dimensions?"""

from collections.abc import Sequence

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.ground_truth import checked_codes
from looks_like.model.metrics.metric import Metric, Score

ALPHA = 0.1  # of the Lasso
KL_MIN_NATS = 0.01  # a dimension with a lower mean KL is not looked at

MEASURES = (
    Metric(
        key="udr",
        judges="codes",
        title="Agreement of seeds (UDR)",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="How far models of other seeds found the same dimensions: what is found each time is in the data.",
        source="Duan 2020",
        protocol="Codes of the same products by two models or more, five being better, that differ in their seed; each "
        "dimension divided by its deviation; a Lasso (alpha .1) from the codes of one model to each dimension of "
        "another gives weights |R|; half of (mean over columns + mean over rows) of greatest² / sum, where dimensions "
        "with a mean KL below .01 nats are left out; a model's score is the median over the others. The Lasso shrinks "
        "each weight by .1, so equal dimensions reach .9.",
    ),
)


def udr(codes: Sequence[np.ndarray], kl: Sequence[np.ndarray]) -> list[Score]:
    """One score for each model, of its codes (N, D) of the same products and its mean KL (D,) in nats.

    ModelError for fewer than two models, broken codes, or other products or dimensions.
    """
    if len(kl) != len(codes):
        raise ModelError(f"UDR needs as many KLs as models, got {len(kl)} for {len(codes)}")
    informative = [_informative(z_nd, kl_d) for z_nd, kl_d in zip(codes, kl, strict=True)]
    if len(codes) < 2 or len({z_nd.shape for z_nd in codes}) > 1:
        shapes = ", ".join(str(np.shape(z_nd)) for z_nd in codes)
        raise ModelError(f"UDR compares two models or more on the same products, with as many dimensions: got {shapes}")
    agreed_mm = np.array(
        [
            [pair_agreement(a_na, b_nb) if i != j else 0.0 for j, b_nb in enumerate(informative)]
            for i, a_na in enumerate(informative)
        ]
    )
    scores = []
    for j, mine_na in enumerate(informative):
        others_m = np.delete(agreed_mm[:, j], j)
        said = f"{len(mine_na):,} codes, {mine_na.shape[1]} of {codes[j].shape[1]} dimensions, {len(others_m)} others"
        parts = {"least": float(others_m.min()), "most": float(others_m.max())}
        scores.append(Score("udr", float(np.median(others_m)), said, parts))
    return scores


def pair_agreement(from_na: np.ndarray, to_nb: np.ndarray) -> float:
    """Of the standardised codes of two models, 0..1: 1 = each dimension of either is one of the other."""
    from sklearn.linear_model import Lasso

    if not from_na.shape[1] or not to_nb.shape[1]:
        return 0.0
    weight_ba = np.abs(Lasso(alpha=ALPHA).fit(from_na, to_nb).coef_).reshape(to_nb.shape[1], -1)
    return (_one_sided(weight_ba) + _one_sided(weight_ba.T)) / 2


def _one_sided(weight_ab: np.ndarray) -> float:
    """Mean over rows of greatest² / sum; a row of zeros counts as 0."""
    sum_a = weight_ab.sum(1)
    return float(np.divide(weight_ab.max(1) ** 2, sum_a, out=np.zeros_like(sum_a), where=sum_a > 0).mean())


def _informative(z_nd: np.ndarray, kl_d: np.ndarray) -> np.ndarray:
    z_nd, kl_d = checked_codes(z_nd).astype(np.float64), np.asarray(kl_d)
    if kl_d.shape != z_nd.shape[1:]:
        raise ModelError(f"{z_nd.shape[1]} dimensions need as many mean KLs, got shape {kl_d.shape}")
    deviation_d = z_nd.std(0)
    kept_d = (kl_d > KL_MIN_NATS) & (deviation_d > 0)
    scaled_nd: np.ndarray = ((z_nd - z_nd.mean(0)) / np.where(deviation_d > 0, deviation_d, 1))[:, kept_d]
    return scaled_nd
