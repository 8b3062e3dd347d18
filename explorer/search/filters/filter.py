"""Filters: conditions on attributes, tags and text that a product must meet, all of them at once.

A filter is a frozen value that survives a link. What a link holds is a stranger's word: everything is checked, and a
condition on an attribute that the catalogue does not have is a sentence, never an empty map.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from looks_like.data.conditions import read_time
from looks_like.explorer.core import is_finite_number, json_from_link, value_words
from looks_like.explorer.errors import RequestError

CONDITIONS_MAX, VALUES_MAX, TEXT_MAX, DAYS_MAX = 20, 200, 200, 36_500
_LISTED = {"is": "values", "pictured": "colours"}
NOT_GIVEN = None  # among the values of `is`: products that lack the attribute
_OPS = ("is", "between", "newest", "holds", "tagged", "untagged", "pictured")

Value = str | bool | float | None


@dataclass(frozen=True)
class Condition:
    """`is` one of the values, of a list: has one of them; `between` two numbers or days, both included (None = open),
    or not given where a third value is True; `newest`: of so many days up to the newest one in the catalogue; `holds`
    all words of a text, in the attribute or, where that is "", in id, name or any text; `tagged` with one of some
    tags; `untagged`: with none of them, "" = with none at all; `pictured`: its picture shows one of some colours.
    """

    attribute: str
    op: str
    values: tuple[Value, ...]

    def words(self, units: Mapping[str, str] | None = None) -> str:
        """ "brand is Alder or Birch", "price € 10.00 to € 50.00", "not tagged"; `units`: of what is money."""
        name, unit = self.attribute.replace("_", " "), (units or {}).get(self.attribute, "")
        if self.op == "is":
            return f"{name} is {' or '.join(_said(value, unit) for value in self.values)}"
        if self.op == "between":
            return f"{name} {self._range(unit)}"
        if self.op == "newest":
            return f"{name} in the newest {'day' if self.values[0] == 1 else f'{self.values[0]:,} days'}"
        if self.op == "holds":
            return f"{name} holds “{self.values[0]}”".strip()
        if self.op == "pictured":
            return f"looks {' or '.join(map(str, self.values)).replace('-', ' ')}"
        return f"{'not ' if self.op == 'untagged' else ''}tagged {' or '.join(map(str, self.values))}".strip()

    def _range(self, unit: str) -> str:
        low, high = self.values[:2]
        if low is None and high is None:
            return "given or not given" if self.or_not_given else "given"
        if low is None or high is None:
            said = f"{_said(low, unit)} or more" if high is None else f"{_said(high, unit)} or less"
        else:
            said = f"{_said(low, unit)} to {_said(high, unit)}"
        return f"{said}, or not given" if self.or_not_given else said

    @property
    def or_not_given(self) -> bool:
        """Whether a range takes in what lacks the attribute."""
        return self.op == "between" and self.values[2:] == (True,)


@dataclass(frozen=True)
class Filter:
    """What every product shown must meet; without conditions all do."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> "Filter":
        """[[attribute, op, value], …] as JSON; "" = no condition. RequestError says what is wrong with it."""
        if not text:
            return cls()
        said = json_from_link(text, "filter")
        if not isinstance(said, list) or len(said) > CONDITIONS_MAX:
            raise RequestError(f"a filter is a list of at most {CONDITIONS_MAX} conditions")
        return cls(tuple(_condition(each) for each in said))

    def text(self) -> str:
        """What `from_text` reads; "" without conditions."""
        said = [
            [c.attribute, c.op, c.values[0] if c.op in ("holds", "newest") else list(c.values)] for c in self.conditions
        ]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else ""

    def words(self, units: Mapping[str, str] | None = None) -> str:
        """ "brand is Alder, price 10 to 50"; "" without conditions."""
        return ", ".join(condition.words(units) for condition in self.conditions)

    def without(self, place: int) -> "Filter":
        """The same but for one condition."""
        return Filter(self.conditions[:place] + self.conditions[place + 1 :])


# -- what a link says -------------------------------------------------------------------------------------------------


def _condition(said: object) -> Condition:
    if not isinstance(said, list) or len(said) != 3 or not all(isinstance(word, str) for word in said[:2]):
        raise RequestError("a condition of a filter is [attribute, op, value]")
    attribute, op, value = said
    if op not in _OPS:
        raise RequestError(f"a filter has no {op[:40]!r}; there are: {', '.join(_OPS)}")
    if op in ("is", "tagged", "untagged", "pictured"):
        good = _is_value if op == "is" else _is_text
        if not isinstance(value, list) or not 1 <= len(value) <= VALUES_MAX or not all(map(good, value)):
            raise RequestError(f"“{op}” takes a list of 1 to {VALUES_MAX} {_LISTED.get(op, 'tags')}")
        return Condition(attribute if op == "is" else "", op, tuple(value))
    if op == "between":
        return Condition(attribute, op, _range(value))
    if op == "newest":
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= DAYS_MAX:
            raise RequestError(f"“newest” takes a number of days from 1 to {DAYS_MAX:,}")
        return Condition(attribute, op, (value,))
    if not _is_text(value):
        raise RequestError(f"“{op}” takes a text of at most {TEXT_MAX} characters")
    return Condition(attribute, op, (value,))


def _range(value: object) -> tuple[Value, ...]:
    good = isinstance(value, list) and (len(value) == 2 or (len(value) == 3 and value[2] is True))
    if not good or not isinstance(value, list) or not all(v is None or _is_end(v) for v in value[:2]):
        raise RequestError(
            "“between” takes two numbers or dates, of which one may be null, and perhaps true: or not given"
        )
    return tuple(value)


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, bool | str) or is_finite_number(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MAX


def _is_end(value: object) -> bool:
    return read_time(value) is not None if isinstance(value, str) else is_finite_number(value)


def _said(value: Value, unit: str) -> str:
    return "not given" if value is None else value_words(value, unit)
