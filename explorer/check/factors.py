"""Labels for evaluation: catalogue attributes, factors that a person declares, and ground-truth factors of products
that the project renders itself.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from looks_like.data import dsprites
from looks_like.data.catalogue import Catalogue
from looks_like.data.sneakers import factors as sneakers
from looks_like.data.sneakers import render
from looks_like.data.sneakers.samplers import independent
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.information import BINS, in_bins

VALUES_MAX = 64  # of an attribute: with more words each is too rare to be told, more numbers are cut into bins
_DEPENDENT = "sneaker-"  # ids of sneakers that were drawn as a shop has them: their factors go together


@dataclass(frozen=True)
class FactorPictures:
    """Pictures and the factors that drew them, each drawn alone."""

    rows_n: np.ndarray | None  # of the catalogue; None = drawn for this
    pixels_nhwc: np.ndarray | None
    columns: dict[str, np.ndarray]  # name -> values (N,)


def drawn_factors(catalogue: Catalogue) -> list[str]:
    """The attributes that drew the products; none where they were not drawn."""
    for names in (dsprites.FACTORS, tuple(sneakers.FACTORS)):
        if set(names) <= set(catalogue.attributes):
            return list(names)
    return []


def known_factors(catalogue: Catalogue, edge_px: int, count: int, seed: int) -> FactorPictures | None:
    """At most `count` products with their factors; None where factors are not known.

    A shop's sneakers go by fashion, so their factors depend on each other: others are drawn in their place.
    """
    names = drawn_factors(catalogue)
    if not names:
        return None
    if catalogue.product_ids[catalogue.there[0]].startswith(_DEPENDENT):
        drawn = [independent(seed + 1, i).sneaker for i in range(count)]
        rows = [asdict(sneaker) for sneaker in drawn]
        columns = {name: np.array([row[name] for row in rows]) for name in names}
        return FactorPictures(None, np.stack([render(sneaker, edge_px) for sneaker in drawn]), columns)
    rows_n = np.sort(np.random.default_rng(seed).permutation(catalogue.there)[:count])
    return FactorPictures(rows_n, None, {name: np.array(catalogue.rows[name].to_pylist())[rows_n] for name in names})


def comparable_columns(catalogue: Catalogue, rows_n: np.ndarray) -> tuple[dict[str, np.ndarray], list[str]]:
    """-> (attribute -> values (N,) of these rows, attributes of too many words to be told)."""
    columns, left_out = dict[str, np.ndarray](), []
    for name in catalogue.imported_attributes:
        values_n = np.array(catalogue.rows[name].to_pylist(), dtype=object)[rows_n]
        if _is_told(values_n):
            columns[name] = _plain(values_n)
        else:
            left_out.append(name)
    return columns, left_out


def _is_told(values_n: Sequence[object] | np.ndarray) -> bool:
    words = {value for value in values_n if isinstance(value, str)}
    return len(words) <= VALUES_MAX


def _plain(values_n: np.ndarray) -> np.ndarray:
    """Times as numbers: seconds since 1970."""
    return np.array([value.timestamp() if hasattr(value, "timestamp") else value for value in values_n], dtype=object)


# -- factors that a person declares ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Factor:
    """A column of the catalogue. `period`: after so much it is the same again, as 360 of an angle; 0 = never."""

    column: str
    period: float = 0.0


@dataclass(frozen=True)
class Declared:
    """Products of which all declared factors are known; `values_nf` are whole numbers from 0."""

    names: list[str]
    rows_n: np.ndarray  # int64, ascending
    values_nf: np.ndarray
    said: list[str]  # what was left out, a sentence each
    how: str  # each factor was made whole numbers


def factors_from_text(text: str, columns: Iterable[str]) -> tuple[Factor, ...]:
    """From "object,angle:360". A column whose name holds a colon is taken by its whole name. RequestError says how."""
    known, found = set(columns), list[Factor]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, colon, period = part.rpartition(":")
        if part in known or not colon:
            found.append(Factor(part))
            continue
        try:
            turn = float(period)
        except ValueError:
            turn = 0.0
        if not (turn > 0 and math.isfinite(turn)):
            raise RequestError(f"--factors {part[:80]}: after the colon stands its period, such as angle:360")
        found.append(Factor(name.strip(), turn))
    if not found:
        raise RequestError("--factors: name one or more columns, such as --factors object,angle:360")
    return tuple(dict.fromkeys(found))


def checked_factors(catalogue: Catalogue, factors: Iterable[Factor]) -> None:
    """RequestError for a column that is not there, is not known of any product, has one value, or has no period."""
    for factor in factors:
        name = factor.column
        if name not in catalogue.attributes:
            there = ", ".join(catalogue.attributes[:20]) or "none"
            raise RequestError(f"there is no column {name[:60]!r} to take as a factor; there are: {there}")
        different = {repr(value) for value in catalogue.rows[name].to_pylist() if value is not None}
        if not different:
            raise RequestError(f"column {name[:60]!r} is empty for all products, so it can't be a factor")
        if len(different) == 1:
            raise RequestError(f"column {name[:60]!r} has one value for all products, so there is nothing to tell")
        if factor.period and not _are_numbers(catalogue.rows[name].to_pylist()):
            raise RequestError(f"column {name[:60]!r} holds no numbers, so it has no period")


def declared_values(lab: Lab, factors: Sequence[Factor], coded_n: np.ndarray, count: int, seed: int) -> Declared:
    """At most `count` of the rows that have codes, of which all factors are known; of pictures with copies one each,
    so that none is learnt from and asked about. ModelError where too few are left.
    """
    catalogue, copies = lab.imported_catalogue(), lab.copies()
    columns = [_plain(np.array(catalogue.rows[each.column].to_pylist(), dtype=object)) for each in factors]
    known_n = np.logical_and.reduce([[value is not None for value in values_n] for values_n in columns])
    rows_n = copies.one_of_each(coded_n[known_n[coded_n]])
    said = []
    if unknown := int((~known_n[coded_n]).sum()):
        said.append(f"{unknown:,} products are left out, of which a factor is not known.")
    if len(rows_n) > count:
        rows_n = np.sort(np.random.default_rng(seed).choice(rows_n, count, replace=False))
    values, how = [], []
    for factor, values_n in zip(factors, columns, strict=True):
        whole_n, words = _whole(values_n[rows_n], factor.period)
        values.append(whole_n)
        how.append(f"{factor.column}: {words}")
    if not len(rows_n):
        raise ModelError("there is no product with a code of which all factors are known")
    return Declared([each.column for each in factors], rows_n, np.stack(values, 1), said, "; ".join(how))


def _whole(values_n: np.ndarray, period: float) -> tuple[np.ndarray, str]:
    """-> (whole numbers (N,), how they were made). Words of which there are too many become the commonest, and others.

    Round the circle in arcs of equal width: 359 and 1 are neighbours, and -1 is 359.
    """
    if period:
        around_n = np.mod(values_n.astype(float), period)
        different = len(np.unique(around_n))
        if different <= BINS:
            return np.unique(around_n, return_inverse=True)[1], f"{different} values round a circle of {period:g}"
        arcs_n = np.minimum((around_n / period * BINS).astype(int), BINS - 1)
        return arcs_n, f"{BINS} arcs of equal width round a circle of {period:g}"
    if _are_numbers(values_n) and len(np.unique(values_n.astype(float))) > VALUES_MAX:
        return in_bins(values_n.astype(float)) - 1, f"{BINS} bins of equal width"
    words, whole_n, counts = np.unique([str(value) for value in values_n], return_inverse=True, return_counts=True)
    if len(words) <= VALUES_MAX:
        return whole_n, f"{len(words)} values"
    rank_v = np.empty(len(words), int)
    rank_v[np.argsort(-counts, kind="stable")] = np.arange(len(words))
    return np.minimum(rank_v[whole_n], VALUES_MAX - 1), f"the {VALUES_MAX - 1} commonest of {len(words):,}, others"


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values if value is not None)
