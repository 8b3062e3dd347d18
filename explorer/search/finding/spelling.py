"""Words as people spell them: in any case, with or without umlauts and accents, one or many."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

TEXT_MAX, WORDS_MAX = 400, 40  # of what is typed, looked at; the rest is named in a sentence
_PIECES = re.compile(r'"[^"]*"|“[^”]*”|\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+(?:[’\'][^\W\d_]+)?|[<>≤≥]=?|[:=#€$£¥~–-]')
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_WORDS = re.compile(r"[^\W_]+")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
# an ending of many -> that of one; the first that fits, and of short words none
_ENDINGS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
)
_SHORT = 3


@dataclass(frozen=True)
class Piece:
    """A word, number or sign of what was typed."""

    text: str  # as typed, without the marks of a quotation
    folded: str
    begin: int  # where it stands, in characters
    end: int

    @property
    def number(self) -> float | None:
        """ "1,200" is 1200, "9,5" is 9.5, "1.200,5" is 1200.5; None for what is none."""
        if not _NUMBER.fullmatch(self.text) or len(self.text) > 15 or not self.text.isascii():
            return None
        if _THOUSANDS.fullmatch(self.text) and self.text[0] != "0":
            return float(re.sub("[.,]", "", self.text))
        at = max(self.text.rfind(","), self.text.rfind("."))
        whole, sign, rest = (self.text, "", "") if at < 0 else (self.text[:at], self.text[at], self.text[at + 1 :])
        if sign and (sign in whole or (set(whole) & {",", "."} and not _THOUSANDS.fullmatch(whole))):
            return None
        return float(f"{re.sub('[.,]', '', whole)}.{rest or 0}")


def pieces_of(text: str) -> list[Piece]:
    """In order; of a longer text than TEXT_MAX the beginning."""
    found = []
    for match in _PIECES.finditer(text[:TEXT_MAX]):
        said = match.group().strip('"“”').strip()
        if said:
            found.append(Piece(said, fold(said), match.start(), match.end()))
    return found


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Small letters without marks over or under them."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).replace("ø", "o")


@lru_cache(maxsize=100_000)
def forms(word: str) -> frozenset[str]:
    """How a word is looked up: of one, without marks, and with what Germans write for umlauts; two words are the same
    where they share one.
    """
    spelled = "".join(_UMLAUTS.get(letter, letter) for letter in unicodedata.normalize("NFC", word.casefold()))
    return frozenset({_one(fold(word)), _one(fold(spelled))})


def _one(word: str) -> str:
    for many, one in _ENDINGS:
        if word.endswith(many) and len(word) - len(many) + len(one) >= _SHORT:
            return word[: len(word) - len(many)] + one
    return word


def words_of(text: str) -> list[str]:
    """The words of a value; signs between them are none."""
    return _WORDS.findall(text)
