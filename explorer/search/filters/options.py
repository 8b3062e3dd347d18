"""What a filter can ask of each attribute of a catalogue: one of its values, a range, or words."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.conditions import Times
from looks_like.explorer.core import Lab, value_words
from looks_like.explorer.search.filters.filter import NOT_GIVEN, Value
from looks_like.explorer.search.filters.masks import missing
from looks_like.explorer.search.filters.technical import is_technical

OFFERED_MAX = 1_000  # values of an attribute that are still offered each; more are looked for by words

_STOPS = 41
_ONE_BY_ONE_MAX = 12  # different numbers that are still offered each, not as a range
_NEWEST = (7, 30, 90, 365)  # days
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 and 9999, since 1970: others can't be written in a link


@dataclass(frozen=True)
class FilterOption:
    """An attribute as a filter offers it."""

    attribute: str
    kind: str  # "values", "numbers", "dates" or "text"
    # of values: the most frequent first, NOT_GIVEN last where products lack it; of numbers and dates: stops from below
    # the least to above the greatest, about as many products between each two: one odd price would squeeze all others
    values: tuple[Value, ...] = ()
    is_list: bool = False  # of which each product may have several values
    unit: str = ""  # of money
    missing: int = 0  # products that lack it
    newest: tuple[int, ...] = ()  # numbers of days up to the newest date that tell some dates from others
    counts: tuple[int, ...] = ()  # of each of `values` of kind "values", products that have it
    technical: bool = False  # of little use to people

    def words(self, value: Value) -> str:
        """A value as people write it."""
        return "not given" if value is NOT_GIVEN else value_words(value, self.unit)

    @property
    def whole(self) -> bool:
        """Whether it is a number without a fraction."""
        return self.kind == "numbers" and all(isinstance(value, int) for value in self.values)


def choices(lab: Lab) -> list[FilterOption]:
    """Every attribute with what can be asked of it."""
    catalogue = lab.catalogue()
    return lab.cache.get_or_make(
        ("filter choices", catalogue.as_of),
        lambda: [_choice(catalogue, name) for name in catalogue.attributes],
        max_size=2,
    )


def _choice(catalogue: Catalogue, name: str) -> FilterOption:
    column, unit = catalogue.column(name), catalogue.units.get(name, "")
    lacks, is_list = int(missing(column).sum()), bool(pa.types.is_list(column.type))
    whole = column.combine_chunks()
    given = (whole.flatten() if is_list else whole).drop_null()
    if not len(given):
        return FilterOption(name, "values", (NOT_GIVEN,), is_list, unit, lacks, counts=(lacks,), technical=True)
    counts = pc.value_counts(given)
    kind, values, held, newest = _offered(given, counts, is_list)
    if kind == "values" and lacks:
        values, held = (*values, NOT_GIVEN), (*held, lacks)
    technical = is_technical(name, given, len(counts), unit)
    return FilterOption(name, kind, values, is_list, unit, lacks, newest, held, technical)


def _offered(
    given: pa.Array, counts: pa.StructArray, is_list: bool
) -> tuple[str, tuple[Value, ...], tuple[int, ...], tuple[int, ...]]:
    """-> (kind, values, of each value how many have it, days)"""
    if pa.types.is_temporal(given.type):
        days_n = np.sort(Times(given).day.to_numpy())
        return "dates", _days(days_n), (), _newest(days_n)
    number = pa.types.is_integer(given.type) or pa.types.is_floating(given.type)
    if number and len(counts) > (OFFERED_MAX if is_list else _ONE_BY_ONE_MAX):
        numbers_n = given.to_numpy()
        if pa.types.is_floating(given.type):
            numbers_n = numbers_n[np.isfinite(numbers_n)]
        return "numbers", _stops(numbers_n), (), ()
    if len(counts) > OFFERED_MAX:
        return "text", (), (), ()
    pairs = [(each["values"].as_py(), each["counts"].as_py()) for each in counts]
    if number or (is_list and all(_is_numeral(value) for value, _ in pairs)):
        pairs.sort(key=lambda pair: float(pair[0]))  # sizes and years are looked for in their order
    else:
        pairs.sort(key=lambda pair: -pair[1])
    return "values", tuple(value for value, _ in pairs), tuple(count for _, count in pairs), ()


def _is_numeral(value: Value) -> bool:
    return not isinstance(value, str) or value.replace(".", "", 1).isdecimal()


def _days(days_n: np.ndarray) -> tuple[str, ...]:
    stops_n = np.unique(np.clip(_quantiles(days_n), _FIRST_DAY, _LAST_DAY))
    return tuple(str(day) for day in stops_n.astype("datetime64[D]"))


def _newest(sorted_days_n: np.ndarray) -> tuple[int, ...]:
    age = int(sorted_days_n[-1] - sorted_days_n[0])
    return tuple(days for days in _NEWEST if days <= age)


def _quantiles(values_n: np.ndarray) -> np.ndarray:
    """Values of the column itself, _STOPS of them, evenly among the products."""
    ordered_n = np.sort(values_n)
    return np.asarray(ordered_n[np.linspace(0, len(ordered_n) - 1, _STOPS).round().astype(int)])


def _stops(numbers_n: np.ndarray) -> tuple[float, ...]:
    """Rounded to three digits, of themselves or of their spread where that is finer; whole numbers stay whole.

    The ends are rounded outward, to three digits of how far the middle is, so that they hold everything.
    """
    if not len(numbers_n):
        return ()
    least, *between, greatest = _quantiles(numbers_n).tolist()
    spread = greatest - least
    middle = between[len(between) // 2]
    low = _outward(least, middle - least or spread, math.floor)
    high = _outward(greatest, greatest - middle or spread, math.ceil)
    rounded = {_three_digits(value, spread) for value in between}
    return (low, *sorted(value for value in rounded if low < value < high), *([high] if high > low else []))


def _outward(value: float, spread: float, towards: Callable[[Fraction], int]) -> float:
    """To the third digit of a spread, down or up."""
    if not 0 < spread < math.inf:
        return value
    digit = math.floor(math.log10(spread)) - 2
    if isinstance(value, int):
        whole = int(10 ** max(0, digit))
        return towards(Fraction(value, whole)) * whole
    if round(value, -digit) == value:
        return value  # 17.99 is a little less in binary
    step = Fraction(10**digit) if digit >= 0 else Fraction(1, 10**-digit)
    return round(float(towards(Fraction(value) / step) * step), -digit)


def _three_digits(value: float, spread: float) -> float:
    finest = min(abs(value) or spread, spread)
    if not 0 < finest < math.inf:
        return value
    return round(value, 2 - math.floor(math.log10(finest)))
