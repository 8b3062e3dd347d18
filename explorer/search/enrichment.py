"""What sets some products apart from all others: the values they have more or less often, their numbers, their codes.

Texts, yes/no and tags are compared by a G-test (likelihood ratio, Dunning 1993), numbers by their ranks (Mann-Whitney's
U as the share of pairs, Cliff's delta), dimensions by Cohen's d. Only what passes 1 % after Bonferroni's correction is
told, that with the strongest evidence first. The work grows with the selection, not with the catalogue.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.search.columns import CategoricalColumn, NumericColumn, columns

TAG = "tag"
_CHANCE = 0.01  # of a finding that is none, over all that was looked at
_LEAST_TOTAL = 5  # products with a value, else it is not looked at
_LEAST_WITHIN, _LEAST_EXPECTED = 3, 5.0  # of a value that is more, or less frequent
_LIFT = 1.25  # or its inverse; in a million products everything is significant
_DELTA, _COHEN = 0.1, 0.3  # effects below say nothing to anyone
_MOSTLY = 0.95  # below, it is said how few products have the attribute


@dataclass(frozen=True)
class ValueEnrichment:
    """A value of an attribute, or a tag. Shares are of the products for which the attribute is given."""

    attribute: str
    value: str  # as in the catalogue: hostile text
    said: str  # the same made harmless, after the attribute's name where it needs that
    count: int  # among these
    within: float  # share of these
    rest: float  # share of all others
    lift: float  # within / rest; infinite where no other has it
    evidence: float  # G; 6.6 is a chance of 1 % for one value
    words: str


@dataclass(frozen=True)
class NumberEnrichment:
    """A numeric attribute, or a time in ms since 1970."""

    attribute: str
    median: float  # of these
    median_rest: float
    above: float  # share of pairs in which one of these is above one of the others; equal ones count half
    delta: float  # Cliff's: -1 all below, 1 all above
    evidence: float  # |z|
    word: str  # higher, lower; dearer, cheaper; later, earlier
    words: str


@dataclass(frozen=True)
class DimensionEnrichment:
    """A dimension of a model."""

    dimension: int
    d: float  # Cohen's: the difference of the means in (pooled) deviations
    evidence: float  # |z|
    words: str


@dataclass(frozen=True)
class Enrichment:
    products: int
    others: int
    values: tuple[ValueEnrichment, ...]
    numbers: tuple[NumberEnrichment, ...]
    dimensions: tuple[DimensionEnrichment, ...]
    words: str  # the most telling of it, or why there is nothing


def find_enrichment(
    lab: Lab,
    rows_m: np.ndarray,
    model: str | None = None,
    tags: Mapping[str, np.ndarray] | None = None,
    limit: int = 20,
) -> Enrichment:
    """Of the products in these catalogue rows (in any order) against all others; at most `limit` of each kind.

    `tags`: of each tag a mask (N,) bool over the catalogue. Without a model, or with one that has no codes, no
    dimensions are compared. RequestError for a row that there is not.
    """
    rows_m = _checked(lab, rows_m)
    others = len(lab.catalogue()) - len(rows_m)
    if not len(rows_m) or not others:
        why = "No product is chosen." if others else "All products are chosen: there are no others."
        return Enrichment(len(rows_m), others, (), (), (), why)
    values = value_enrichments(lab, rows_m, tags)[:limit]
    numbers = number_enrichments(lab, rows_m)[:limit]
    dimensions = dimension_enrichments(lab, rows_m, model)[:limit] if model else ()
    told = [found[0].words for found in (values, numbers, dimensions) if found]
    nothing = "Nothing in the catalogue sets these products apart" + (": they are few." if len(rows_m) < 10 else ".")
    return Enrichment(len(rows_m), others, values, numbers, dimensions, "; ".join(told) or nothing)


def value_enrichments(
    lab: Lab, rows_m: np.ndarray, tags: Mapping[str, np.ndarray] | None = None
) -> tuple[ValueEnrichment, ...]:
    """Those of texts, yes/no and tags, the strongest evidence first."""
    compared = [_compared(column, rows_m) for column in columns(lab) if isinstance(column, CategoricalColumn)]
    compared += [_tag_compared(tag, tagged_n, rows_m) for tag, tagged_n in (tags or {}).items()]
    looked_at = sum(len(found.index) for found in compared)
    told = [one for found in compared for one in found.told(looked_at)]
    return tuple(sorted(told, key=lambda one: (-one.evidence, one.attribute, one.value)))


def number_enrichments(lab: Lab, rows_m: np.ndarray) -> tuple[NumberEnrichment, ...]:
    """Those of numbers and times, the strongest evidence first."""
    numeric = [column for column in columns(lab) if isinstance(column, NumericColumn)]
    found = [one for column in numeric if (one := _number(column, rows_m, len(numeric)))]
    return tuple(sorted(found, key=lambda one: (-one.evidence, one.attribute)))


def dimension_enrichments(lab: Lab, rows_m: np.ndarray, model: str) -> tuple[DimensionEnrichment, ...]:
    """Those of a model's active dimensions, the strongest first; none where it has no codes."""
    try:
        space = lab.space(model)
        active = [dimension.index for dimension in space.dimensions]
    except MISTAKES:
        return ()
    z_md = np.asarray(space.z_nd[space.positions(rows_m)][:, active], np.float64)
    count, whole = len(z_md), len(space.z_nd)
    if not count or count == whole:
        return ()
    everything_2d = _moments(lab, model, lab.version(), lab.workspace.stamp(f"codes--{model}"))[:, active]
    mean_d, mean_rest_d, deviation_d = _two_groups(z_md, everything_2d, whole)
    d_d = (mean_d - mean_rest_d) / np.maximum(deviation_d, 1e-12)
    z_d = np.abs(d_d) * np.sqrt(count * (whole - count) / whole)
    told_d = (np.abs(d_d) >= _COHEN) & (_chance(z_d) * len(active) < _CHANCE)
    found = [_dimension(active[i], float(d_d[i]), float(z_d[i])) for i in np.flatnonzero(told_d)]
    return tuple(sorted(found, key=lambda one: (-one.evidence, one.dimension)))


