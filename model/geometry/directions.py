"""Directions of a space that mean something to people: how a score is read, and how a code moves with it."""

import numpy as np

from looks_like.model.errors import ModelError

_RIDGE = 0.03  # of the mean squared length; from .01 to .1 true factors are ranked equally well (docs/looks.md)
_TAIL = 0.05  # of the products lie beyond either end of the scale
_WIDTH_MIN = 1e-6
_FOLDS = 5


def read_between(x_md: np.ndarray, high_m: np.ndarray) -> tuple[np.ndarray, float]:
    """-> ((D,) weights by which vectors float32 (M, D) of two groups are told apart, the share of vectors, each group
    counting as much, that are on the right side when they are left out). `high_m`: bool (M,), those that score high.

    Ridge regression on the group (Hoerl 1970). ModelError where a group has fewer than two.
    """
    if min(int(high_m.sum()), int((~high_m).sum())) < 2:
        raise ModelError("a direction needs two products at least at either end")
    weights_d, _ = _ridge(x_md, high_m)
    fold_m = np.empty(len(x_md), np.int64)
    for group_m in (high_m, ~high_m):
        fold_m[group_m] = np.arange(group_m.sum()) % _FOLDS
    right_m = np.zeros(len(x_md), bool)
    for fold in range(_FOLDS):
        left_out = fold_m == fold
        if left_out.any() and high_m[~left_out].any() and (~high_m[~left_out]).any():
            w_d, middle = _ridge(x_md[~left_out], high_m[~left_out])
            right_m[left_out] = (x_md[left_out] @ w_d > middle) == high_m[left_out]
    return weights_d, float((right_m[high_m].mean() + right_m[~high_m].mean()) / 2)


def apart(score_m: np.ndarray, high_m: np.ndarray) -> float:
    """Cohen's d: how far the means of two groups are apart, in their pooled standard deviation; 0 where that is 0."""
    high, low = np.asarray(score_m[high_m], np.float64), np.asarray(score_m[~high_m], np.float64)
    if min(len(high), len(low)) < 2:
        return 0.0
    freedom = len(high) + len(low) - 2
    deviation = np.sqrt((((high - high.mean()) ** 2).sum() + ((low - low.mean()) ** 2).sum()) / freedom)
    return float((high.mean() - low.mean()) / deviation) if deviation > 0 else 0.0


def held_out_apart(x_md: np.ndarray, high_m: np.ndarray) -> float:
    """Cohen's d of two groups of vectors (M, D) by scores that were learnt from other vectors of both: each half is
    scored by what the other half taught. 0 where a group has fewer than four.
    """
    if min(int(high_m.sum()), int((~high_m).sum())) < 4:
        return 0.0
    half_m = np.empty(len(x_md), np.int64)
    for group_m in (high_m, ~high_m):
        half_m[group_m] = np.arange(group_m.sum()) % 2
    found = []
    for half in (0, 1):
        w_d, _ = _ridge(x_md[half_m != half], high_m[half_m != half])
        found.append(apart(x_md[half_m == half] @ w_d, high_m[half_m == half]))
    return float(np.mean(found))


