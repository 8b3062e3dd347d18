"""A part of a condition with its kind: what it is, how it is said in sentences, and how it is worked out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions.columns import NOTHING, NUMBER, TEXT, TIME, YES_NO, Column, Marks
from looks_like.data.conditions.comparing import number_scalar
from looks_like.data.conditions.times import Datum, Times, read_time
from looks_like.data.conditions.tokens import mistake
from looks_like.data.conditions.tree import Literal, Part

NO_VALUE = object()
EXAMPLES = {NUMBER: "3", TEXT: "'x'", YES_NO: "true", TIME: "'2026-01-31'"}


@dataclass(frozen=True)
class Bound:
    """`run` gives Arrow values: text, int64 or float64, bool; of kind TIME days or moments; of a list the lists."""

    part: Part
    said: str  # as it was typed, harmless
    kind: str
    run: Callable[[], Datum]
    constant: bool = False  # whether it is the same for every product
    literal: object = NO_VALUE
    column: Column | None = None  # where it is one and nothing else
    is_list: bool = False
    marks: Marks | None = None  # of words that stand in no column
    described: str = ""  # of one value of a list: the list, in words

    @property
    def words(self) -> str:
        """What it is: "a number", "text", "money in €", "a list of numbers" """
        if self.marks:
            return "a word on products"
        said = self.described or (self.column.words() if self.column else self.kind)
        return f"a {said}" if said.startswith(("number", "date", "list")) else said

    def times(self) -> Times:
        return self.column.times if self.column and not self.is_list else Times(self.run())


def of_column(part: Part, said: str, column: Column) -> Bound:
    """The values of an attribute."""
    return Bound(part, said, column.kind, lambda: column.values, column=column, is_list=column.is_list)


def of_literal(part: Literal, said: str) -> Bound:
    """CatalogueError for a date that is none."""
    value = part.value
    if part.kind:
        return _time(part, said, str(value))
    kind = {bool: YES_NO, str: TEXT, type(None): NOTHING}.get(type(value), NUMBER)
    if kind == NUMBER:
        scalar = number_scalar(value)  # type: ignore[arg-type]
    else:
        scalar = pa.scalar(value, {YES_NO: pa.bool_(), TEXT: pa.string(), NOTHING: pa.null()}[kind])
    return Bound(part, said, kind, lambda: scalar, True, value)


def _time(part: Literal, said: str, text: str) -> Bound:
    found = read_time(text)
    if found is None:
        raise mistake(f"{said} is no date: write date '2026-01-31' or timestamp '2026-01-31 14:30'", part.at)
    if part.kind == "date":
        found = Times(pa.scalar(found.day.as_py()).cast(pa.int32()).cast(pa.date32()))
    elif found.is_day:
        found = Times(found.wall.cast(pa.timestamp("us")))
    return Bound(part, said, TIME, lambda: found.values, True, text)


def as_time(one: Bound) -> Bound | None:
    """A text that is a date as one; None for another."""
    if one.kind == TIME:
        return one
    found = read_time(one.literal) if isinstance(one.literal, str) else None
    return None if found is None else replace(one, kind=TIME, run=lambda: found.values)


def in_list(one: Bound, test: Callable[[Bound], Bound]) -> Callable[[], Datum]:
    """Whether any value of a list meets the test; unknown where there is none."""
    flat = list[Datum]()
    tested = test(_value_of(one, flat))

    def run() -> Datum:
        values = one.run()
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        lengths = pc.list_value_length(values)
        flat[:] = [values.flatten()]
        hits_v = np.asarray(pc.fill_null(broadcast(tested.run(), len(flat[0])), False).to_numpy(zero_copy_only=False))
        flat.clear()
        count_n = lengths.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        before_v = np.concatenate([[0], np.cumsum(hits_v)])
        ends_n = np.cumsum(count_n)
        return pa.array(before_v[ends_n] > before_v[ends_n - count_n], mask=count_n == 0)

    return run


def _value_of(one: Bound, flat: list[Datum]) -> Bound:
    described = one.column.words() if one.column else ""
    return replace(one, is_list=False, column=None, run=lambda: flat[0], described=described)


def broadcast(values: Datum, count: int) -> Datum:
    """What is the same for all, once for each."""
    if not isinstance(values, pa.Scalar):
        return values
    return pa.nulls(count, values.type) if not values.is_valid else pa.repeat(values, count)
