"""What neighbours say of a product, each weighed by how near it is, and how far that can be trusted."""

from dataclasses import dataclass

import numpy as np

_BIN_LEAST = 25  # votes whose share was right or not are counted together
_BINS_MAX = 20


def nearness(distance_mk: np.ndarray, typical: float) -> np.ndarray:
    """(M, K): 1 at no distance, a half at the typical one."""
    typical = max(typical, 1e-9)
    return np.asarray(typical / (distance_mk + typical))


def weighed_vote(votes_mk: np.ndarray, weight_mk: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (the label (M,) with most weight among a row's votes, its share (M,) of the weight); of equals the first."""
    same_mkk = votes_mk[:, :, None] == votes_mk[:, None, :]
    for_mk = (same_mkk * weight_mk[:, None, :]).sum(2)
    best_m1 = for_mk.argmax(1)[:, None]
    label_m = np.take_along_axis(votes_mk, best_m1, 1)[:, 0]
    return label_m, np.take_along_axis(for_mk, best_m1, 1)[:, 0] / weight_mk.sum(1)


def weighed_quantile(values_mk: np.ndarray, weight_mk: np.ndarray, share: float) -> np.ndarray:
    """(M,): of each row the least of its values that has this share of the weight at or below it."""
    order_mk = np.argsort(values_mk, axis=1, kind="stable")
    below_mk = np.take_along_axis(weight_mk, order_mk, 1).cumsum(1)
    first_m1 = (below_mk >= share * below_mk[:, -1:] - 1e-12).argmax(1)[:, None]
    return np.take_along_axis(np.take_along_axis(values_mk, order_mk, 1), first_m1, 1)[:, 0]


@dataclass(frozen=True)
class Trust:
    """How often a vote of some share was right: shares (B,), ascending, and rates (B,) that never fall."""

    share_b: np.ndarray
    rate_b: np.ndarray

    def of(self, share_m: np.ndarray) -> np.ndarray:
        """(M,), 0 to 1."""
        return np.asarray(np.interp(share_m, self.share_b, self.rate_b))


def learn_trust(share_n: np.ndarray, right_n: np.ndarray) -> Trust:
    """From votes whose outcome is known: their shares (N,) and whether they were right (N,).

    Isotonic regression over bins of equal count (Zadrozny & Elkan 2002); each bin is drawn a little to a half, so
    that few votes never make a certainty. Without any vote everything is as likely as not.
    """
    from sklearn.isotonic import IsotonicRegression

    if not len(share_n):
        return Trust(np.array([0.0]), np.array([0.5]))
    order_n = np.argsort(share_n, kind="stable")
    parts = np.array_split(order_n, int(np.clip(len(order_n) // _BIN_LEAST, 1, _BINS_MAX)))
    share_b = np.array([share_n[part].mean() for part in parts])
    rate_b = np.array([(right_n[part].sum() + 1) / (len(part) + 2) for part in parts])
    rate_b = IsotonicRegression().fit_transform(share_b, rate_b, sample_weight=[len(part) for part in parts])
    return Trust(share_b, np.asarray(rate_b))
