"""Who meets a filter, worked out on the columns in memory: whole numbers exact, days whole, lists by one value."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.data.conditions import (
    Datum,
    Times,
    compare,
    compare_times,
    number_scalar,
    one_of,
    read_time,
    time_one_of,
    without_nan,
)
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.filter import Condition, Filter, Value
from looks_like.explorer.search.finding.picture_colours import colours_stamp, require_picture_colours
from looks_like.explorer.search.finding.text import holds

_YES_NO = {"true": True, "yes": True, "false": False, "no": False}


def mask(lab: Lab, chosen: Filter) -> np.ndarray:
    """bool (N,), by catalogue row: which products meet every condition; without one, all that are not
    deleted. Kept until catalogue or tags change; read-only.
    """
    catalogue = lab.catalogue()

    def make() -> np.ndarray:
        meets_n = catalogue.there_n.copy()
        for condition in chosen.conditions:
            meets_n &= _meets(lab, catalogue, condition)
        meets_n.flags.writeable = False
        return meets_n

    asked = [condition.op for condition in chosen.conditions]
    tags = tagging.stamp(lab) if any("tagged" in op for op in asked) else None
    colours = colours_stamp(lab) if "pictured" in asked else None
    # by its text: to Python, 1 and True are one value
    return lab.cache.get_or_make(("filter", catalogue.as_of, tags, colours, chosen.text()), make)


def _meets(lab: Lab, catalogue: Catalogue, condition: Condition) -> np.ndarray:
    if condition.op in ("tagged", "untagged"):
        tagged_n = np.logical_or.reduce([tagging.mask(lab, str(tag)) for tag in condition.values])
        return np.asarray(tagged_n if condition.op == "tagged" else ~tagged_n)
    if condition.op == "pictured":
        colours = require_picture_colours(lab)
        return np.asarray(np.logical_or.reduce([colours.mask(str(word)) for word in condition.values]))
    if condition.op == "holds":
        return _holds(lab, catalogue, condition)
    return meets(column_of(catalogue, condition.attribute), condition)


def column_of(catalogue: Catalogue, attribute: str) -> pa.ChunkedArray:
    """RequestError for an attribute that does not exist."""
    if attribute not in catalogue.attributes:
        raise RequestError(
            f"no attribute {attribute[:80]!r} to filter by; there are: {', '.join(catalogue.attributes)[:400]}"
        )
    return catalogue.rows[attribute]


def meets(column: pa.ChunkedArray, condition: Condition) -> np.ndarray:
    """bool (N,): which values of an attribute are so. RequestError for what its kind can't be asked."""
    values, owner_v = _flat(column)
    test: Callable[[Datum, Condition], Datum] = {"is": _is_one_of, "between": _is_between, "newest": _is_newest}[
        condition.op
    ]
    hits_v = np.asarray(pc.fill_null(test(values, condition), False).to_numpy(zero_copy_only=False))
    if owner_v is None:
        met_n = hits_v
    else:
        met_n = np.zeros(len(column), bool)
        met_n[owner_v[hits_v]] = True
    asks_missing = None in condition.values if condition.op == "is" else condition.or_not_given
    return met_n | missing(column) if asks_missing else met_n


def missing(column: pa.ChunkedArray) -> np.ndarray:
    """bool (N,): who lacks the attribute; an empty list and NaN are none."""
    if pa.types.is_list(column.type):
        return np.asarray(pc.equal(pc.fill_null(pc.list_value_length(column), 0), 0).to_numpy())
    return np.asarray(pc.is_null(column, nan_is_null=True).to_numpy())


def _flat(column: pa.ChunkedArray) -> tuple[Datum, np.ndarray | None]:
    """-> (values, of each the row that it is of; None: one a row)"""
    whole = without_nan(column.combine_chunks())
    if not pa.types.is_list(column.type):
        return whole, None
    count_n = pc.fill_null(pc.list_value_length(whole), 0).to_numpy(zero_copy_only=False)
    return whole.flatten(), np.repeat(np.arange(len(whole)), count_n)


