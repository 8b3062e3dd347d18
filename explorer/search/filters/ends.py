"""Ends of a range as people type them, and as fields say them back: 1299.5, 1.299,50, € 12; 2026-01-31, 31.1.2026."""

from decimal import Decimal

from looks_like.data.conditions import read_time
from looks_like.data.sheets import numbers, times
from looks_like.data.sheets.sheet import NotOfKind
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.filter import TEXT_MAX, Value

_PLAIN = 1e15  # beyond, a number is said with its exponent


def read_end(kind: str, text: str) -> Value:
    """What somebody typed for an attribute of "numbers" or "dates"; None for nothing. RequestError for another text."""
    text = text.strip()
    if not text:
        return None
    if len(text) > TEXT_MAX:
        raise RequestError(f"“{text[:20]}…” is too long")
    return _date(text) if kind == "dates" else _number(text)


def end_text(value: Value) -> str:
    """As a field says it: what `read_end` reads as the same."""
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < _PLAIN:
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


def _number(text: str) -> Value:
    """Of 1,299 the comma is between thousands, as pages write it; where that does not fit it is the decimal one."""
    try:
        digits = numbers.amount(text)[0]
    except NotOfKind:
        digits = text
    try:
        return numbers.number(digits, numbers.style_of([digits], comma_likely=False))
    except NotOfKind as reason:
        raise RequestError(f"“{text[:40]}” {reason}") from None


def _date(text: str) -> Value:
    if read_time(text) is not None:
        return text
    try:
        found = str(times.day(text, times.order_of([text])))
    except NotOfKind as reason:
        raise RequestError(f"“{text[:40]}” {reason}: write it as 2026-01-31") from None
    if read_time(found) is None:
        raise RequestError(f"“{text[:40]}” is no date: write it as 2026-01-31")
    return found
