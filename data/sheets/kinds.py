"""Cells -> values of one kind. What reading would change stays text, and what was done is said.

A kind is found from all different cells of a column: the first of yes/no, number, money, date, time, list of which
every cell is a value. Words for "nothing" (-, n/a) are missing then; in text they are what somebody wrote.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.numbers import DIGITS_MAX, EXACT_INTEGER_MAX, Style, amount, number, style_of
from looks_like.data.sheets.sheet import Cell, Cells, NotOfKind
from looks_like.data.sheets.times import Order, day, moment, order_of

KINDS = (
    "text",
    "number",
    "number, decimal comma",
    "money",
    "money, decimal comma",
    "yes/no",
    "date",
    "date, day first",
    "date, month first",
    "time",
    "time, day first",
    "time, month first",
    "list",
)
MISSING_WORDS = frozenset(["", "-", "--", "–", "—", "n/a", "#n/a", "na", "nan", "null", "none"])
_YES, _NO = frozenset(["true", "yes", "y", "1"]), frozenset(["false", "no", "n", "0"])
_KIND_OF_TYPE: dict[type, str] = {bool: "yes/no", date: "date", datetime: "time", list: "list"}
_EXAMPLES = 3
_LOOKED_AT = 200  # different cells, before all are looked at
_NEARLY = 0.5  # of the different cells are of a kind: the first that is not is worth a sentence

Value = str | int | float | bool | date | datetime | list | None
Parse = Callable[[str], Value]


@dataclass(frozen=True)
class Reading:
    """A column as it will go in."""

    header: str
    kind: str  # one of KINDS without what stands after a comma
    values: pa.ChunkedArray
    unit: str = ""  # the currency of money
    notes: tuple[str, ...] = ()  # what was done to cells, and why a column stays text
    examples: tuple[str, ...] = ()  # cells as they were written

    @property
    def missing(self) -> int:
        return int(self.values.null_count)


@dataclass(frozen=True)
class _Column:
    """The different texts of a column, and where each stands first."""

    header: str
    texts: list[str]  # trimmed, without missing words
    missing: list[str]  # the words for nothing that stand in it
    row_of: dict[str, int]

    def at(self, text: str) -> str:
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        return f"{shown!r} (row {self.row_of[text]})"


@dataclass(frozen=True)
class _Fit:
    """What the texts are as a kind; `against` says why a text is none."""

    kind: str
    values: dict[str, Value]
    against: dict[str, str]
    type: pa.DataType
    unit: str = ""
    notes: tuple[str, ...] = ()


def plain_kind(kind: str) -> str:
    """ "number" of "number, decimal comma"."""
    return kind.partition(",")[0]


def kind_of(column: pa.DataType, unit: str = "") -> str:
    """The kind of a stored column."""
    if unit:
        return "money"
    if pa.types.is_boolean(column):
        return "yes/no"
    if pa.types.is_integer(column) or pa.types.is_floating(column):
        return "number"
    if pa.types.is_date(column):
        return "date"
    if pa.types.is_timestamp(column):
        return "time"
    return "list" if pa.types.is_list(column) else "text"


def sniff(header: str, cells: Cells, rows: Sequence[int], *, typed: bool = False, comma: bool = False) -> Reading:
    """The column as the kind that all its cells are of, else as text. `comma`: 1,5 is likelier than 1.5."""
    if isinstance(cells, pa.ChunkedArray):
        return _of_arrow(header, cells)
    asked = _kinds_to_try(cells, typed)
    texts = [_text(cell) for cell in cells]
    column = _column(header, texts, rows)
    tried = [_fit(kind, column, comma) for kind in asked if _is_likely(kind, column, comma)] if column.texts else []
    found = next((fit for fit in tried if not fit.against), None)
    reading = _as_text(header, texts) if found is None else _as(found, column, texts)
    return reading if found else replace(reading, notes=_near_misses(column, tried))


def convert(
    header: str, cells: Cells, rows: Sequence[int], kind: str, *, comma: bool = False, because: str = ""
) -> Reading:
    """The column as a kind that somebody chose, or that it has already. CatalogueError names the first misfit.

    `because`: where it has that kind, for people: "in this catalogue".
    """
    if kind not in KINDS:
        raise CatalogueError(f"{kind!r} is no kind of column; there are: {'; '.join(KINDS)}")
    if isinstance(cells, pa.ChunkedArray):
        reading = _of_arrow(header, cells)
        if reading.kind == plain_kind(kind):
            return reading
        cells = reading.values.to_pylist()
    texts = [_text(cell) for cell in cells]
    if kind == "text":
        return _as_text(header, texts)
    column = _column(header, texts, rows)
    fit = _fit(kind, column, comma, chosen=True)
    for text, why in fit.against.items():
        raise CatalogueError(
            f"attribute {header!r} is {' '.join(filter(None, [_a(plain_kind(kind)), because]))}, and {column.at(text)} "
            f'{why}. Mend it, or make the attribute text: --as "{header}=text"'
        )
    return _as(fit, column, texts)


def pieces(cells: Cells) -> list[list[str]]:
    """Of each cell: the members of a list, or what stands between | in a text; blanks are none."""
    members = ([] if cell is None else cell if isinstance(cell, list) else [cell] for cell in cells_of(cells))
    return [[piece for member in each for piece in _pieces(_text(member) or "")] for each in members]


def cells_of(cells: Cells) -> list[Cell]:
    """Cells as Python's values."""
    return list(cells.to_pylist()) if isinstance(cells, pa.ChunkedArray) else cells


