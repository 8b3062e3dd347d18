"""Numbers as people ask for them: "under 80", "between 20 and 50 €", "from 2018 to 2020", "around 60"."""

from collections.abc import Sequence
from dataclasses import dataclass

from looks_like.explorer.search.finding.spelling import Piece

# words that go before a number, longest first where one begins another
_BELOW = (
    *("no more than", "less than", "cheaper than", "lower than", "smaller than", "at most", "not over", "up to"),
    *("under", "below", "max", "maximum", "before", "until", "<", "<=", "≤"),
    *("weniger als", "billiger als", "gunstiger als", "kleiner als", "hochstens", "bis zu", "unter", "bis", "vor"),
)
_ABOVE = (
    *("more than", "dearer than", "higher than", "larger than", "greater than", "at least", "not under", "starting at"),
    *("over", "above", "min", "minimum", "since", "after", "from", ">", ">=", "≥"),
    *("mehr als", "teurer als", "grosser als", "mindestens", "uber", "ueber", "ab", "seit", "nach", "von"),
)
_ABOUT = ("around", "about", "roughly", "ca", "circa", "etwa", "rund", "ungefahr", "~")
_BETWEEN = ("between", "from", "zwischen", "von")
_AND = ("and", "to", "und", "bis", "-", "–")
_MONEY = ("€", "$", "£", "¥", "eur", "euro", "euros", "usd", "dollar", "dollars", "gbp", "pounds", "chf", "kr", "sek")
_NEAR = 0.15  # "around 60" is 51 to 69
_PHRASES = sorted(
    [
        *((tuple(phrase.split()), kind) for kind, said in (("below", _BELOW), ("above", _ABOVE)) for phrase in said),
        *(((phrase,), "about") for phrase in _ABOUT),
    ],
    key=lambda pair: -len(pair[0]),
)


@dataclass(frozen=True)
class NumberPhrase:
    """What numbers are asked for: from `low` to `high`, both included; None = open."""

    low: float | None
    high: float | None
    count: int  # pieces that it takes
    kind: str  # below, above, about, between; exact where it is a number alone
    money: bool = False  # a currency was said


def number_at(pieces: Sequence[Piece], at: int) -> NumberPhrase | None:
    """The phrase that begins at this piece; a number alone is one too. None where there is none."""
    return _range(pieces, at) or _one_sided(pieces, at)


def _range(pieces: Sequence[Piece], at: int) -> NumberPhrase | None:
    said = at < len(pieces) and pieces[at].folded in _BETWEEN
    first = _amount(pieces, at + said)
    if first is None or _folded(pieces, first[1]) not in _AND:
        return None
    second = _amount(pieces, first[1] + 1)
    # "40-2" in a name is no range, "20 and 30" without "between" are two numbers
    if second is None or (not said and (_folded(pieces, first[1]) in ("and", "und") or second[0] < first[0])):
        return None
    low, high = sorted((first[0], second[0]))
    return NumberPhrase(low, high, second[1] - at, "between", first[2] or second[2])


def _one_sided(pieces: Sequence[Piece], at: int) -> NumberPhrase | None:
    for phrase, kind in _PHRASES:
        if all(_folded(pieces, at + i) == word for i, word in enumerate(phrase)):
            amount = _amount(pieces, at + len(phrase))
            if amount is not None:
                return _phrase(kind, amount, at)
    amount = _amount(pieces, at)
    return None if amount is None else _phrase("exact", amount, at)


def _phrase(kind: str, amount: tuple[float, int, bool], at: int) -> NumberPhrase:
    number, end, money = amount
    low = {"below": None, "about": round(number * (1 - _NEAR), 6)}.get(kind, number)
    high = {"above": None, "about": round(number * (1 + _NEAR), 6)}.get(kind, number)
    return NumberPhrase(low, high, end - at, kind, money)


def _amount(pieces: Sequence[Piece], at: int) -> tuple[float, int, bool] | None:
    """-> (the number, where what follows begins, whether a currency stands before or after it)"""
    before = _folded(pieces, at) in _MONEY
    number = pieces[at + before].number if at + before < len(pieces) else None
    if number is None:
        return None
    end = at + before + 1
    after = _folded(pieces, end) in _MONEY
    return number, end + after, before or after


def _folded(pieces: Sequence[Piece], at: int) -> str:
    return pieces[at].folded if at < len(pieces) else ""
