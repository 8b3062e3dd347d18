"""What is telling and what is chance: plain statistics of arrays."""

import numpy as np

from looks_like.explorer.search.enrichment.columns import Numbers

CHANCE = 0.01  # of a finding that is none, over all that was looked at


def chance(z: np.ndarray) -> np.ndarray:
    """Of a normal value as far from 0 as this, to either side."""
    from scipy.special import erfc

    return np.asarray(erfc(z / np.sqrt(2)))


def g_statistic(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Of tables [[a, b], [c, d]]: 2 sum O ln(O / E), chi-squared with one degree of freedom where there is nothing."""
    a, b, c, d = (np.asarray(x, np.float64) for x in (a, b, c, d))

    def term(x: np.ndarray) -> np.ndarray:
        return np.asarray(x * np.log(np.maximum(x, 1e-300)))

    n = a + b + c + d
    cells = term(a) + term(b) + term(c) + term(d)
    margins = term(a + b) + term(c + d) + term(a + c) + term(b + d)
    return np.asarray(np.maximum(2 * (cells - margins + term(n)), 0.0))


def mann_whitney(column: Numbers, given_m: np.ndarray) -> tuple[float, float]:
    """-> (share of pairs in which one of these is above one of the others, |z| of U, corrected for equal numbers)

    z is 0 where all numbers are equal.
    """
    count, all_of = len(given_m), len(column.sorted_v)
    pairs = count * (all_of - count)
    u = float(column.rank_n[given_m].sum(dtype=np.float64)) - count * (count + 1) / 2
    variance = pairs / 12 * (all_of + 1 - column.ties / (all_of * (all_of - 1)))
    return u / pairs, abs(u - pairs / 2) / float(np.sqrt(variance)) if variance > 0 else 0.0


def two_groups(z_md: np.ndarray, sums_2d: np.ndarray, whole: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (mean, mean of the rest, pooled deviation), (D,) each."""
    count, rest = len(z_md), whole - len(z_md)
    sum_d, square_d = z_md.sum(0), np.square(z_md).sum(0)
    mean_d, mean_rest_d = sum_d / count, (sums_2d[0] - sum_d) / rest
    within_d = square_d - count * mean_d**2 + (sums_2d[1] - square_d) - rest * mean_rest_d**2
    return mean_d, mean_rest_d, np.sqrt(np.maximum(within_d, 0) / max(whole - 2, 1))