def texts_of(cells: Cells) -> list[str]:
    """Cells as trimmed text, "" where there is none: an id that a file keeps as 1001.0 is 1001."""
    if isinstance(cells, pa.ChunkedArray):
        cells = stored(cells).to_pylist()
    whole = (int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in cells)
    return [(_text(cell) or "").strip() for cell in whole]


# -- cells and texts ---------------------------------------------------------------------------------------------------


def _text(cell: Cell) -> str | None:
    """A cell as it would be written in a table of text."""
    if cell is None or isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return repr(cell) if math.isfinite(cell) else None
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False, default=str)


def _kinds_to_try(cells: Iterable[Cell], typed: bool) -> tuple[str, ...]:
    """Where a file has types, a text that looks like a number is a text: somebody meant it."""
    have = {type(cell) for cell in cells if cell is not None} if typed else {str}
    if typed and have <= {str}:
        return ("money", "date", "time")
    if have <= {int, float}:
        return ("number",)
    if len(have) == 1 and (only := _KIND_OF_TYPE.get(next(iter(have)))):
        return (only,)
    return ("yes/no", "number", "money", "date", "time", "list")


def _column(header: str, texts: Sequence[str | None], rows: Sequence[int]) -> _Column:
    row_of: dict[str, int] = {}
    for text, row in zip(texts, rows, strict=True):
        if text is not None:
            row_of.setdefault(text.strip(), row)
    missing = [text for text in row_of if text.lower() in MISSING_WORDS]
    return _Column(header, [text for text in row_of if text.lower() not in MISSING_WORDS], missing, row_of)


def _is_likely(kind: str, column: _Column, comma: bool) -> bool:
    """Whether the first cells are of a kind: to look at all of a column of names for money takes a while."""
    if len(column.texts) <= _LOOKED_AT:
        return True
    first = replace(column, texts=column.texts[:_LOOKED_AT])
    return len(_fit(kind, first, comma).values) >= _NEARLY * _LOOKED_AT


def _as_text(header: str, texts: Sequence[str | None]) -> Reading:
    return Reading(header, "text", pa.chunked_array([pa.array(texts, pa.string())]), examples=_examples(texts))


