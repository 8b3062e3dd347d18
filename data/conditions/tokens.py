"""A condition cut into tokens: names in any alphabet, texts, numbers and signs, each with its place.

A condition is a stranger's: what can't stand in one is refused with a sentence that says where it is.
"""

import re
from dataclasses import dataclass

from looks_like.data.errors import CatalogueError
from looks_like.data.text import is_visible, one_line

CHARACTERS_MAX = 2000
_FOREIGN_QUOTES = "‘’‚‛“”„‟«»′″＇＂"
_NO_NAME = f"{_FOREIGN_QUOTES}≤≥≠−×÷"  # what is not ASCII and yet no part of a name
_LETTER = rf"[^\W\d]|(?![\s{_NO_NAME}])[^\x00-\x7f]"
_TOKEN = re.compile(
    rf"""\s+ | (?P<text>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    | (?P<word>(?:{_LETTER})(?:{_LETTER}|[\w]|\.(?=[^\W\d]))*) | (?P<sign><=|>=|<>|!=|[=<>+*/%(),≤≥≠−-])""",
    re.VERBOSE,
)
_PLAIN = {"!=": "<>", "≠": "<>", "≤": "<=", "≥": ">=", "−": "-"}


@dataclass(frozen=True)
class Token:
    kind: str  # text, quoted (a name), number, word, sign, end
    text: str  # of texts and quoted names what stands between the quotes; of words as written
    at: int  # of its first character
    end: int

    @property
    def word(self) -> str:
        """Small letters of a word or sign; "" of what is a value or a quoted name."""
        return self.text.lower() if self.kind in ("word", "sign") else ""


def mistake(message: str, at: int, more: str = "") -> CatalogueError:
    """The sentence with its place, and what may be said after it."""
    return CatalogueError(f"{message} (at character {at + 1:,}){f'. {more}' if more else ''}")


def shown(text: str, most: int = 60) -> str:
    """A part of a condition, harmless in a sentence."""
    return one_line(text, most)


def tokens_of(sql: str) -> list[Token]:
    """All tokens and an `end` after them. CatalogueError for what can't stand in a condition."""
    if len(sql) > CHARACTERS_MAX:
        raise CatalogueError(f"the condition has {len(sql):,} characters; at most {CHARACTERS_MAX:,} are read")
    half = next((at for at, c in enumerate(sql) if 0xD800 <= ord(c) <= 0xDFFF), None)
    if half is not None:
        raise mistake("half a character stands in the condition: type or paste it anew", half)
    found, at = list[Token](), 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        if match is None:
            raise _stranger(sql, at)
        if match.lastgroup:
            found.append(_token(match.lastgroup, match.group(), at, match.end()))
        at = match.end()
    return [*found, Token("end", "", len(sql), len(sql))]


def _token(kind: str, written: str, at: int, end: int) -> Token:
    if kind == "text":
        return Token(kind, written[1:-1].replace("''", "'"), at, end)
    if kind == "quoted":
        return Token(kind, written[1:-1].replace(2 * written[0], written[0]), at, end)
    return Token(kind, _PLAIN.get(written, written), at, end)


def _stranger(sql: str, at: int) -> CatalogueError:
    sign = sql[at]
    if sign == "'":
        return mistake(
            "this text has no end: a quote ' is missing, and one within a text is written twice ('O''Hara')", at
        )
    if sign in '"`':
        return mistake(f"this name has no end: a {sign} is missing", at)
    if sign in _FOREIGN_QUOTES:
        return mistake(f"{sign} can't stand in a condition: text stands in straight single quotes, such as 'x'", at)
    said = repr(sign) if is_visible(sign) else f"the character U+{ord(sign):04X}"
    return mistake(
        f"{said} can't stand in a condition: write one such as price < 100 and brand = 'Alder'; a name with such a "
        "sign stands in double quotes",
        at,
    )