def _is_one_of(values: Datum, condition: Condition) -> Datum:
    """A link may say 2019 or "2019", true or "yes"; what is no value of the kind is nobody's."""
    given = [value for value in condition.values if value is not None]
    if pa.types.is_temporal(values.type):
        times = [found for value in given if isinstance(value, str) and (found := read_time(value)) is not None]
        return time_one_of(Times(values), times) if times else pa.repeat(pa.scalar(False), len(values))
    read = _number if _is_numeric(values.type) else _yes_no if pa.types.is_boolean(values.type) else _text
    return one_of(values, [scalar for value in given if (scalar := read(value)) is not None])


def _number(value: Value) -> pa.Scalar | None:
    if isinstance(value, bool):
        return None
    try:
        return number_scalar(_from_text(value) if isinstance(value, str) else value)  # type: ignore[arg-type]
    except ValueError:
        return None


def _from_text(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _yes_no(value: Value) -> pa.Scalar | None:
    known = value if isinstance(value, bool) else _YES_NO.get(str(value).lower())
    return None if known is None else pa.scalar(known)


def _text(value: Value) -> pa.Scalar:
    return pa.scalar(str(value).lower() if isinstance(value, bool) else str(value), pa.string())


def _is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_between(values: Datum, condition: Condition) -> Datum:
    ends = [(op, end) for op, end in zip((">=", "<="), condition.values, strict=False) if end is not None]
    if pa.types.is_temporal(values.type):
        times = Times(values)
        tests = [compare_times(op, times, _time(end, condition.attribute, times)) for op, end in ends]
    elif _is_numeric(values.type):
        if any(isinstance(end, str) for _, end in ends):
            raise RequestError(f"{condition.attribute!r} is a number: filter it between two numbers")
        tests = [compare(op, values, number_scalar(end)) for op, end in ends]  # type: ignore[arg-type]
    else:
        kind = "yes or no" if pa.types.is_boolean(values.type) else "text"
        raise RequestError(f"{condition.attribute!r} is {kind}: filter it by its values or by words in it")
    return pc.is_valid(values) if not tests else tests[0] if len(tests) == 1 else pc.and_(*tests)


def _time(value: Value, attribute: str, times: Times) -> Times:
    found = read_time(value) if isinstance(value, str) else None
    if found is None:
        raise RequestError(f"{attribute!r} is a date: filter it between two, such as 2026-01-31")
    if found.zone and not times.zone and not times.is_day:
        raise RequestError(f"{attribute!r} has no time zone: leave it out of {value!r}")
    return found


def _is_newest(values: Datum, condition: Condition) -> Datum:
    """So many days, of which the last is the newest one that any product has."""
    if not pa.types.is_temporal(values.type):
        raise RequestError(f"{condition.attribute!r} is no date: “newest” asks for dates")
    day = Times(values).day
    newest = pc.max(day).as_py()
    return pc.greater(day, (newest or 0) - int(condition.values[0] or 0))


def _holds(lab: Lab, catalogue: Catalogue, condition: Condition) -> np.ndarray:
    """Every word somewhere in the text, whatever its case."""
    found_n = np.ones(len(catalogue), bool)
    texts = _texts(catalogue, condition.attribute)
    for word in str(condition.values[0]).lower().split():
        found_n &= np.logical_or.reduce([holds(lab, text, word) for text in texts])
    return found_n


def _texts(catalogue: Catalogue, attribute: str) -> list[str]:
    """Columns in which to look."""
    if attribute:
        column_of(catalogue, attribute)
        return [attribute]

    def is_text(kind: pa.DataType) -> bool:
        return bool(pa.types.is_string(kind.value_type if pa.types.is_list(kind) else kind))

    return ["product_id", "name", *(name for name in catalogue.attributes if is_text(catalogue.rows[name].type))]