def _as(fit: _Fit, column: _Column, texts: Sequence[str | None]) -> Reading:
    values = [None if text is None else fit.values.get(text.strip()) for text in texts]
    notes = list(fit.notes)
    if said := [text for text in column.missing if text]:
        notes.append(f"{', '.join(map(column.at, said[:3]))}{' …' if len(said) > 3 else ''}: read as missing")
    array = pa.chunked_array([pa.array(values, fit.type)])
    return Reading(column.header, plain_kind(fit.kind), array, fit.unit, tuple(notes), _examples(texts))


def _examples(texts: Iterable[str | None]) -> tuple[str, ...]:
    found = dict[str, None]()
    for text in texts:
        if text:
            found[text] = None
        if len(found) == _EXAMPLES:
            break
    return tuple(found)


def _near_misses(column: _Column, tried: Iterable[_Fit]) -> tuple[str, ...]:
    """Why a column that is nearly of a kind stays text."""
    nearest = max(tried, key=lambda fit: len(fit.values), default=None)
    if nearest is None or len(nearest.values) < _NEARLY * len(column.texts):
        return ()
    text, why = next(iter(nearest.against.items()))
    return (f"stays text, not {nearest.kind}: {column.at(text)} {why}",)


def _a(kind: str) -> str:
    return {"yes/no": "yes or no", "money": "money", "text": "text"}.get(kind, f"a {kind}")


# -- one kind ----------------------------------------------------------------------------------------------------------


def _fit(kind: str, column: _Column, comma: bool, chosen: bool = False) -> _Fit:
    plain, _, said = kind.partition(", ")
    if plain in ("number", "money"):
        return _numbers(plain, column, comma, chosen=said or chosen)
    if plain in ("date", "time"):
        return _times(plain, column, said, chosen)
    if plain == "list":
        return _lists(column, chosen)
    return _yes_or_no(column)


def _tried(parse: Parse, texts: Iterable[str]) -> tuple[dict[str, Value], dict[str, str]]:
    values, against = dict[str, Value](), dict[str, str]()
    for text in texts:
        try:
            values[text] = parse(text)
        except NotOfKind as why:
            against[text] = str(why)
    return values, against


def _yes_or_no(column: _Column) -> _Fit:
    def parse(text: str) -> bool:
        if (word := text.lower()) not in _YES | _NO:
            raise NotOfKind("is neither yes nor no")
        return word in _YES

    values, against = _tried(parse, column.texts)
    if not against and all(text in ("0", "1") for text in values):
        values, against = {}, dict.fromkeys(values, "may be a number")
    return _Fit("yes/no", values, against, pa.bool_())


def _numbers(plain: str, column: _Column, comma: bool, chosen: str | bool) -> _Fit:
    """Of money, the unit is taken off first; all of one column has one currency."""
    amounts, against = {text: (text, "") for text in column.texts}, dict[str, str]()
    if plain == "money":
        found, against = _tried(amount, column.texts)  # type: ignore[arg-type]
        amounts = found  # type: ignore[assignment]
    units = dict.fromkeys(unit for _, unit in amounts.values() if unit)
    unit = next(iter(units), "")
    if plain == "money" and not unit and not chosen:
        against = dict.fromkeys(column.texts, "has no currency")
    for text, (_, its) in amounts.items():
        if its and its != unit:
            against.setdefault(text, f"is of another currency than {unit}")
    style = style_of((text for text, _ in amounts.values()), comma)
    if chosen == "decimal comma":
        style = Style(comma=True)
    values, worse = _tried(lambda text: number(amounts[text][0], style), [t for t in amounts if t not in against])
    against |= worse
    whole = plain == "number" and all(isinstance(value, int) for value in values.values())
    if not whole:
        for text, value in list(values.items()):
            if isinstance(value, int) and abs(value) > EXACT_INTEGER_MAX:
                against[text] = "is too long for a number beside fractions"
    if against:
        values = {text: value for text, value in values.items() if text not in against}
    changed = next((t for t in values if _is_rewritten(amounts[t][0])), None)
    notes = [f"{column.at(changed)} is read as {values[changed]}"] if changed else []
    if changed and not style.sure:
        notes[0] += "; if that is wrong, choose another decimal mark or text"
    kind = plain if style.comma is False else f"{plain}, decimal comma"
    return _Fit(kind, values, against, pa.int64() if whole else pa.float64(), unit, tuple(notes))