def sanitised(text: str, most: int = 60) -> str:
    """Of a stranger's text: no control, no writing direction turned, one line, cut to `most` characters."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text[: 4 * most])
    seen = " ".join(seen.split())
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def _checked(lab: Lab, rows_m: np.ndarray) -> np.ndarray:
    """Ascending, each once."""
    rows_m = np.asarray(rows_m, np.int64)
    chosen_n = np.zeros(len(lab.catalogue()), bool)
    wrong = rows_m[(rows_m < 0) | (rows_m >= len(chosen_n))]
    if len(wrong):
        raise RequestError(f"there is no row {wrong[0]} in this catalogue of {len(chosen_n):,}")
    chosen_n[rows_m] = True
    return np.flatnonzero(chosen_n)


@dataclass(frozen=True)
class _Compared:
    """One attribute's values that are frequent enough to be looked at, each as a table of two by two."""

    column: CategoricalColumn
    index: np.ndarray  # of values; one past the last = not given
    have: np.ndarray  # of these
    have_rest: np.ndarray
    known: np.ndarray  # of these, for each value
    known_rest: np.ndarray
    least_known: float  # share of the products for which the attribute is given, in the poorer of the two groups

    def told(self, looked_at: int) -> list[ValueEnrichment]:
        a, c = self.have, self.have_rest
        b, d = self.known - a, self.known_rest - c
        whole = np.maximum(self.known + self.known_rest, 1)
        expected = self.known * (a + c) / whole
        within, rest = a / np.maximum(self.known, 1), c / np.maximum(self.known_rest, 1)
        lift = np.divide(within, rest, out=np.full(len(a), np.inf), where=rest > 0)
        more = (a >= _LEAST_WITHIN) & (lift >= _LIFT)
        less = (expected >= _LEAST_EXPECTED) & (lift <= 1 / _LIFT)
        g = _g(a, b, c, d)
        chosen = (more | less) & (_chance(np.sqrt(g)) * max(looked_at, 1) < _CHANCE)
        chosen &= (self.known > 0) & (self.known_rest > 0)
        return [
            self._one(int(i), int(a[i]), (float(within[i]), float(rest[i]), float(lift[i])), float(g[i]))
            for i in np.flatnonzero(chosen)
        ]

    def _one(self, at: int, count: int, shares: tuple[float, float, float], g: float) -> ValueEnrichment:
        index = int(self.index[at])
        value = self.column.value(index)
        few = self.least_known < _MOSTLY and index < len(self.column)
        said = self.column.said(index, sanitised(value))
        words = _value_words(said, *shares, given=few)
        return ValueEnrichment(self.column.name, value, said, count, *shares, evidence=g, words=words)


def _compared(column: CategoricalColumn, rows_m: np.ndarray) -> _Compared:
    in_selection_v = np.bincount(column.codes_n[rows_m] + 1, minlength=len(column) + 1)
    missing, missing_all = in_selection_v[0], column.missing
    index = column.frequent(_LEAST_TOTAL)
    have, total = in_selection_v[1:][index], column.totals_v[index]
    known, known_all = len(rows_m) - missing, len(column.codes_n) - missing_all
    least_known = min(known / len(rows_m), (known_all - known) / max(1, len(column.codes_n) - len(rows_m)))
    known_v, known_rest_v = np.full(len(index), known), np.full(len(index), known_all - known)
    if missing_all >= _LEAST_TOTAL:  # that it is not given may be telling too
        index, have, total = (np.append(x, y) for x, y in ((index, len(column)), (have, missing), (total, missing_all)))
        known_v = np.append(known_v, len(rows_m))
        known_rest_v = np.append(known_rest_v, len(column.codes_n) - len(rows_m))
    return _Compared(column, index, have, total - have, known_v, known_rest_v, float(least_known))


