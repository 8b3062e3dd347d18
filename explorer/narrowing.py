"""Which products a search looks at: values of attributes, ranges of numbers, all of them at once.

Written as links write it, [[attribute, "is", [value, …]], [attribute, "between", [low, high]]], and read as a
stranger's word: a condition that makes no sense is a sentence, never an empty answer.
"""

import json
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import AskError
from explorer.lab import Lab

VALUES_MAX, CONDITIONS_MAX = 200, 20
Conditions = list[tuple[str, str, list[str | float | bool | None]]]


@dataclass(frozen=True)
class Choice:
    """What can be asked of an attribute: some of its values, most frequent first, or a range."""

    attribute: str
    values: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0


def choices(lab: Lab) -> list[Choice]:
    """The attributes by which products can be narrowed."""
    found = []
    for name in lab.catalogue().varied:
        column = lab.catalogue().rows[name]
        if _is_number(column.type):
            ends = pc.min_max(column).as_py()
            if np.isfinite([ends["min"], ends["max"]]).all():
                found.append(Choice(name, (), float(ends["min"]), float(ends["max"])))
        elif pa.types.is_string(column.type):
            counts = pc.value_counts(column.drop_null().combine_chunks())
            pairs = sorted((-c["counts"].as_py(), c["values"].as_py()) for c in counts)
            found.append(Choice(name, tuple(value for _, value in pairs[:VALUES_MAX])))
    return found


def conditions(text: str) -> Conditions:
    """What a link says; "" = none. AskError where it can't be read."""
    if not text:
        return []
    try:
        said = json.loads(text)
        assert isinstance(said, list) and len(said) <= CONDITIONS_MAX  # noqa: PT018
        found = [(attribute, op, list(values)) for attribute, op, values in said]
        assert all(isinstance(name, str) and op in ("is", "between") for name, op, _ in found)
    except (ValueError, TypeError, AssertionError, RecursionError):
        raise AskError("the filter in this link can't be read: choose it anew") from None
    return found


def conditions_text(said: Conditions) -> str:
    """What `conditions` reads."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else ""


def conditions_words(said: Conditions) -> str:
    """ "brand is Alder or Birch, price 10 to 50" """
    parts = []
    for attribute, op, values in said:
        name = attribute.replace("_", " ")
        if op == "is":
            parts.append(f"{name} is {' or '.join(map(str, values))}")
        else:
            parts.append(f"{name} {' to '.join(f'{v:,.6g}' if isinstance(v, int | float) else str(v) for v in values)}")
    return ", ".join(parts)


def rows_that_pass(lab: Lab, said: Conditions) -> np.ndarray | None:
    """int64, sorted: the catalogue rows that meet all conditions; None = all products do."""
    catalogue = lab.catalogue()
    if not said:
        return None
    passes_n = np.ones(len(catalogue), bool)
    for attribute, op, values in said:
        if attribute not in catalogue.attributes:
            have = ", ".join(catalogue.attributes)
            raise AskError(f"no attribute {attribute[:80]!r} to filter by; there are: {have}")
        column = catalogue.rows[attribute]
        passes_n &= _is_one_of(column, values) if op == "is" else _between(attribute, column, values)
    return np.flatnonzero(passes_n)


def _is_one_of(column: pa.ChunkedArray, values: list[str | float | bool | None]) -> np.ndarray:
    wanted = pa.array([str(value) for value in values if value is not None], pa.string())
    return np.asarray(pc.fill_null(pc.is_in(column.cast(pa.string()), value_set=wanted), False).to_numpy())


def _between(attribute: str, column: pa.ChunkedArray, values: list[str | float | bool | None]) -> np.ndarray:
    if not _is_number(column.type):
        raise AskError(f"{attribute!r} is not a number: filter it by its values")
    if len(values) != 2 or not all(isinstance(v, int | float) for v in values):
        raise AskError(f"{attribute!r} is filtered between two numbers")
    low, high = values
    within = pc.and_(pc.greater_equal(column.cast(pa.float64()), low), pc.less_equal(column.cast(pa.float64()), high))
    return np.asarray(pc.fill_null(within, False).to_numpy())


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