def _is_rewritten(text: str) -> bool:
    """Whether more than digits, a minus and a point stands in it."""
    return any(not (c.isdigit() or c in ".-eE+") for c in text) or text.count(".") > 1


def _times(plain: str, column: _Column, said: str, chosen: bool) -> _Fit:
    order = order_of(column.texts)
    if said:
        order = replace(order, day_first=said == "day first")
    parse = partial(day if plain == "date" else moment, order=order)
    values, against = _tried(partial(_day_or_moment, plain, parse, order) if chosen else parse, column.texts)
    notes, zone = [], None
    if plain == "time":
        zones = dict.fromkeys(value.utcoffset() for value in values.values() if isinstance(value, datetime))
        if len(zones) == 1:
            (offset,) = zones
            zone = None if offset is None else _zone_name(offset.total_seconds())
        elif zones and chosen:
            zone, values = "UTC", {text: _in_utc(value) for text, value in values.items()}
            notes.append("times of several zones are read as UTC")
        elif zones:
            first = next(iter(zones))
            other = next(t for t, v in values.items() if isinstance(v, datetime) and v.utcoffset() != first)
            against[other] = "is of another time zone than the first"
    ordered = next((text for text in values if not text[:4].isdigit()), None)
    if ordered:
        notes.append(f"{column.at(ordered)} is read as {values[ordered]}")
    unsure = any(why == "may be day first or month first" for why in against.values())
    if unsure:
        against = {t: f"{w}: choose “{plain}, day first” or “{plain}, month first”" for t, w in against.items()}
        values = dict.fromkeys(column.texts)  # all of them could be read: worth saying
    return _Fit(plain, values, against, pa.date32() if plain == "date" else pa.timestamp("us", zone), "", tuple(notes))


def _day_or_moment(plain: str, parse: Parse, order: Order, text: str) -> Value:
    """Where somebody said which of both it is, a day is its midnight, and a midnight its day."""
    try:
        return parse(text)
    except NotOfKind:
        if plain == "time":
            return datetime.combine(day(text, order), time())
        at = moment(text, order)
        if at.time() != time() or at.tzinfo:
            raise
        return at.date()


def _in_utc(value: Value) -> Value:
    if not isinstance(value, datetime):
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _zone_name(seconds: float) -> str:
    minutes = int(abs(seconds)) // 60
    return "UTC" if not minutes else f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def _lists(column: _Column, chosen: bool) -> _Fit:
    """[38, 39] as JSON writes it, or texts with | between them, if these come again in other cells."""
    values, against = _tried(_json_list, column.texts)
    if against and (chosen or _is_piped(column.texts)):
        values, against = {text: list[Value](_pieces(text)) for text in column.texts}, {}
    return _Fit("list", values, against, pa.list_(_member_type(values.values())))


def _is_piped(texts: Sequence[str]) -> bool:
    pieces = [piece for text in texts for piece in _pieces(text)]
    return any("|" in text for text in texts) and 2 * len(set(pieces)) <= len(pieces)


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.split("|") if piece.strip()]


def _json_list(text: str) -> list:
    try:
        found = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(v, str | int | float) for v in found):
        raise NotOfKind("is no list")
    kinds = {type(value) for value in found}
    long = any(isinstance(value, int) and abs(value) >= 10**DIGITS_MAX for value in found)
    if bool in kinds or (str in kinds and len(kinds) > 1) or long:
        return [value if isinstance(value, str) else json.dumps(value) for value in found]
    return found


