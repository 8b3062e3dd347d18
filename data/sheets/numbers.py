"""How people write numbers and money: 1299.5, 1,299.50, 1.299,50, 1 299,50, € 12.50, 12,50 €, EUR 12."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from looks_like.data.sheets.sheet import NotOfKind

DIGITS_MAX = 18  # more don't fit into a whole number of 64 bits
EXACT_DIGITS_MAX = 17  # of a fraction; what has more comes out of a double as something else
EXACT_INTEGER_MAX = 2**53  # of a double
_GAP = "'\u2019\u00a0\u202f "  # between thousands, whatever the decimal mark
_POINT = re.compile(rf"-?(?:\d{{1,3}}(?:[,{_GAP}]\d{{3}})+|\d+)?(?:\.\d+)?(?:(?<=[\d])[eE][+-]?\d{{1,3}})?")
_COMMA = re.compile(rf"-?(?:\d{{1,3}}(?:[.{_GAP}]\d{{3}})+|\d+)?(?:,\d+)?")
_BARE_EXPONENT = re.compile(r"-?\d+[eE]\d+")  # 12E4 is an article's number more often than 120,000
_LEADING_ZERO = re.compile(r"-?0\d")
_CODES = frozenset(
    re.findall(
        "...",
        "AEDARSAUDBGNBRLCADCHFCLPCNYCOPCZKDKKEGPEURGBPHKDHUFIDRILSINRISKJPYKRWKZTMADMXNMYRNGNNOKNZDPENPHPPKRPLNRONRSD"
        "RUBSARSEKSGDTHBTRYTWDUAHUSDVNDZAR",
    )
)
_NAMES = frozenset({"kr", "kr.", "zł", "Kč", "Fr.", "Fr", "лв", "лв.", "руб", "руб.", "грн", "lei", "Ft"})
_MONEY_CHARACTERS_MAX = 60
_MONEY = re.compile(
    r"(?P<minus>-?)\s*(?P<before>[^\d\s,.'+-][^\d\s,'+-]{0,3})?\s*"
    r"(?P<number>-?[\d.,].*?)\s*(?P<after>[^\d\s,'+-]{1,4})?"
)


@dataclass(frozen=True)
class Style:
    """How a column writes its numbers. `sure` unless both readings fit every cell and differ (1,299)."""

    comma: bool
    sure: bool = True


def style_of(texts: Iterable[str], comma_likely: bool) -> Style:
    """From all different numbers of a column: one cell that fits one reading alone decides."""
    unsure = False
    for text in texts:
        point, comma = _fits(_POINT, text), _fits(_COMMA, text)
        if point != comma:
            return Style(comma)
        unsure |= point and ("," in text or "." in text)
    return Style(comma_likely, sure=not unsure)


def number(text: str, style: Style) -> int | float:
    """The number that a text says. NotOfKind says why it is none, or why reading it would change it."""
    text = text.replace("\u2212", "-")
    if _LEADING_ZERO.match(text):
        raise NotOfKind("begins with a zero")
    if not _fits(_COMMA if style.comma else _POINT, text) or _BARE_EXPONENT.fullmatch(text):
        raise NotOfKind("is no number")
    plain = re.sub(rf"[{'.' if style.comma else ','}{_GAP}]", "", text).replace(",", ".")
    digits = len(re.sub(r"[eE].*|\D", "", plain).lstrip("0"))
    if plain.lstrip("-").isdigit():
        if digits > DIGITS_MAX:
            raise NotOfKind(f"has more than {DIGITS_MAX} digits")
        return int(plain)
    if digits > EXACT_DIGITS_MAX:
        raise NotOfKind(f"has more than {EXACT_DIGITS_MAX} digits")
    return float(plain)


def amount(text: str) -> tuple[str, str]:
    """(the number's text, its currency or ""): "-€5" is ("-5", "€"). NotOfKind when what stands beside it is none."""
    found = _MONEY.fullmatch(text) if len(text) <= _MONEY_CHARACTERS_MAX else None
    if found is None:
        raise NotOfKind("is no amount of money")
    units = [unit for unit in (found["before"], found["after"]) if unit]
    if len(units) > 1 or not all(map(is_currency, units)):
        raise NotOfKind("is no amount of money")
    return found["minus"] + found["number"], units[0] if units else ""


def _fits(pattern: re.Pattern[str], text: str) -> bool:
    return text not in ("", "-") and pattern.fullmatch(text) is not None


def is_currency(unit: str) -> bool:
    """Whether people write money with it: a code, a sign, a sign after capitals, one of a few short names."""
    if unit in _CODES or unit in _NAMES:
        return True
    letters, sign = unit[:-1], unit[-1:] or " "  # of US$
    return unicodedata.category(sign) == "Sc" and all(c.isascii() and c.isupper() for c in letters)
