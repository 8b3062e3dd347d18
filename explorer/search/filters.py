"""Filters: conditions on attributes, tags and text that a product must meet, all of them at once.

A filter is a frozen value that survives a link. What a link holds is a stranger's word: everything is checked, and a
condition on an attribute that the catalogue does not have is a sentence, never an empty map.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer import tags as tagging
from looks_like.explorer.core import Lab, number
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.text import holds

CONDITIONS_MAX, VALUES_MAX, TEXT_MAX = 20, 200, 200
NOT_GIVEN = None  # among the values of `is`: products that lack the attribute
_OPS = ("is", "between", "holds", "tagged", "untagged")

Value = str | bool | float | None


@dataclass(frozen=True)
class Condition:
    """`is` one of the values; `between` two numbers or dates (None = open); `holds` all words of a text, in the
    attribute or, where that is "", in id, name or any text; `tagged` with one of some tags; `untagged`: with none of
    them, "" = with none at all.
    """

    attribute: str
    op: str
    values: tuple[Value, ...]

    def words(self) -> str:
        """ "brand is Alder or Birch", "price 10 to 50", "not tagged" """
        name = self.attribute.replace("_", " ")
        if self.op == "is":
            return f"{name} is {' or '.join('not given' if v is None else _said(v) for v in self.values)}"
        if self.op == "between":
            low, high = self.values
            if low is None or high is None:
                return f"{name} {_said(low)} or more" if high is None else f"{name} {_said(high)} or less"
            return f"{name} {_said(low)} to {_said(high)}"
        if self.op == "holds":
            return f"{name} holds “{self.values[0]}”".strip()
        return f"{'not ' if self.op == 'untagged' else ''}tagged {' or '.join(map(str, self.values))}".strip()


@dataclass(frozen=True)
class Filter:
    """What every product shown must meet; without conditions all do."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> "Filter":
        """[[attribute, op, value], …] as JSON; "" = no condition. RequestError says what is wrong with it."""
        if not text:
            return cls()
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            raise RequestError("the filter in this link is not JSON: choose it anew") from None
        if not isinstance(said, list) or len(said) > CONDITIONS_MAX:
            raise RequestError(f"a filter is a list of at most {CONDITIONS_MAX} conditions")
        return cls(tuple(_condition(each) for each in said))

    def text(self) -> str:
        """What `from_text` reads; "" without conditions."""
        said = [
            [c.attribute, c.op, list(c.values) if c.op in ("is", "between") else c.values[0]] for c in self.conditions
        ]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else ""

    def words(self) -> str:
        """ "brand is Alder, price 10 to 50"; "" without conditions."""
        return ", ".join(condition.words() for condition in self.conditions)

    def without(self, place: int) -> "Filter":
        """The same but for one condition."""
        return Filter(self.conditions[:place] + self.conditions[place + 1 :])


def mask(lab: Lab, chosen: Filter) -> np.ndarray:
    """bool (N,), by catalogue row: who meets every condition. Kept until catalogue or tags change; read-only."""
    catalogue = lab.catalogue()

    def make() -> np.ndarray:
        meets_n = np.ones(len(catalogue), bool)
        for condition in chosen.conditions:
            meets_n &= _meets(lab, catalogue, condition)
        meets_n.flags.writeable = False
        return meets_n

    tags = tagging.stamp(lab) if any("tagged" in condition.op for condition in chosen.conditions) else None
    return lab.cache.get_or_make(("filter", catalogue.version, tags, chosen), make)


# -- what a link says -------------------------------------------------------------------------------------------------