def _member_type(lists: Iterable[Value]) -> pa.DataType:
    kinds = {type(value) for values in lists if isinstance(values, list) for value in values}
    if kinds and kinds <= {int, float}:
        return pa.int64() if kinds == {int} else pa.float64()
    return pa.string()


# -- columns that have a type already ----------------------------------------------------------------------------------


def _of_arrow(header: str, cells: pa.ChunkedArray) -> Reading:
    """A typed column as one of ours; what none of ours can hold becomes text."""
    values = stored(cells)
    shown = tuple(dict.fromkeys(str(v) for v in values.slice(0, 50).drop_null().to_pylist()))[:_EXAMPLES]
    return Reading(header, kind_of(values.type), values, examples=shown)


def stored(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """A typed column as one of the types of attributes; what none of them can hold becomes text, NaN is missing."""
    kind = cells.type
    if pa.types.is_dictionary(kind):
        return stored(cells.cast(kind.value_type))
    if pa.types.is_boolean(kind):
        return cells
    if pa.types.is_integer(kind):
        ends = pc.min_max(cells).as_py()
        fits = all(end is None or abs(end) < 10**DIGITS_MAX for end in ends.values())
        return cells.cast(pa.int64() if fits else pa.string())
    if pa.types.is_floating(kind):
        exact = cells.cast(pa.float64()) if kind != pa.float32() else cells.cast(pa.string()).cast(pa.float64())
        return pc.if_else(pc.is_finite(exact), exact, pa.scalar(None, pa.float64()))
    if pa.types.is_decimal(kind):
        return cells.cast(pa.float64() if kind.precision <= 15 else pa.string())
    if pa.types.is_date(kind):
        return _in_calendar(cells.cast(pa.date32()), pa.int32(), (date.min, date.max))
    if pa.types.is_timestamp(kind):
        zone = kind.tz if kind.tz is None or _is_zone(kind.tz) else "UTC"
        moments = cells.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.timestamp("us", zone))
        return _in_calendar(moments, pa.int64(), (datetime.min, datetime.max - timedelta(days=1)))
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _binary(cells)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _stored_lists(cells, kind.value_type)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        texts = cells.cast(pa.string())
        return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if pa.types.is_null(kind) or pa.types.is_time(kind):
        return cells.cast(pa.string())
    return pa.chunked_array([pa.array([_text(value) for value in cells.to_pylist()], pa.string())])


def _in_calendar(
    cells: pa.ChunkedArray, whole: pa.DataType, ends: tuple[date, date] | tuple[datetime, datetime]
) -> pa.ChunkedArray:
    """What lies before year 1 or after 9999 is missing: no calendar of ours can say it."""
    plain = pa.date32() if whole == pa.int32() else pa.timestamp("us")
    low, high = (pa.scalar(end, plain).cast(whole) for end in ends)
    numbers = cells.cast(whole)
    known = pc.and_(pc.greater_equal(numbers, low), pc.less_equal(numbers, high))
    return pc.if_else(known, cells, pa.scalar(None, cells.type))


def _is_zone(name: str) -> bool:
    try:
        return bool(re.fullmatch(r"[+-]\d\d:\d\d", name) or ZoneInfo(name))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False


def _binary(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text of programs that do not mark it as such; other bytes as their digits."""
    try:
        return stored(cells.cast(pa.binary()).cast(pa.string()))
    except pa.ArrowInvalid:
        return pa.chunked_array([pa.array([None if v is None else v.hex() for v in cells.to_pylist()], pa.string())])


def _stored_lists(cells: pa.ChunkedArray, member: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_integer(member) and member != pa.uint64():
        return cells.cast(pa.list_(pa.int64()))
    if pa.types.is_floating(member):
        lists = [v and [n if n is not None and math.isfinite(n) else None for n in v] for v in cells.to_pylist()]
        return pa.chunked_array([pa.array(lists, pa.list_(pa.float64()))])
    texts = [None if value is None else [_text(v) or "" for v in value] for value in cells.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.list_(pa.string()))])
