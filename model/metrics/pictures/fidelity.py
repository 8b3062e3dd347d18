"""Precision, density and coverage: how real each shown picture is, and how many of the real ones are met.

KID mixes the two: pictures half-way between two products vary less than products do, and so come out too far off.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.metric import Metric

NEAREST = 5  # the sphere round a real picture reaches to this one of its neighbours
REAL = 2000  # pictures to judge by: with fewer the spheres are wide, and a blur lies in one
COMPONENTS = 64  # of the features, at most: distances in all 1,280 tell little
_PER_COMPONENT = 30  # real pictures; with fewer, new ones lie nearer to the middle than those they were found on
_CHUNK = 500

_PROTOCOL = (
    "Features of EfficientNet-lite0 at 96 px, projected on the 64 principal components of the real ones (one for 30 of "
    "them at most); spheres round 2,000 real pictures that reach to the 5th nearest other. Not comparable with values "
    "on other features, or of fewer real pictures: among 200 a blur has a precision of 1."
)

MEASURES = (
    Metric(
        key="precision",
        judges="pictures",
        title="Precision",
        unit="share of the pictures",
        better="higher",
        ideal=1.0,
        sentence="How many of the shown pictures look like some product: they lie as near to a real picture as its own "
        "neighbours do. Ghosts between two products lie outside.",
        source="Kynkäänniemi 2019",
        protocol=_PROTOCOL,
    ),
    Metric(
        key="density",
        judges="pictures",
        title="Density",
        unit="real pictures around each, over the 5 that real ones have",
        better="higher",
        ideal=1.0,
        sentence="How many real pictures each shown one is near to. It does not hang on single outliers, as precision "
        "does, and may be above 1.",
        source="Naeem 2020",
        protocol=_PROTOCOL,
    ),
    Metric(
        key="coverage",
        judges="pictures",
        title="Coverage",
        unit="share of the real pictures",
        better="higher",
        ideal=1.0,
        sentence="How many of the real pictures have a shown one near them. It grows with the number that is shown, so "
        "compare equal numbers only.",
        source="Naeem 2020",
        protocol=_PROTOCOL,
    ),
    Metric(
        key="recognised",
        judges="pictures",
        title="Recognised",
        unit="share of the rebuilt pictures",
        better="higher",
        ideal=1.0,
        sentence="How many rebuilt products look more like themselves than like any other product. What is lost of the "
        "others is the little that tells them from their neighbours.",
        source="the project's own",
        protocol="Held-out products; nearest by features of EfficientNet-lite0 at 96 px. It falls as the number of "
        "products grows.",
    ),
)


@dataclass(frozen=True)
class Fidelity:
    """Shares; `density` may be above 1."""

    precision: float
    density: float
    coverage: float
    around_m: np.ndarray  # of each shown picture, the real ones whose sphere it lies in
    met_n: np.ndarray  # bool, of each real picture: whether a shown one lies in its sphere


class RealPictures:
    """The spheres round the features (N, F) of real pictures, made once for any number of shown sets."""

    def __init__(self, real_nf: np.ndarray) -> None:
        if len(real_nf) <= NEAREST:
            raise ModelError(f"precision needs more than {NEAREST} real pictures, got {len(real_nf)}")
        self._mean_f = real_nf.mean(0, dtype=np.float64)
        components = max(1, min(COMPONENTS, len(real_nf) // _PER_COMPONENT))
        axes_kf = np.linalg.svd(real_nf - self._mean_f, full_matrices=False)[2][:components]
        self._axes_fk = axes_kf.T
        self._real_nk = self._projected(real_nf)

    @cached_property
    def radius_n(self) -> np.ndarray:
        """(N,) from each real picture to its 5th nearest other."""
        squared = (_squared(chunk, self._real_nk) for chunk in _chunks(self._real_nk))
        return np.asarray(
            np.sqrt(np.concatenate([np.partition(part, NEAREST, axis=1)[:, NEAREST] for part in squared]))
        )

    def fidelity(self, shown_mf: np.ndarray) -> Fidelity:
        """Of the features (M, F) of shown pictures. ModelError for none."""
        if not len(shown_mf):
            raise ModelError("precision needs a picture or more")
        inside_m, met_n = [], np.zeros(len(self._real_nk), bool)
        # a hair wider: a picture on the surface is inside, whatever the rounding
        reach_n = (self.radius_n * (1 + 1e-9) + 1e-9) ** 2
        for chunk_ck in _chunks(self._projected(shown_mf)):
            inside_cn = _squared(chunk_ck, self._real_nk) <= reach_n
            inside_m.append(inside_cn.sum(1))
            met_n |= inside_cn.any(0)
        counts_m = np.concatenate(inside_m)
        return Fidelity(
            float((counts_m > 0).mean()), float(counts_m.mean() / NEAREST), float(met_n.mean()), counts_m, met_n
        )

    def __len__(self) -> int:
        return len(self._real_nk)

    def _projected(self, features_nf: np.ndarray) -> np.ndarray:
        return np.asarray((features_nf - self._mean_f) @ self._axes_fk)


def recognised(rebuilt_nf: np.ndarray, real_nf: np.ndarray) -> float:
    """The share of rebuilt pictures whose nearest real one is their own, from features (N, F) in the same order."""
    return float(each_recognised(rebuilt_nf, real_nf).mean())


def each_recognised(rebuilt_nf: np.ndarray, real_nf: np.ndarray) -> np.ndarray:
    """bool (N,): whether the nearest real one is its own."""
    nearest_n = np.concatenate([_squared(chunk_cf, real_nf).argmin(1) for chunk_cf in _chunks(rebuilt_nf)])
    return np.asarray(nearest_n == np.arange(len(real_nf)))


def _chunks(x_nk: np.ndarray) -> list[np.ndarray]:
    return [x_nk[i : i + _CHUNK] for i in range(0, len(x_nk), _CHUNK)]


def _squared(a_mk: np.ndarray, b_nk: np.ndarray) -> np.ndarray:
    """(M, N) squared distances, not below 0."""
    squared_mn = np.square(a_mk).sum(1)[:, None] + np.square(b_nk).sum(1) - 2 * a_mk @ b_nk.T
    return np.asarray(squared_mn.clip(0))
