"""The functions of conditions. None makes anything larger than what it is given; patterns are RE2's: linear in time."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions.bound import NO_VALUE, Bound, as_time
from looks_like.data.conditions.columns import NOTHING, NUMBER, TEXT, TIME, YES_NO
from looks_like.data.conditions.comparing import as_fraction, without_nan
from looks_like.data.conditions.times import Datum, Times, as_moments
from looks_like.data.conditions.tokens import mistake, shown
from looks_like.data.conditions.tree import Call, Part
from looks_like.data.errors import CatalogueError

_PARTS: dict[str, Callable[[Datum], Datum]] = {
    "year": pc.year,
    "quarter": pc.quarter,
    "month": pc.month,
    "week": pc.iso_week,
    "day": pc.day,
    "dow": lambda times: pc.day_of_week(times, count_from_zero=True, week_start=7),  # 0 = Sunday
    "doy": pc.day_of_year,
    "hour": pc.hour,
    "minute": pc.minute,
    "second": pc.second,
}
_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_KIND_WORDS = {TEXT: "text", NUMBER: "a number", TIME: "a date"}
_PATTERN_MAX = 200  # characters
_DIGITS_MAX = 15


@dataclass(frozen=True)
class _Function:
    takes: tuple[str, ...]  # kinds
    gives: str
    run: Callable[..., Datum]
    optional: int = 0  # of what it takes, from the end


def _exact(known: Callable[[Datum], Datum]) -> Callable[[Datum], Datum]:
    """Whole numbers have nothing to round."""
    return lambda numbers: numbers if pa.types.is_integer(numbers.type) else known(numbers)


def _absolute(numbers: Datum) -> Datum:
    try:
        return pc.abs_checked(numbers)
    except pa.ArrowInvalid:  # of the least whole number
        return pc.abs(as_fraction(numbers))


def _rounded(numbers: Datum, digits: Datum | None = None) -> Datum:
    to = int(digits.as_py() or 0) if digits is not None else 0
    if pa.types.is_integer(numbers.type) and to >= 0:
        return numbers
    return pc.round(as_fraction(numbers), ndigits=to, round_mode="half_towards_infinity")


_FUNCTIONS = {
    "abs": _Function((NUMBER,), NUMBER, _absolute),
    "ceil": _Function((NUMBER,), NUMBER, _exact(pc.ceil)),
    "floor": _Function((NUMBER,), NUMBER, _exact(pc.floor)),
    "round": _Function((NUMBER, "digits"), NUMBER, _rounded, optional=1),
    "lower": _Function((TEXT,), TEXT, pc.utf8_lower),
    "upper": _Function((TEXT,), TEXT, pc.utf8_upper),
    "trim": _Function((TEXT,), TEXT, pc.utf8_trim_whitespace),
    "length": _Function((TEXT,), NUMBER, lambda texts: pc.utf8_length(texts).cast(pa.int64())),
    "starts_with": _Function((TEXT, "some text"), YES_NO, lambda texts, part: pc.starts_with(texts, part.as_py())),
    "ends_with": _Function((TEXT, "some text"), YES_NO, lambda texts, part: pc.ends_with(texts, part.as_py())),
    "contains": _Function((TEXT, "some text"), YES_NO, lambda texts, part: pc.match_substring(texts, part.as_py())),
    "regexp_like": _Function((TEXT, "pattern"), YES_NO, lambda t, part: pc.match_substring_regex(t, part.as_py())),
    "date_part": _Function(("part", TIME), NUMBER, lambda part, times: _date_part(part.as_py(), times)),
    "date_trunc": _Function(("unit", TIME), TIME, lambda unit, times: _date_trunc(unit.as_py(), times)),
}
_NAMES = ", ".join(sorted([*_FUNCTIONS, "cast", "coalesce"]))


def call(part: Call, said: str, given: list[Bound]) -> Bound:
    """A function of values. CatalogueError for one that there is not, or values that it does not take."""
    if part.function == "coalesce":
        return _coalesce(part, said, given)
    known = _FUNCTIONS.get(part.function)
    if known is None:
        near = difflib.get_close_matches(part.function[:40], _FUNCTIONS, 1)
        hint = f": did you mean {near[0]}?" if near else ""
        raise mistake(f"{shown(part.function)!r} is no function{hint}", part.at, f"The functions: {_NAMES}")
    if not len(known.takes) - known.optional <= len(given) <= len(known.takes):
        raise mistake(f"{part.function}() takes {_takes(known)}, not {len(given)} values", part.at)
    given = [_fitting(part.function, kind, one) for kind, one in zip(known.takes, given, strict=False)]

    def run() -> Datum:
        found = known.run(*(_typed(one) for one in given))
        return without_nan(found).cast(pa.int64()) if pa.types.is_integer(found.type) else without_nan(found)

    return Bound(part, said, known.gives, run, all(one.constant for one in given))


def _takes(known: _Function) -> str:
    words = [{"digits": "how many digits", "part": "a part", "unit": "a part"}.get(kind, kind) for kind in known.takes]
    least = len(words) - known.optional
    return " and ".join(words[:least]) + "".join(f", perhaps {word}" for word in words[least:])


def _fitting(function: str, kind: str, one: Bound) -> Bound:
    """As the function takes it."""
    if kind in ("part", "unit"):
        have = tuple(_PARTS) if kind == "part" else _UNITS
        if not isinstance(one.literal, str) or one.literal.lower() not in have:
            raise mistake(
                f"{function}() takes first one of {', '.join(map(repr, have))}, not {one.said}: "
                f"{function}('year', launched)",
                one.part.at,
            )
        return one
    if kind == "digits":
        if not isinstance(one.literal, int) or isinstance(one.literal, bool) or abs(one.literal) > _DIGITS_MAX:
            raise mistake(f"round() takes how many digits, at most {_DIGITS_MAX}, not {one.said}", one.part.at)
        return one
    if kind in ("some text", "pattern") and not isinstance(one.literal, str):
        raise mistake(f"{function}() looks for a text such as 'boot', not for {one.said}", one.part.at)
    if kind == "pattern":
        _check_pattern(str(one.literal), one.part.at)
    wanted = TEXT if kind in ("some text", "pattern") else kind
    fitting = as_time(one) if wanted == TIME else one
    if fitting is None or fitting.kind not in (wanted, NOTHING):
        raise mistake(f"{function}() takes {_KIND_WORDS[wanted]}, and {one.said} is {one.words}", one.part.at)
    return fitting


def _typed(one: Bound) -> Datum:
    found = one.run()
    return pa.scalar(None, pa.string()) if pa.types.is_null(found.type) else found


def _check_pattern(pattern: str, at: int) -> None:
    if len(pattern) > _PATTERN_MAX:
        raise mistake(f"a pattern has at most {_PATTERN_MAX} characters", at)
    try:
        pc.match_substring_regex(pa.array(["x"]), pattern)
    except pa.ArrowInvalid as reason:
        why = shown(str(reason).rpartition("regular expression: ")[2], 80)
        raise mistake(f"this pattern can't be used ({why}): see RE2's syntax", at) from None


def matcher(pattern: str, escape: str, any_case: bool, at: int) -> Callable[[Datum], Datum]:
    """SQL's like: % is any text, _ any character, both plain after the escape."""
    plain, i = "", 0
    while i < len(pattern):
        sign = pattern[i]
        if sign == escape and i + 1 < len(pattern):
            i += 1
            sign = pattern[i]
            plain += f"\\{sign}" if sign in "%_\\" else sign
        else:
            plain += "\\\\" if sign == "\\" else sign
        i += 1
    try:
        pc.match_like(pa.array(["x"]), plain, ignore_case=any_case)
    except pa.ArrowInvalid:
        raise mistake("this pattern is too large: write a shorter one", at) from None
    return lambda texts: pc.match_like(texts, plain, ignore_case=any_case)


