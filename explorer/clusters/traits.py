"""What the products of a cluster have in common and others have not: how pure and how surprising each value is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.core import is_colour
from looks_like.explorer.search import Values

_LEAST = 3  # products that have it
_LIFT, _SIGMAS = 1.25, 3.0  # beside all others; a difference below is none, or chance
_GIVEN = 0.3  # of the cluster, that a value is known of
_COUNTED_MAX = 2000  # values of a column; of more, none is shared by many

# words of attributes that hold a product's own colour, and of those that hold one it has besides
_OWN_COLOUR = {"colour", "color", "colours", "colors", "label", "name", "dominant", "main", "primary", "base", "upper"}
_OWN_COLOUR |= {"group", "master", "perceived", "family", "value"}
_SECOND = {"second", "secondary", "third", "accent", "other"}


@dataclass(frozen=True)
class Trait:
    column: Values
    index: tuple[int, ...]  # of its values: one, or two that are most of the cluster together
    share: float  # of the products of the cluster for which it is given
    surprise: float  # share * log(share / share of all it is compared with), in nats

    @property
    def usual(self) -> float:
        """Its share of all that the cluster is compared with."""
        return self.share / float(np.exp(self.surprise / self.share))

    @property
    def attribute(self) -> str:
        return self.column.name

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(self.column.value(i) for i in self.index)


def traits(columns: Sequence[Values], rows_m: np.ndarray, among_m: np.ndarray, least: float) -> list[Trait]:
    """Single values that at least this share of the rows has, more than the rest of `among_m`; most surprising first.

    `among_m` holds `rows_m`. This is c-TF-IDF with shares of products in the place of counts of words, so that a value
    that is in every product of a cluster says as much in a small cluster as in a large one.
    """
    found = [trait for column in columns for trait in _of_column(column, rows_m, among_m, least)]
    return sorted(found, key=lambda trait: (-trait.surprise, trait.attribute, trait.index))


def pairs(column: Values, rows_m: np.ndarray, among_m: np.ndarray, least: float) -> list[Trait]:
    """Two values of one attribute that together are most of the cluster, each of them a fifth of it or more."""
    found = _of_column(column, rows_m, among_m, 0.2)[:3]
    together = []
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            index = (*one.index, *other.index)
            have, known = having(column, index)[rows_m], given(column)[rows_m]
            share = float(have.sum() / max(1, known.sum()))
            whole = float(having(column, index)[among_m].sum() / max(1, given(column)[among_m].sum()))
            if share >= least and share >= one.share + 0.15:
                together.append(Trait(column, index, share, share * float(np.log(share / whole))))
    return together


def having(column: Values, index: tuple[int, ...]) -> np.ndarray:
    """(N,) bool for each catalogue row: whether it has one of these values."""
    found_v = np.isin(column.codes_n, index)
    if column.ends_n is None:
        return found_v
    marked_n = np.zeros(len(column.ends_n), bool)
    marked_n[np.searchsorted(column.ends_n, np.flatnonzero(found_v), side="right")] = True
    return marked_n


def given(column: Values) -> np.ndarray:
    """(N,) bool for each catalogue row: whether it has any value."""
    if column.ends_n is None:
        return np.asarray(column.codes_n >= 0)
    last_n = np.asarray(column.ends_n) - 1
    return np.asarray(column.codes_n[last_n] >= 0)


def relevance(column: Values, groups: Sequence[np.ndarray]) -> float:
    """0..1: how much of an attribute the clusters tell, and of the clusters the attribute: mutual information beside
    the mean of both entropies, less what chance gives it (Miller & Madow 1955). Rows in no group are left out.
    """
    counts_gv = np.stack([column.counts(rows_m)[1:] for rows_m in groups]).astype(np.float64)
    counts_gv = counts_gv[:, counts_gv.any(0)]
    total = counts_gv.sum()
    if not total or counts_gv.shape[1] < 2:
        return 0.0
    share_gv = counts_gv / total
    share_g, share_v = share_gv.sum(1), share_gv.sum(0)
    both = _entropy(share_g) + _entropy(share_v)
    chance = (counts_gv.shape[1] - 1) * max(1, len(groups) - 1) / (2 * total)
    return max(0.0, 2 * (both - _entropy(share_gv.ravel()) - chance) / both) if both else 0.0


def place_of_colour(attribute: str, value: str) -> str | None:
    """Of a colour where it is: "sole" of sole_colour, "" for the product's own; None for what is no colour."""
    if not any(is_colour(word) for word in [value, *value.split()[-1:]]):
        return None
    words = attribute.lower().replace("_", " ").split()
    return "with" if set(words) & _SECOND else one_line(" ".join(w for w in words if w not in _OWN_COLOUR))


def _of_column(column: Values, rows_m: np.ndarray, among_m: np.ndarray, least: float) -> list[Trait]:
    """The most frequent first."""
    if len(column) > _COUNTED_MAX and column.ends_n is None:
        return []
    here_v, all_v = column.counts(rows_m), column.counts(among_m)
    known, known_all = len(rows_m) - int(here_v[0]), len(among_m) - int(all_v[0])
    rest = known_all - known
    if known < max(_LEAST, _GIVEN * len(rows_m)) or not rest:
        return []
    share_v, whole_v, rest_v = here_v[1:] / known, all_v[1:] / known_all, (all_v[1:] - here_v[1:]) / rest
    spread_v = np.sqrt(np.maximum(whole_v * (1 - whole_v) * (1 / known + 1 / rest), 1e-12))
    told_v = (share_v >= least) & (here_v[1:] >= _LEAST)
    told_v &= (share_v >= _LIFT * rest_v) & (share_v - rest_v >= _SIGMAS * spread_v)
    told = np.flatnonzero(told_v)
    told = told[np.argsort(-share_v[told], kind="stable")]
    return [
        Trait(column, (int(i),), float(share_v[i]), float(share_v[i] * np.log(share_v[i] / whole_v[i]))) for i in told
    ]


def _entropy(share_x: np.ndarray) -> float:
    share_x = share_x[share_x > 0]
    return float(-(share_x * np.log(share_x)).sum())
