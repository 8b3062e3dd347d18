"""Numbers and text as people read them."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time

from looks_like.data.text import one_line

FLOATS_ARE_WHOLE = 2**53  # beyond, several whole numbers share one float, in Python as in a browser
_LEAST, _LONGEST = 1e-9, 1e15  # of what is written without an exponent
_MEANS_SOMETHING = set("\\`*_{}[]()#+-.!|~>$:<&")  # to Markdown


def number(value: float, digits: int = 6) -> str:
    """As people write it, never as 7.07e-05; of what is smaller than a ten-thousandth three digits.

    Thousands apart from 10,000 on: 2015 is more often a year than a number that needs it. A whole number beyond what a
    float holds is an id, and has all its digits.
    """
    if isinstance(value, int) and abs(value) > FLOATS_ARE_WHOLE:
        return str(value)
    size = abs(value)
    if 10.0**digits - 0.5 <= size < _LONGEST:
        return f"{value:,.0f}"
    if _LEAST <= size < 1e-4:
        return f"{value:.{2 - math.floor(math.log10(size))}f}".rstrip("0")
    return f"{value:,.{digits}g}" if size >= 10_000 else f"{value:.{digits}g}"


def escape_markdown(text: str, most: int = 80) -> str:
    """Escapes catalogue text for Markdown: one line, all punctuation escaped, at most `most` characters."""
    return "".join(f"\\{sign}" if sign in _MEANS_SOMETHING else sign for sign in one_line(text, most))


def value_words(value: object, unit: str = "") -> str:
    """A value of an attribute: "38, 39", "2026-01-31", "€ 12.50", "yes", "9,007,199,254,740,993"; text as it is.

    `unit`: the currency, where it is money.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(value_words(each) for each in value if each is not None)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, int):
        said = f"{value:,}" if abs(value) >= 10_000 else str(value)
    elif isinstance(value, float):
        said = _money(value) if unit else number(value)
    else:
        return str(value)
    return f"{unit} {said}" if unit else said


def _money(value: float) -> str:
    """With cents, or with as many digits as it has: a rate below a cent is not nothing."""
    return f"{value:,.2f}" if abs(value - round(value, 2)) < 1e-9 * max(1.0, abs(value)) else f"{value:,}"


def _moment(value: datetime) -> str:
    """A day where it is midnight; seconds where there are any; the zone's offset where there is one."""
    wall = value.replace(tzinfo=None)
    if wall == datetime.combine(wall.date(), time()):
        said = str(wall.date())
    else:
        said = wall.isoformat(" ", "minutes" if not (wall.second or wall.microsecond) else "seconds")
    return said if value.tzinfo is None else f"{said} {value:%z}"


def attribute_titles(names: Sequence[str]) -> dict[str, str]:
    """What each attribute is called on pages: "Sole colour" of sole_colour; as it is where two would be alike."""
    pretty = {name: _title(name) for name in names}
    called = Counter(title.casefold() for title in pretty.values())
    return {name: title if called[title.casefold()] == 1 else name for name, title in pretty.items()}


def _title(name: str) -> str:
    said = one_line(name.replace("_", " "))
    return said[:1].upper() + said[1:]