def never_given(name: str, word: str, words: Sequence[str]) -> str:
    """The sentence for a word that nothing carries."""
    near = difflib.get_close_matches(word[:80], list(words)[:5_000], 1)
    have = ", ".join(shown(each, 30) for each in words[:12]) or "none yet"
    hint = f"did you mean '{shown(near[0])}'? " if near else ""
    return f"no product was ever given the {name} '{shown(word)}': {hint}there are {have}"


def _coalesce(part: Call, said: str, given: list[Bound]) -> Bound:
    kinds = {one.kind for one in given} - {NOTHING}
    if TIME in kinds and len(kinds) > 1:
        given = [as_time(one) or one for one in given]
        kinds = {one.kind for one in given} - {NOTHING}
    if len(kinds) != 1:
        said_kinds = " and ".join(sorted(kinds)) or "nothing"
        raise mistake(f"coalesce() takes values of one kind, not {said_kinds}: coalesce(price, 0)", part.at)
    kind = kinds.pop()

    def run() -> Datum:
        found = [one.run() for one in given if one.kind != NOTHING]
        if kind == TIME:
            found = [as_moments(Times(each)).values for each in found]
        if kind == NUMBER and any(pa.types.is_floating(each.type) for each in found):
            found = [as_fraction(each) for each in found]
        return pc.coalesce(*found)

    return Bound(part, said, kind, run, all(one.constant for one in given))


