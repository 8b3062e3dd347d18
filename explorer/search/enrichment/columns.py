"""The catalogue's attributes made ready for comparing: texts as numbered values, numbers with their ranks.

Made once for each version of a catalogue; comparing a selection then takes as long as the selection is large.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.conditions import Times
from looks_like.explorer.core import Lab, value_words

DEARER = ("dearer", "cheaper")
NOT_GIVEN_TEXT = "not given"
_YES_NO = {"true": "yes", "false": "no"}
_MANY = 50  # values; where more than half of the products have their own as well, it is an id


@dataclass(frozen=True)
class Values:
    """A text or yes/no attribute, or a list, of which a product may have several values."""

    name: str
    codes_n: np.ndarray  # int32; -1 = not given
    values: pa.Array  # string
    totals_v: np.ndarray  # products that have each
    bare: bool = True  # whether the value alone says what is meant
    yes_no: bool = False
    ends_n: np.ndarray | None = None  # int64, of a list: where each product's codes end; -1 among them = none
    deleted: int = 0  # products that have rows still, and no value

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def missing(self) -> int:
        """Products that lack it."""
        return int((self.codes_n == -1).sum()) - self.deleted

    @property
    def products(self) -> int:
        return (len(self.codes_n) if self.ends_n is None else len(self.ends_n)) - self.deleted

    def counts(self, rows_m: np.ndarray) -> np.ndarray:
        """int64 (1 + V,): how many of these rows lack it, and have each value."""
        if self.ends_n is None:
            codes_v = self.codes_n[rows_m]
        else:
            chosen_n = np.zeros(len(self.ends_n), bool)
            chosen_n[rows_m] = True
            codes_v = self.codes_n[np.repeat(chosen_n, np.diff(self.ends_n, prepend=0))]
        return np.bincount(codes_v + 1, minlength=len(self) + 1)

    def frequent(self, least: int) -> np.ndarray:
        """Indices of the values that so many products have."""
        return np.flatnonzero(self.totals_v >= least)

    def value(self, index: int) -> str:
        """One past the last is `NOT_GIVEN_TEXT`."""
        if index >= len(self):
            return NOT_GIVEN_TEXT
        value = str(self.values[index].as_py())
        return _YES_NO.get(value, value) if self.yes_no else value

    def said(self, index: int, value: str) -> str:
        """The value, after the attribute's name where it would not be understood alone."""
        return value if self.bare and index < len(self) else f"{self.name} {value}"

    @staticmethod
    def of_tag(name: str, tag: str) -> "Values":
        """A column that holds a tag and nothing else; without rows."""
        return Values(name, np.empty(0, np.int32), pa.array([tag], pa.string()), np.zeros(1, np.int64), bare=False)