def _tag_compared(tag: str, tagged_n: np.ndarray, rows_m: np.ndarray) -> _Compared:
    have, total = int(tagged_n[rows_m].sum()), int(tagged_n.sum())
    told = 1 if total >= _LEAST_TOTAL else 0
    counts = (0, have, total - have, len(rows_m), len(tagged_n) - len(rows_m))
    index, a, c, known, known_rest = (np.array([count] * told, np.int64) for count in counts)
    return _Compared(CategoricalColumn.of_tag(TAG, tag), index, a, c, known, known_rest, 1.0)


def _g(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Of tables [[a, b], [c, d]]: 2 sum O ln(O / E), chi-squared with one degree of freedom where there is nothing."""
    a, b, c, d = (np.asarray(x, np.float64) for x in (a, b, c, d))

    def term(x: np.ndarray) -> np.ndarray:
        return np.asarray(x * np.log(np.maximum(x, 1e-300)))

    n = a + b + c + d
    cells = term(a) + term(b) + term(c) + term(d)
    margins = term(a + b) + term(c + d) + term(a + c) + term(b + d)
    return np.asarray(np.maximum(2 * (cells - margins + term(n)), 0.0))


def _chance(z: np.ndarray) -> np.ndarray:
    """Of a normal value as far from 0 as this, to either side."""
    from scipy.special import erfc

    return np.asarray(erfc(z / np.sqrt(2)))


def _number(column: NumericColumn, rows_m: np.ndarray, looked_at: int) -> NumberEnrichment | None:
    given_m = rows_m[column.position_n[rows_m] >= 0]
    count, rest = len(given_m), len(column.sorted_v) - len(given_m)
    if not count or not rest:
        return None
    u = float(column.rank_n[given_m].sum(dtype=np.float64)) - count * (count + 1) / 2
    above = u / (count * rest)
    z = abs(u - count * rest / 2) / np.sqrt(count * rest * (count + rest + 1) / 12)
    if abs(2 * above - 1) < _DELTA or _chance(np.array(z)) * looked_at >= _CHANCE:
        return None
    median, median_rest = column.medians(given_m)
    word = column.more_and_less[0 if above > 0.5 else 1]
    words = _number_words(column, word, (median, median_rest), above)
    return NumberEnrichment(column.name, median, median_rest, above, 2 * above - 1, float(z), word, words)


@lru_cache(maxsize=8)
def _moments(lab: Lab, model: str, *as_of: object) -> np.ndarray:
    """(2, D) sums of all codes and of their squares."""
    z_nd = lab.space(model).z_nd
    return np.stack([z_nd.sum(0, dtype=np.float64), np.einsum("nd,nd->d", z_nd, z_nd, dtype=np.float64)])


def _two_groups(z_md: np.ndarray, sums_2d: np.ndarray, whole: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (mean, mean of the rest, pooled deviation), (D,) each."""
    count, rest = len(z_md), whole - len(z_md)
    sum_d, square_d = z_md.sum(0), np.square(z_md).sum(0)
    mean_d, mean_rest_d = sum_d / count, (sums_2d[0] - sum_d) / rest
    within_d = square_d - count * mean_d**2 + (sums_2d[1] - square_d) - rest * mean_rest_d**2
    return mean_d, mean_rest_d, np.sqrt(np.maximum(within_d, 0) / max(whole - 2, 1))


def _dimension(index: int, d: float, z: float) -> DimensionEnrichment:
    side = "higher" if d > 0 else "lower"
    return DimensionEnrichment(index, d, z, f"dimension {index}: {abs(d):.1f} deviations {side} than all others")


def _value_words(said: str, within: float, rest: float, lift: float, given: bool) -> str:
    end = "" if not rest or lift < 1 else f": {_times(lift)} times"
    where = " (where it is given)" if given else ""
    others = "none of the others" if not rest else f"{_percent(rest)} of all others"
    return f"{said}: {_percent(within) if within else 'none'} of these, {others}{end}{where}"


def _times(lift: float) -> str:
    return f"{lift:,.0f}" if lift >= 10 else f"{lift:.1f}"


def _percent(share: float) -> str:
    if share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.01 else f"{100 * share:.0f} %"


def _number_words(column: NumericColumn, word: str, medians: tuple[float, float], above: float) -> str:
    share = max(above, 1 - above)
    middle = f"median {column.said(medians[0])} against {column.said(medians[1])}"
    return f"{sanitised(column.name)}: {word}, {middle}; {word} in {100 * share:.0f} % of pairs"
