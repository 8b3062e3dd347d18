"""The separated attribute predictability: how much better one dimension alone guesses a factor than the next."""

from dataclasses import dataclass

import numpy as np

from looks_like.model.metrics.ground_truth import TEST, TRAIN, GroundTruth, sample
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="sap",
        judges="factors",
        title="Separated attribute predictability (SAP)",
        unit="share right",
        better="higher",
        ideal=1.0,
        sentence="How much more often a straight cut of the best dimension guesses a factor than one of the second "
        "best.",
        source="Kumar 2018; linear classifiers as in Locatello 2019",
        protocol="A linear support vector machine (squared hinge, C = .01, classes balanced, one against the rest) on "
        "each dimension alone, for each factor, learnt from 10,000 codes and asked about 5,000 others; gap between the "
        "best two shares of right answers, mean over factors. A line seldom tells a middle value, so even perfect "
        "codes stay below 1 for factors of three values or more. Not the R² variant, whose values are ten times "
        "larger.",
    ),
)

_C = 0.01
_STEPS = 100
_TOLERANCE = 1e-9


def sap(z_nd: np.ndarray, factors_nf: np.ndarray, *, seed: int = 0) -> Score:
    """Of codes (N, D) and whole numbers (N, F). ModelError as `looks_like.model.metrics.ground_truth.known`."""
    rng = np.random.default_rng(seed)
    given = sample(z_nd, factors_nf, TRAIN + TEST, rng)
    train, test = given.split(rng)
    right_df = np.sort([_right(train, test, d) for d in range(given.dimensions)], axis=0)
    gap_f = right_df[-1] - right_df[-2]
    said = given.said(f"{len(train):,} + {len(test):,} codes", seed)
    return Score("sap", float(gap_f.mean()), said, given.named(gap_f))


def _right(train: GroundTruth, test: GroundTruth, dimension: int) -> list[float]:
    """Share of right answers about each factor from one dimension alone."""
    lines = separating_lines(train.z_nd[:, dimension].astype(float), train.values_nf)
    code_n = test.z_nd[:, dimension].astype(float)
    guesses = [np.argmax(np.outer(slope_v, code_n) + level_v[:, None], axis=0) for slope_v, level_v in lines]
    return [float((guess_n == value_n).mean()) for guess_n, value_n in zip(guesses, test.values_nf.T, strict=True)]


def separating_lines(code_n: np.ndarray, values_nf: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Per factor the slopes and levels (V,) of each value against the rest: what liblinear's LinearSVC converges to.

    On one dimension the codes within the margin lie on one side of a threshold, so sums over them are read from running
    sums of the sorted codes, and Newton's method on the two numbers needs no further look at the codes.
    """
    counts_f = values_nf.max(0).astype(int) + 1
    sums = _RunningSums.of(code_n, values_nf, counts_f)
    slope_v, level_v = _newton(sums, *_penalties(sums, counts_f))
    ends_f = counts_f.cumsum()[:-1]
    return list(zip(np.split(slope_v, ends_f), np.split(level_v, ends_f), strict=True))


@dataclass(frozen=True, eq=False)
class _RunningSums:
    """Of 1, x and x² over sorted codes x: all of them, and those of each value of each factor, value after value."""

    code_n: np.ndarray  # sorted
    all_n3: np.ndarray  # row i: the sum over the first i
    own_m3: np.ndarray
    place_m: np.ndarray  # value * N + place among all codes, ascending
    start_v: np.ndarray  # where each value starts in the last two, and their end

    @classmethod
    def of(cls, code_n: np.ndarray, values_nf: np.ndarray, counts_f: np.ndarray) -> "_RunningSums":
        order_n, (products, factors) = np.argsort(code_n), values_nf.shape
        sorted_nf = values_nf[order_n]
        places_fn = np.stack([np.argsort(values_n, kind="stable") for values_n in sorted_nf.T])
        of_value_v = np.concatenate([np.bincount(sorted_nf[:, f], minlength=counts_f[f]) for f in range(factors)])
        code_n = code_n[order_n]
        return cls(
            code_n,
            _summed(code_n),
            _summed(code_n[places_fn.ravel()]),
            places_fn.ravel() + products * np.repeat(np.arange(len(of_value_v)), of_value_v),
            np.concatenate([[0], of_value_v.cumsum()]),
        )

    def beyond(self, threshold_v: np.ndarray, below_v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(V, 3) twice: sums over the codes of each value, and over the others, on one side of a threshold each."""
        place_v = np.searchsorted(self.code_n, threshold_v)
        own_v = np.searchsorted(self.place_m, np.arange(len(place_v)) * len(self.code_n) + place_v)
        first_v3 = self.own_m3[self.start_v[:-1]]
        own_v3, all_v3 = self.own_m3[own_v] - first_v3, self.all_n3[place_v]
        whole_v3 = self.own_m3[self.start_v[1:]] - first_v3
        own_v3 = np.where(below_v[:, None], own_v3, whole_v3 - own_v3)
        return own_v3, np.where(below_v[:, None], all_v3, self.all_n3[-1] - all_v3) - own_v3


def _summed(code_n: np.ndarray) -> np.ndarray:
    sums_3n = np.zeros((3, len(code_n) + 1))  # each sum in one piece of memory: three times as fast
    np.cumsum([np.ones_like(code_n), code_n, code_n**2], axis=1, out=sums_3n[:, 1:])
    return sums_3n.T


def _penalties(sums: _RunningSums, counts_f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(V, 1) what a code of each value costs within the margin, and what one of the rest does, as liblinear has it.

    Balanced: C · N / (values · codes of the value). Among three values or more the rest is not balanced; between two
    the rest is the other value. A value that no code here has costs nothing, and is never said.
    """
    own, rest = [], []
    for count_v in np.split(np.diff(sums.start_v), counts_f.cumsum()[:-1]):
        own.append(_C * len(sums.code_n) / (max(1, np.count_nonzero(count_v)) * np.maximum(count_v, 1)))
        rest.append(own[-1][::-1] if len(count_v) == 2 else np.full(len(count_v), _C))
    return np.concatenate(own)[:, None], np.concatenate(rest)[:, None]


def _newton(sums: _RunningSums, own_v1: np.ndarray, rest_v1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least of (slope² + level²) / 2 + the sum of penalty · max(0, 1 - sign · (slope · x + level))²."""
    slope_v, level_v = np.zeros(len(own_v1)), np.zeros(len(own_v1))
    for _ in range(_STEPS):
        rising_v = slope_v >= 0
        with np.errstate(divide="ignore", invalid="ignore"):  # a level line has its thresholds at infinity
            own_v3 = 2 * own_v1 * sums.beyond((1 - level_v) / slope_v, rising_v)[0]
            rest_v3 = 2 * rest_v1 * sums.beyond((-1 - level_v) / slope_v, ~rising_v)[1]
        (s0_v, s1_v, s2_v), (r0_v, r1_v, _) = (own_v3 + rest_v3).T, (own_v3 - rest_v3).T
        s0_v, s2_v = s0_v + 1, s2_v + 1
        before = slope_v, level_v
        determinant_v = s0_v * s2_v - s1_v**2
        slope_v = (s0_v * r1_v - s1_v * r0_v) / determinant_v
        level_v = (s2_v * r0_v - s1_v * r1_v) / determinant_v
        if max(np.abs(slope_v - before[0]).max(), np.abs(level_v - before[1]).max()) < _TOLERANCE:
            break
    return slope_v, level_v