def _date_part(name: str, times: Datum) -> Datum:
    local = as_moments(Times(times)).values
    return pc.cast(_PARTS[name.lower()](local), pa.int64())


def _date_trunc(unit: str, times: Datum) -> Datum:
    return pc.floor_temporal(as_moments(Times(times)).values, unit=unit.lower())


# -- casts ------------------------------------------------------------------------------------------------------------

_ARROW = {"bigint": pa.int64(), "int": pa.int64(), "double": pa.float64(), "float": pa.float64()}
_ARROW |= {"string": pa.string(), "boolean": pa.bool_()}
_KIND = {"string": TEXT, "boolean": YES_NO, "date": TIME, "timestamp": TIME}


def cast(part: Part, said: str, value: Bound, type_: str) -> Bound:
    """The value as another kind. CatalogueError where that can't be, when it is worked out."""
    kind = _KIND.get(type_, NUMBER)
    if kind == TIME:
        return _cast_time(part, said, value, type_)
    if value.kind == TIME and kind != TEXT:
        raise mistake(f"{value.said} is a date, which is no {kind}: date_part('year', {value.said})", part.at)

    def run() -> Datum:
        found = value.run()
        if kind == NUMBER and type_ in ("int", "bigint") and pa.types.is_floating(found.type):
            found = _inside(pc.trunc(found))
        try:
            return without_nan(found.cast(_ARROW[type_], safe=False))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as reason:
            why = shown(str(reason), 80)
            raise mistake(f"{value.said} can't be read as {type_} for every product ({why})", part.at) from None

    return Bound(part, said, kind, run, value.constant)


def _inside(numbers: Datum) -> Datum:
    """Missing where it is beyond 64 bits."""
    return pc.if_else(pc.less(pc.abs(numbers), 2.0**63), numbers, pa.scalar(None, numbers.type))


def _cast_time(part: Part, said: str, value: Bound, type_: str) -> Bound:
    found = as_time(value) or value
    if found.kind not in (TIME, TEXT, NOTHING) or (found.kind == TEXT and found.literal is not NO_VALUE):
        raise mistake(f"{value.said} is no {type_}: write '2026-01-31'", part.at)

    def run() -> Datum:
        values = found.run()
        if found.kind != TIME:
            try:
                values = values.cast(pa.timestamp("us"))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                raise mistake(f"{value.said} can't be read as {type_} for every product", part.at) from None
        times = Times(values)
        if type_ == "date":
            return times.day.cast(pa.int32()).cast(pa.date32())
        return as_moments(times).values

    return Bound(part, said, TIME, run, value.constant)


def check_error(reason: Exception) -> CatalogueError:
    """For what the kernels can't work out in the end: memory, or values that no rule above foresaw."""
    return CatalogueError(f"the condition can't be worked out ({shown(str(reason), 120)}): write it in a simpler way")
