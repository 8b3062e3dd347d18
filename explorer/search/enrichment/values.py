"""The values of texts, yes/no and tags that some products have more or less often than all others: a G-test each."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.core import Lab
from looks_like.explorer.search.enrichment.columns import Values, columns
from looks_like.explorer.search.enrichment.statistics import CHANCE, chance, g_statistic

TAG = "tag"
_LEAST_TOTAL = 5  # products with a value, else it is not looked at
_LEAST_WITHIN, _LEAST_EXPECTED = 3, 5.0  # of a value that is more, or less frequent
_LIFT = 1.25  # or its inverse; in a million products everything is significant
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


def value_enrichments(
    lab: Lab, rows_m: np.ndarray, tags: Mapping[str, np.ndarray] | None = None
) -> tuple[ValueEnrichment, ...]:
    """Those of texts, yes/no and tags, the strongest evidence first."""
    compared = [_compared(column, rows_m) for column in columns(lab) if isinstance(column, Values)]
    products = lab.catalogue().count
    compared += [_tag_compared(tag, tagged_n, rows_m, products) for tag, tagged_n in (tags or {}).items()]
    looked_at = sum(len(found.index) for found in compared)
    told = [one for found in compared for one in found.told(looked_at)]
    return tuple(sorted(told, key=lambda one: (-one.evidence, one.attribute, one.value)))


@dataclass(frozen=True)
class _Compared:
    """One attribute's values that are frequent enough to be looked at, each as a table of two by two."""

    column: Values
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
        g = g_statistic(a, b, c, d)
        chosen = (more | less) & (chance(np.sqrt(g)) * max(looked_at, 1) < CHANCE)
        chosen &= (self.known > 0) & (self.known_rest > 0)
        return [
            self._one(int(i), int(a[i]), (float(within[i]), float(rest[i]), float(lift[i])), float(g[i]))
            for i in np.flatnonzero(chosen)
        ]

    def _one(self, at: int, count: int, shares: tuple[float, float, float], g: float) -> ValueEnrichment:
        index = int(self.index[at])
        value = self.column.value(index)
        few = self.least_known < _MOSTLY and index < len(self.column)
        said = self.column.said(index, one_line(value))
        words = _value_words(said, *shares, given=few)
        return ValueEnrichment(self.column.name, value, said, count, *shares, evidence=g, words=words)


def _compared(column: Values, rows_m: np.ndarray) -> _Compared:
    in_selection_v = column.counts(rows_m)
    missing, missing_all = in_selection_v[0], column.missing
    index = column.frequent(_LEAST_TOTAL)
    have, total = in_selection_v[1:][index], column.totals_v[index]
    known, known_all = len(rows_m) - missing, column.products - missing_all
    least_known = min(known / len(rows_m), (known_all - known) / max(1, column.products - len(rows_m)))
    known_v, known_rest_v = np.full(len(index), known), np.full(len(index), known_all - known)
    if missing_all >= _LEAST_TOTAL:  # that it is not given may be telling too
        index, have, total = (np.append(x, y) for x, y in ((index, len(column)), (have, missing), (total, missing_all)))
        known_v = np.append(known_v, len(rows_m))
        known_rest_v = np.append(known_rest_v, column.products - len(rows_m))
    return _Compared(column, index, have, total - have, known_v, known_rest_v, float(least_known))


def _tag_compared(tag: str, tagged_n: np.ndarray, rows_m: np.ndarray, products: int) -> _Compared:
    have, total = int(tagged_n[rows_m].sum()), int(tagged_n.sum())
    told = 1 if total >= _LEAST_TOTAL else 0
    counts = (0, have, total - have, len(rows_m), products - len(rows_m))
    index, a, c, known, known_rest = (np.array([count] * told, np.int64) for count in counts)
    return _Compared(Values.of_tag(TAG, tag), index, a, c, known, known_rest, 1.0)


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
