"""The numbers and times that are larger or smaller among some products than among all others, by their ranks."""

from dataclasses import dataclass

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.core import Lab
from looks_like.explorer.search.enrichment.columns import Numbers, columns
from looks_like.explorer.search.enrichment.statistics import CHANCE, chance, mann_whitney

_DELTA = 0.1  # Cliff's; an effect below says nothing to anyone


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


def number_enrichments(lab: Lab, rows_m: np.ndarray) -> tuple[NumberEnrichment, ...]:
    """Those of numbers and times, the strongest evidence first."""
    numeric = [column for column in columns(lab) if isinstance(column, Numbers)]
    found = [one for column in numeric if (one := _number(column, rows_m, len(numeric)))]
    return tuple(sorted(found, key=lambda one: (-one.evidence, one.attribute)))


def _number(column: Numbers, rows_m: np.ndarray, looked_at: int) -> NumberEnrichment | None:
    given_m = rows_m[column.position_n[rows_m] >= 0]
    count, rest = len(given_m), len(column.sorted_v) - len(given_m)
    if not count or not rest:
        return None
    above, z = mann_whitney(column, given_m)
    if abs(2 * above - 1) < _DELTA or chance(np.array(z)) * looked_at >= CHANCE:
        return None
    median, median_rest = column.medians(given_m)
    word = column.more_and_less[0 if above > 0.5 else 1]
    words = _number_words(column, word, (median, median_rest), above)
    return NumberEnrichment(column.name, median, median_rest, above, 2 * above - 1, z, word, words)


def _number_words(column: Numbers, word: str, medians: tuple[float, float], above: float) -> str:
    share = max(above, 1 - above)
    middle = f"median {column.said(medians[0])} against {column.said(medians[1])}"
    return f"{one_line(column.name)}: {word}, {middle}; {word} in {100 * share:.0f} % of pairs"
