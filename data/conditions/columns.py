"""The columns that a condition may ask for, found by the names that people write, and said in the catalogue's words."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from looks_like.data.conditions.comparing import without_nan
from looks_like.data.conditions.times import Times
from looks_like.data.conditions.tokens import mistake, shown
from looks_like.data.errors import CatalogueError

TEXT, NUMBER, YES_NO, TIME, NOTHING = "text", "number", "yes or no", "date", "null"
_LISTED_MAX = 12
_BARE = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Marks:
    """Words on rows that stand in no column, as tags do: each row has any number of them, and none is unknown."""

    words: Sequence[str]  # all that there are
    find: Callable[[str], np.ndarray | None]  # bool (N,) who has one; None where nobody ever had
    any_word: Callable[[], np.ndarray]  # bool (N,) who has at least one


@dataclass(frozen=True)
class Column:
    """An attribute of the catalogue, as the condition sees it."""

    name: str
    data: pa.ChunkedArray
    unit: str = ""  # of money

    @property
    def is_list(self) -> bool:
        return bool(pa.types.is_list(self.data.type) or pa.types.is_large_list(self.data.type))

    @property
    def kind(self) -> str:
        """Of its values; of a list's those in it."""
        return kind_of(self.data.type.value_type if self.is_list else self.data.type)

    @cached_property
    def values(self) -> pa.ChunkedArray:
        return without_nan(self.data)

    @cached_property
    def times(self) -> Times:
        return Times(self.data)

    def words(self) -> str:
        """ "number", "money in €", "list of numbers" """
        if self.is_list:
            return f"list of {'texts' if self.kind == TEXT else 'numbers'}"
        return f"money in {shown(self.unit, 12)}" if self.unit else self.kind


def kind_of(type_: pa.DataType) -> str:
    """In the words of the catalogue."""
    if pa.types.is_integer(type_) or pa.types.is_floating(type_):
        return NUMBER
    if pa.types.is_boolean(type_):
        return YES_NO
    return TIME if pa.types.is_temporal(type_) else TEXT


class Columns:
    """Found by their exact name, else by one that differs in case or in how its accents are encoded."""

    def __init__(self, rows: pa.Table, units: Mapping[str, str], marks: Mapping[str, Marks]) -> None:
        self.rows, self._units = rows, units
        self._found = dict[str, Column]()  # one each, so that what is seen of its times is found once
        self._marks = {name: found for name, found in marks.items() if not self._spelled(name)}

    def find(self, name: str, at: int) -> Column | Marks:
        """CatalogueError says what there is."""
        spelled = [name] if name in self.rows.column_names else self._spelled(name)
        if len(spelled) > 1:
            either = " or ".join(written(each) for each in spelled[:4])
            raise mistake(f"{shown(name)!r} may be several attributes: write {either} as it is spelled", at)
        if spelled:
            return self._found.setdefault(spelled[0], self._column(spelled[0]))
        if name.lower() in self._marks:
            return self._marks[name.lower()]
        raise self._unknown(name, at)

    def _column(self, name: str) -> Column:
        return Column(name, self.rows[name], self._units.get(name, ""))

    def _spelled(self, name: str) -> list[str]:
        return [column for column in self.rows.column_names if _key(column) == _key(name)]

    def _unknown(self, name: str, at: int) -> CatalogueError:
        known = {_key(column): column for column in [*self._marks, *self.rows.column_names]}
        near = difflib.get_close_matches(_key(name)[:80], known, 1, 0.6)
        hint = f": did you mean {shown(known[near[0]])!r}?" if near else "; text stands in single quotes"
        return mistake(f"{shown(name)!r} is no attribute{hint}", at, self.listed())

    def listed(self) -> str:
        """ "Attributes: price (number), …" """
        names = self.rows.column_names
        said = [f"{written(name)} ({self._column(name).words()})" for name in names]
        said += [f"{name} (on products)" for name in self._marks]
        more = f" and {len(said) - _LISTED_MAX} more" if len(said) > _LISTED_MAX else ""
        return f"Attributes: {', '.join(said[:_LISTED_MAX])}{more}"


def written(name: str) -> str:
    """As a condition says it: in double quotes where it is no plain word."""
    plain = _BARE.fullmatch(name) is not None
    return shown(name, 40) if plain else '"' + shown(name.replace('"', '""'), 40) + '"'


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
