"""What a filter can ask of each attribute of a catalogue: one of its values, a range, or words."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.conditions import Times
from looks_like.explorer.core import Lab, value_words
from looks_like.explorer.search.filters.filter import NOT_GIVEN, VALUES_MAX, Value
from looks_like.explorer.search.filters.masks import missing

_STOPS = 41
_ONE_BY_ONE_MAX = 12  # different numbers that are still offered each, not as a range
_NEWEST = (7, 30, 90, 365)  # days
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 and 9999, since 1970: others can't be written in a link


@dataclass(frozen=True)
class FilterOption:
    """An attribute as a filter offers it."""

    attribute: str
    kind: str  # "values", "numbers", "dates" or "text"
    # of values: the most frequent first, NOT_GIVEN where products lack it; of numbers and dates: stops from the least
    # to the greatest, about as many products between each two: one odd price would squeeze all others together
    values: tuple[Value, ...] = ()
    is_list: bool = False  # of which each product may have several values
    unit: str = ""  # of money
    missing: int = 0  # products that lack it
    newest: tuple[int, ...] = ()  # numbers of days up to the newest date that tell some dates from others

    def words(self, value: Value) -> str:
        """A value as people write it."""
        return "(not given)" if value is NOT_GIVEN else value_words(value, self.unit)


def choices(lab: Lab) -> list[FilterOption]:
    """Every attribute with what can be asked of it."""
    catalogue = lab.catalogue()
    return lab.cache.get_or_make(
        ("filter choices", catalogue.version),
        lambda: [_choice(catalogue, name) for name in catalogue.attributes],
        max_size=2,
    )


def _choice(catalogue: Catalogue, name: str) -> FilterOption:
    column, unit = catalogue.column(name), catalogue.units.get(name, "")
    lacks, is_list = int(missing(column).sum()), bool(pa.types.is_list(column.type))
    whole = column.combine_chunks()
    given = (whole.flatten() if is_list else whole).drop_null()
    if not len(given):
        return FilterOption(name, "values", (NOT_GIVEN,), is_list, unit, lacks)
    if pa.types.is_temporal(given.type):
        days_n = np.sort(Times(given).day.to_numpy())
        return FilterOption(name, "dates", _days(days_n), is_list, unit, lacks, _newest(days_n))
    counts = pc.value_counts(given)
    number = pa.types.is_integer(given.type) or pa.types.is_floating(given.type)
    one_by_one = VALUES_MAX if is_list else _ONE_BY_ONE_MAX
    if number and len(counts) > one_by_one:
        numbers_n = given.to_numpy()
        if pa.types.is_floating(given.type):
            numbers_n = numbers_n[np.isfinite(numbers_n)]
        return FilterOption(name, "numbers", _stops(numbers_n), is_list, unit, lacks)
    if len(counts) > VALUES_MAX:
        return FilterOption(name, "text", (), is_list, unit, lacks)
    pairs = [(-each["counts"].as_py(), each["values"].as_py()) for each in counts]
    values = [value for _, value in sorted(pairs, key=lambda pair: pair[0])]
    if is_list and all(map(_is_numeral, values)):
        values.sort(key=float)  # sizes are looked for in their order
    return FilterOption(name, "values", tuple([*values, NOT_GIVEN] if lacks else values), is_list, unit, lacks)


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
    """Rounded to three digits, of themselves or of their spread where that is finer, but for the ends, which must hold
    everything; whole numbers stay whole.
    """
    if not len(numbers_n):
        return ()
    low, *between, high = _quantiles(numbers_n).tolist()
    rounded = {_three_digits(value, high - low) for value in between}
    return (low, *sorted(value for value in rounded if low < value < high), *([high] if high > low else []))


def _three_digits(value: float, spread: float) -> float:
    finest = min(abs(value) or spread, spread)
    if not 0 < finest < math.inf:
        return value
    return round(value, 2 - math.floor(math.log10(finest)))
