"""How much each dimension tells about each known factor: normalised mutual information, 0..1, higher is better.

Codes in 20 bins of equal width, as disentanglement_lib's MIG (Locatello 2019) has them; divided by the factor's
entropy, so 1 = the dimension says the factor exactly. With N codes the estimate stands too high by about
(bins - 1)(values - 1) / 2N nats.
"""

import numpy as np

from model.errors import ModelError

BINS = 20
CODES_MIN = 100


def information(z_nd: np.ndarray, factors_nf: np.ndarray) -> np.ndarray:
    """(D, F): what dimension d tells of factor f. Factors are whole numbers (see `in_bins` for continuous ones).

    A factor with one value is told by nothing: 0. ModelError for too few codes.
    """
    if len(z_nd) < CODES_MIN:
        raise ModelError(f"information needs at least {CODES_MIN} codes, got {len(z_nd)}")
    shares = [np.unique(column, return_inverse=True)[1] for column in factors_nf.T]
    return np.array([[_share_told(in_bins(code), factor) for factor in shares] for code in z_nd.T])


def in_bins(values_n: np.ndarray, bins: int = BINS) -> np.ndarray:
    """(N,) int: which of the bins of equal width, from the least value to the greatest."""
    return np.asarray(np.digitize(values_n, np.histogram(values_n, bins)[1][:-1]))


def _share_told(code_n: np.ndarray, factor_n: np.ndarray) -> float:
    joint = np.histogram2d(code_n, factor_n, (np.arange(BINS + 2), np.arange(factor_n.max() + 2)))[0] / len(code_n)
    alone_c, alone_f = joint.sum(1), joint.sum(0)
    seen = joint > 0
    told = (joint[seen] * np.log(joint[seen] / np.outer(alone_c, alone_f)[seen])).sum()
    entropy = -(alone_f[alone_f > 0] * np.log(alone_f[alone_f > 0])).sum()
    return float(told / entropy) if entropy > 0 else 0.0
