"""How people write days and times: 2024-01-31, 31.01.2024, 1/31/2024, each with 17:30, 17:30:00 or a zone after it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from looks_like.data.sheets.sheet import NotOfKind

_DAY = (
    r"(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<t>[-/.])(?P<b>\d{1,2})(?P=t)(?P<z>\d{4}))"
)
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,6}))?)?"
_ZONE = r"\s?(?P<zone>[Zz]|[+-]\d\d:?\d\d)"
_DATE = re.compile(_DAY)
_TIME = re.compile(rf"{_DAY}(?:[Tt]|\s+){_CLOCK}(?:{_ZONE})?")


@dataclass(frozen=True)
class Order:
    """Which number of 1/2/2024 is the day; None where the cells don't tell."""

    day_first: bool | None


def order_of(texts: Iterable[str]) -> Order:
    """From all different texts of a column: 13 can be no month. With points, the day is first."""
    first = second = False
    ambiguous = False
    for text in texts:
        found = _DATE.match(text)
        if found is None or found["a"] is None:
            continue
        first |= int(found["a"]) > 12 or found["t"] == "."
        second |= int(found["b"]) > 12
        ambiguous = True
    return Order(None if ambiguous and first == second else first)


def day(text: str, order: Order) -> date:
    """The day that a text says. NotOfKind says why it is none."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise NotOfKind("is no date")
    return _day(found, order)


def moment(text: str, order: Order) -> datetime:
    """The day and time that a text says, with its zone if it says one. NotOfKind as above."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise NotOfKind("has no time of day" if _DATE.fullmatch(text) else "is no date with a time")
    fraction = int((found["fraction"] or "0").ljust(6, "0"))
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), fraction)
    except ValueError:
        raise NotOfKind("has no such time of day") from None
    return datetime.combine(_day(found, order), clock, _zone(found["zone"]))


def _day(found: re.Match[str], order: Order) -> date:
    if found["y"]:
        year, month, number = int(found["y"]), int(found["m"]), int(found["d"])
    elif order.day_first is None:
        raise NotOfKind("may be day first or month first")
    else:
        a, b = int(found["a"]), int(found["b"])
        year, month, number = int(found["z"]), *((b, a) if order.day_first else (a, b))
    try:
        return date(year, month, number)
    except ValueError:
        raise NotOfKind("is no day of the calendar") from None


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise NotOfKind("has no such zone")
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(away if text[0] == "+" else -away)