def _condition(said: object) -> Condition:
    if not isinstance(said, list) or len(said) != 3 or not all(isinstance(word, str) for word in said[:2]):
        raise RequestError("a condition of a filter is [attribute, op, value]")
    attribute, op, value = said
    if op not in _OPS:
        raise RequestError(f"a filter has no {op[:40]!r}; there are: {', '.join(_OPS)}")
    if op in ("is", "tagged", "untagged"):
        good = _is_value if op == "is" else _is_text
        if not isinstance(value, list) or not 1 <= len(value) <= VALUES_MAX or not all(map(good, value)):
            raise RequestError(f"“{op}” takes a list of 1 to {VALUES_MAX} {'values' if op == 'is' else 'tags'}")
        return Condition(attribute if op == "is" else "", op, tuple(value))
    if op == "between":
        if not isinstance(value, list) or len(value) != 2 or not all(v is None or _is_end(v) for v in value):
            raise RequestError("“between” takes two numbers or dates, of which one may be null")
        return Condition(attribute, op, tuple(value))
    if not _is_text(value):
        raise RequestError(f"“{op}” takes a text of at most {TEXT_MAX} characters")
    return Condition(attribute, op, (value,))


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str | bool) or _is_end(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MAX


def _is_end(value: object) -> bool:
    if isinstance(value, str):
        return _date(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _said(value: Value) -> str:
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


# -- who meets it -----------------------------------------------------------------------------------------------------


def _meets(lab: Lab, catalogue: Catalogue, condition: Condition) -> np.ndarray:
    if condition.op in ("tagged", "untagged"):
        tagged_n = np.logical_or.reduce([tagging.mask(lab, str(tag)) for tag in condition.values])
        return np.asarray(tagged_n if condition.op == "tagged" else ~tagged_n)
    if condition.op == "holds":
        return _holds(lab, catalogue, condition)
    column = _column(catalogue, condition.attribute)
    test: Callable[[pa.ChunkedArray, Condition], pa.ChunkedArray] = _is_one_of if condition.op == "is" else _is_between
    return np.asarray(pc.fill_null(test(column, condition), False).to_numpy())


def _column(catalogue: Catalogue, attribute: str) -> pa.ChunkedArray:
    if attribute not in catalogue.attributes:
        raise RequestError(
            f"no attribute {attribute[:80]!r} to filter by; there are: {', '.join(catalogue.attributes)}"
        )
    return catalogue.rows[attribute]


def _is_one_of(column: pa.ChunkedArray, condition: Condition) -> pa.ChunkedArray:
    """Compared as numbers where the column is one, else as text, so that a link may say 2019 or "2019"."""
    given = [value for value in condition.values if value is not None]
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        wanted = pa.array([number for value in given if (number := _number(value)) is not None], pa.float64())
        found = pc.is_in(column.cast(pa.float64()), value_set=wanted)
    else:
        texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in given]
        found = pc.is_in(column.cast(pa.string()), value_set=pa.array(texts, pa.string()))
    return pc.or_(found, pc.is_null(column)) if None in condition.values else found


def _number(value: Value) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _is_between(column: pa.ChunkedArray, condition: Condition) -> pa.ChunkedArray:
    ends: list[object]
    if pa.types.is_timestamp(column.type):
        ends = [None if v is None else _moment(v, condition.attribute, column.type) for v in condition.values]
    elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        if any(isinstance(value, str) for value in condition.values):
            raise RequestError(f"{condition.attribute!r} is a number: filter it between two numbers")
        column, ends = column.cast(pa.float64()), list(condition.values)
    else:
        raise RequestError(f"{condition.attribute!r} is text: filter it by its values or by words in it")
    tests = [
        compare(column, end)
        for compare, end in zip((pc.greater_equal, pc.less_equal), ends, strict=True)
        if end is not None
    ]
    return pc.is_valid(column) if not tests else tests[0] if len(tests) == 1 else pc.and_(*tests)


def _moment(value: Value, attribute: str, kind: pa.DataType) -> pa.Scalar:
    if not isinstance(value, str):
        raise RequestError(f"{attribute!r} is a date: filter it between two, such as 2026-01-31")
    return pa.scalar(datetime.fromisoformat(value).replace(tzinfo=None)).cast(pa.timestamp(kind.unit))


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
        _column(catalogue, attribute)
        return [attribute]
    texts = (name for name in catalogue.attributes if pa.types.is_string(catalogue.rows[name].type))
    return ["product_id", "name", *texts]
