"""What a filter can ask of each attribute of a catalogue: one of its values, a range, or words."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab
from looks_like.explorer.search.filters import NOT_GIVEN, VALUES_MAX, Value

_STOPS = 41
_ONE_BY_ONE_MAX = 12  # different numbers that are still offered each, not as a range


@dataclass(frozen=True)
class FilterOption:
    """An attribute as a filter offers it."""

    attribute: str
    kind: str  # "values", "numbers", "dates" or "text"
    # of values: the most frequent first, NOT_GIVEN where products lack it; of numbers and dates: stops from the least
    # to the greatest, about as many products between each two: one odd price would squeeze all others together
    values: tuple[Value, ...] = ()


def choices(lab: Lab) -> list[FilterOption]:
    """Every attribute with what can be asked of it."""
    catalogue = lab.catalogue()
    return lab.cache.get_or_make(
        ("filter choices", catalogue.version),
        lambda: [_choice(catalogue, name) for name in catalogue.attributes],
        max_size=2,
    )


def _choice(catalogue: Catalogue, name: str) -> FilterOption:
    column = catalogue.rows[name]
    if not column.null_count < len(column):
        return FilterOption(name, "values", (NOT_GIVEN,))
    if pa.types.is_timestamp(column.type):
        days_n = column.drop_null().cast(pa.timestamp("ms")).to_numpy().astype("datetime64[D]")
        return FilterOption(name, "dates", tuple(str(day) for day in np.unique(_quantiles(days_n))))
    counts = pc.value_counts(column.drop_null().combine_chunks())
    number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if number and len(counts) > _ONE_BY_ONE_MAX:
        numbers_n = column.cast(pa.float64()).to_numpy()
        numbers_n = numbers_n[np.isfinite(numbers_n)]
        return FilterOption(name, "numbers", _stops(numbers_n))
    if len(counts) > VALUES_MAX:
        return FilterOption(name, "text")
    order = np.argsort(-counts.field("counts").to_numpy(), kind="stable")
    values = [counts.field("values")[int(i)].as_py() for i in order]
    return FilterOption(name, "values", tuple([*values, NOT_GIVEN] if column.null_count else values))


def _quantiles(values_n: np.ndarray) -> np.ndarray:
    """Values of the column itself, _STOPS of them, evenly among the products."""
    ordered_n = np.sort(values_n)
    return np.asarray(ordered_n[np.linspace(0, len(ordered_n) - 1, _STOPS).round().astype(int)])


def _stops(numbers_n: np.ndarray) -> tuple[float, ...]:
    """Rounded to three digits, but for the ends, which must hold everything."""
    low, *between, high = (float(value) for value in _quantiles(numbers_n))
    rounded = {float(f"{value:.3g}") for value in between}
    return (low, *sorted(value for value in rounded if low < value < high), *([high] if high > low else []))