def apart_by_chance(x_nd: np.ndarray, high: int, low: int, draws: int, seed: int = 0) -> float:
    """Root mean square of `held_out_apart` of so many random pairs of groups of vectors (N, D) of these sizes."""
    rng, found = np.random.default_rng(seed), []
    count = min(high + low, len(x_nd))
    for _ in range(draws):
        some = rng.choice(len(x_nd), count, replace=False)
        found.append(held_out_apart(x_nd[some], np.arange(count) < high * count // (high + low)))
    return float(np.sqrt(np.mean(np.square(found)))) if found else 0.0


def principal_directions(z_nd: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """-> ((K, D) what one standard deviation adds to a code along each of the directions in which codes (N, D) spread
    most, (K,) their shares of all variance); the widest first, `count` at most, none that is not spread.
    """
    if len(z_nd) < 2:
        return np.zeros((0, z_nd.shape[1])), np.zeros(0)
    variance_d, turn_dd = np.linalg.eigh(np.atleast_2d(np.cov(np.asarray(z_nd, np.float64).T)))
    variance_k, turn_dk = variance_d[::-1][:count], turn_dd[:, ::-1][:, :count]
    kept = variance_k > 1e-6 * max(float(variance_k[0]), 1e-12)
    # eigenvectors have no sign of their own
    sign_k = np.sign(turn_dk[np.abs(turn_dk).argmax(0), np.arange(turn_dk.shape[1])])
    steps_kd = (turn_dk * sign_k * np.sqrt(np.maximum(variance_k, 0))).T
    return steps_kd[kept], variance_k[kept] / max(float(variance_d.sum()), 1e-12)


def _ridge(x_md: np.ndarray, high_m: np.ndarray) -> tuple[np.ndarray, float]:
    """-> (weights, the score half-way between both groups); each group counts as much as the other."""
    x_md = np.asarray(x_md, np.float64)
    middle_d = (x_md[high_m].mean(0) + x_md[~high_m].mean(0)) / 2
    away_md = x_md - middle_d
    counts_m = np.sqrt(len(x_md) * np.where(high_m, 0.5 / high_m.sum(), 0.5 / (~high_m).sum()))
    alpha = _RIDGE * float((away_md**2).sum(1).mean()) + 1e-12
    side_m, away_md = counts_m * np.where(high_m, 1.0, -1.0), counts_m[:, None] * away_md
    if x_md.shape[1] <= len(x_md):
        weights_d = np.linalg.solve(away_md.T @ away_md + alpha * np.eye(x_md.shape[1]), away_md.T @ side_m)
    else:  # the same by the smaller matrix
        weights_d = away_md.T @ np.linalg.solve(away_md @ away_md.T + alpha * np.eye(len(x_md)), side_m)
    return weights_d, float(middle_d @ weights_d)


def scaled(score_n: np.ndarray) -> tuple[float, float]:
    """-> (factor, zero): `factor * score - zero` is 0 at the score that 5 % of these are below, 100 at the one that 5 %
    are above. ModelError where all are alike.
    """
    low, high = np.quantile(np.asarray(score_n, np.float64), [_TAIL, 1 - _TAIL])
    if not high - low > _WIDTH_MIN * max(1.0, abs(high), abs(low)):
        raise ModelError("in this direction all products are alike: there is nothing to name")
    factor = 100 / (high - low)
    return float(factor), float(factor * low)


def moved_with(z_nd: np.ndarray, score_n: np.ndarray) -> tuple[np.ndarray, float]:
    """-> ((D,) how codes (N, D) differ for each point of a score (N,), by regression; the correlation of the score with
    what a linear map reads of the codes of products that it was not learnt from).

    Along it the score changes most for how far the code goes, measured in standard deviations of the codes.
    """
    z_nd, score_n = np.asarray(z_nd, np.float64), np.asarray(score_n, np.float64)
    away_n = score_n - score_n.mean()
    step_d = (z_nd - z_nd.mean(0)).T @ away_n / max(float(away_n @ away_n), 1e-12)
    even_n = np.arange(len(z_nd)) % 2 == 0
    if even_n.sum() < 3 or (~even_n).sum() < 3:
        return step_d.astype(np.float32), 0.0
    from sklearn.linear_model import Ridge

    alpha = 1e-3 * float((z_nd[even_n] ** 2).sum()) / z_nd.shape[1] + 1e-12
    read_m = Ridge(alpha).fit(z_nd[even_n], away_n[even_n]).predict(z_nd[~even_n])
    if not (read_m.std() > 0 and away_n[~even_n].std() > 0):
        return step_d.astype(np.float32), 0.0
    return step_d.astype(np.float32), float(np.corrcoef(read_m, away_n[~even_n])[0, 1])