@dataclass(frozen=True)
class Numbers:
    """A number or a time, which is in ms since 1970 on its own clocks."""

    name: str
    sorted_v: np.ndarray  # int64 or float64, those that are given
    position_n: np.ndarray  # int64, of each product in that order; -1 = not given
    rank_n: np.ndarray  # float64, from 1; equal numbers share the mean of theirs; 0 = not given
    is_time: bool
    unit: str = ""  # of money

    @property
    def more_and_less(self) -> tuple[str, str]:
        """The words for those with the larger and with the smaller numbers."""
        if self.is_time:
            return "later", "earlier"
        dear = self.unit or {"price", "cost"} & set(self.name.lower().replace("_", " ").split())
        return DEARER if dear else ("higher", "lower")

    @cached_property
    def ties(self) -> float:
        """The sum of t^3 - t over all groups of t equal numbers."""
        count_v = np.unique(self.sorted_v, return_counts=True)[1].astype(np.float64)
        return float((count_v**3 - count_v).sum())

    def medians(self, given_m: np.ndarray) -> tuple[float, float]:
        """Of the products in these rows, all given, and of all others that are."""
        position_m = np.sort(self.position_n[given_m])
        skipped_m = position_m - np.arange(len(position_m))  # how many others are before each of these
        rest = len(self.sorted_v) - len(position_m)
        middle = np.array([(rest - 1) // 2, rest // 2])
        at = middle + np.searchsorted(skipped_m, middle, side="right")
        return float(np.median(self.sorted_v[position_m])), float(self.sorted_v[at].mean())

    def said(self, value: float) -> str:
        if self.is_time:
            return str(np.datetime64(int(value), "ms").astype("datetime64[D]"))
        return value_words(value, self.unit) if self.unit else f"{value:,.4g}"


def columns(lab: Lab) -> list[Values | Numbers]:
    """Of all attributes that can be compared; ids, of which each product has its own, can't."""
    catalogue = lab.catalogue()

    def column(name: str) -> Values | Numbers | None:
        key = ("column", catalogue.as_of, name)
        return lab.cache.get_or_make(key, lambda: _column(catalogue, name), max_size=128)

    return [found for name in catalogue.attributes if (found := column(name)) is not None]


def value_columns(lab: Lab) -> list[Values]:
    """The texts, yes/no and lists of them."""
    return [column for column in columns(lab) if isinstance(column, Values)]


def _column(catalogue: Catalogue, name: str) -> Values | Numbers | None:
    rows, unit, there = catalogue.rows, catalogue.units.get(name, ""), catalogue.count
    kind = rows.schema.field(name).type
    if pa.types.is_list(kind):
        return _lists(name, rows[name].combine_chunks(), there)
    if pa.types.is_string(kind) or pa.types.is_boolean(kind):
        return _values(name, rows[name], there, pa.types.is_boolean(kind))
    if pa.types.is_temporal(kind):
        return _numbers(name, pc.divide(Times(rows[name]).wall, 1000), True)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _numbers(name, rows[name], False, unit)
    return None


def _values(name: str, column: pa.ChunkedArray, products: int, yes_no: bool) -> Values | None:
    found = column.cast(pa.string()).combine_chunks().dictionary_encode()
    if len(found.dictionary) > max(_MANY, products // 2):
        return None
    codes_n = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    totals_v = np.bincount(codes_n + 1, minlength=len(found.dictionary) + 1)[1:]
    bare, deleted = not yes_no and _says_itself(found.dictionary), len(column) - products
    return Values(name, codes_n, found.dictionary, totals_v, bare, yes_no, deleted=deleted)


def _says_itself(values: pa.Array) -> bool:
    """Whether none of the values is a mere number."""
    return not pc.any(pc.match_substring_regex(values, r"^[\d\s.,/-]*$")).as_py()


def _lists(name: str, lists: pa.ListArray, products: int) -> Values | None:
    """Each value once a product; who has none has the code -1."""
    flat = lists.flatten().cast(pa.string()).dictionary_encode()
    if len(flat.dictionary) > max(_MANY, products // 2):
        return None
    codes_v = flat.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    count_n = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    pairs_2v = np.unique(np.stack([np.repeat(np.arange(len(lists)), count_n), codes_v])[:, codes_v >= 0], axis=1)
    none_n = np.setdiff1d(np.arange(len(lists)), pairs_2v[0])
    pairs_2v = np.concatenate([pairs_2v, np.stack([none_n, np.full(len(none_n), -1)])], axis=1)
    pairs_2v = pairs_2v[:, np.argsort(pairs_2v[0], kind="stable")]
    ends_n = np.cumsum(np.bincount(pairs_2v[0], minlength=len(lists)))
    totals_v = np.bincount(pairs_2v[1] + 1, minlength=len(flat.dictionary) + 1)[1:]
    bare, deleted = _says_itself(flat.dictionary), len(lists) - products
    return Values(name, pairs_2v[1], flat.dictionary, totals_v, bare, ends_n=ends_n, deleted=deleted)


def _numbers(name: str, column: pa.ChunkedArray, is_time: bool, unit: str = "") -> Numbers:
    numbers_n = pc.fill_null(column, 0).to_numpy()  # whole numbers stay whole: beyond 2^53 several share one float
    given = np.flatnonzero(np.isfinite(numbers_n) & pc.is_valid(column).to_numpy())
    order = given[np.argsort(numbers_n[given], kind="stable")]
    sorted_v = numbers_n[order]
    first_v = np.searchsorted(sorted_v, sorted_v, side="left")
    last_v = np.searchsorted(sorted_v, sorted_v, side="right")
    position_n, rank_n = np.full(len(numbers_n), -1, np.int64), np.zeros(len(numbers_n))
    position_n[order] = np.arange(len(order))
    rank_n[order] = (first_v + last_v + 1) / 2
    return Numbers(name, sorted_v, position_n, rank_n, is_time, unit)
