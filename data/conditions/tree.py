"""From tokens to a tree: what is asked, with the place of every part in what was typed. No name is looked up yet."""

from collections.abc import Callable
from dataclasses import dataclass

from looks_like.data.conditions.tokens import Token, mistake, shown, tokens_of
from looks_like.data.errors import CatalogueError

NESTING_MAX = 50
TYPES = ("bigint", "boolean", "date", "double", "float", "int", "string", "timestamp")
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "null", "like", "ilike", "between", "true", "false", "escape", "as"}
)
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN = range(1, 8)  # how strongly each binds
_POWER = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT}
_POWER |= dict.fromkeys((*_COMPARISONS, "is", "in", "not", "between", "like", "ilike"), _COMPARISON)


@dataclass(frozen=True)
class Part:
    """A part of a condition, from one character to another."""

    at: int
    end: int


@dataclass(frozen=True)
class Literal(Part):
    value: str | int | float | bool | None
    kind: str = ""  # "date", "timestamp": the word before a text


@dataclass(frozen=True)
class Name(Part):
    name: str


@dataclass(frozen=True)
class Call(Part):
    function: str
    given: tuple[Part, ...]


@dataclass(frozen=True)
class Cast(Part):
    value: Part
    type: str


@dataclass(frozen=True)
class Chain(Part):
    """Sums or products, from left to right; a sign before a value is one from 0."""

    first: Part
    rest: tuple[tuple[str, Part], ...]


@dataclass(frozen=True)
class Compare(Part):
    op: str
    left: Part
    right: Part


@dataclass(frozen=True)
class In(Part):
    value: Part
    options: tuple[Part, ...]


@dataclass(frozen=True)
class Between(Part):
    value: Part
    low: Part
    high: Part


@dataclass(frozen=True)
class Like(Part):
    value: Part
    pattern: Part
    escape: Part | None
    any_case: bool


@dataclass(frozen=True)
class Is(Part):
    value: Part
    what: bool | None


@dataclass(frozen=True)
class Not(Part):
    value: Part


@dataclass(frozen=True)
class AllOf(Part):
    """Joined by and."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class AnyOf(Part):
    """Joined by or."""

    parts: tuple[Part, ...]


def tree_of(sql: str) -> Part:
    """CatalogueError says where a condition is none and what would be right."""
    if not sql.strip():
        raise CatalogueError("the condition is empty: write one such as price < 100 and brand = 'Alder'")
    reader = _Reader(tokens_of(sql))
    found = reader.expression(0)
    if reader.now.kind != "end":
        raise reader.unexpected()
    return found


class _Reader:
    """Precedence climbing (Pratt 1973): a value, then all that binds it more strongly than what is around."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.nesting = tokens, 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self, *words: str) -> Token | None:
        """The token, gone past, where it is one of these words."""
        token = self.now
        if token.word not in words or token.kind == "end":
            return None
        self.place += 1
        return token

    def expect(self, word: str, after: str) -> Token:
        token = self.take(word)
        if token is None:
            where = "the condition ends" if self.now.kind == "end" else f"{self._said()} stands"
            raise mistake(f"{word!r} is missing {after}: {where} in its place", self.now.at)
        return token

    def _said(self) -> str:
        token = self.now
        return repr(shown(token.text)) if token.kind != "text" else f"the text '{shown(token.text)}'"

    def unexpected(self) -> CatalogueError:
        """For what stands after a value and goes with nothing."""
        token = self.now
        if token.word == ")":
            return mistake("this ) closes nothing: a ( is missing, or it is one too many", token.at)
        if token.word in _COMPARISONS:
            return mistake("two comparisons in a row: write a < b and b < c, or b between a and c", token.at)
        return mistake(
            f"{self._said()} can't stand here: an operator such as =, <, and, or is missing before it; text stands in "
            "single quotes, a name with a blank in double quotes",
            token.at,
        )

    def nested(self, at: int, read: Callable[[], Part]) -> Part:
        """Reads one level deeper."""
        self.nesting += 1
        if self.nesting > NESTING_MAX:
            raise mistake(f"the condition is nested more than {NESTING_MAX} deep: write it with fewer brackets", at)
        found = read()
        self.nesting -= 1
        return found

    def expression(self, power: int) -> Part:
        """A value or condition, and all after it that binds more strongly than `power`."""
        found = self._begin()
        compared = False
        while (binds := _POWER.get(self.now.word, 0)) > power and not (compared and binds == _COMPARISON):
            if self.now.word in ("and", "or"):
                found = self._joined(found, self.now.word, binds)
            elif binds == _COMPARISON:
                found, compared = self._compared(found), True
            else:
                found = self._chain(found, binds)
        return found

    def _joined(self, first: Part, word: str, binds: int) -> Part:
        parts = [first]
        while self.take(word):
            parts.append(self.expression(binds))
        return (AllOf if word == "and" else AnyOf)(first.at, parts[-1].end, tuple(parts))

    def _chain(self, first: Part, binds: int) -> Part:
        rest = list[tuple[str, Part]]()
        while _POWER.get(self.now.word) == binds:
            op = self.now.word
            self.place += 1
            rest.append((op, self.expression(binds)))
        return Chain(first.at, rest[-1][1].end, first, tuple(rest))

    # -- what follows a value ----------------------------------------------------------------------------------------

    def _compared(self, left: Part) -> Part:
        begin = self.now
        if op := self.take(*_COMPARISONS):
            right = self.expression(_COMPARISON)
            return Compare(left.at, right.end, op.word, left, right)
        if self.take("is"):
            return self._is(left)
        if not self.take("not"):
            return self._asked(left)
        if self.now.word not in ("in", "between", "like", "ilike"):
            raise mistake("after a value, not goes with in, between, like or ilike", begin.at)
        asked = self._asked(left)
        return Not(left.at, asked.end, asked)

    def _is(self, left: Part) -> Part:
        no = self.take("not")
        what = self.take("null", "true", "false")
        if what is None:
            raise mistake("after is stands null, not null, true or false", self.now.at)
        asked = Is(left.at, what.end, left, {"null": None, "true": True, "false": False}[what.word])
        return Not(left.at, what.end, asked) if no else asked

    def _asked(self, left: Part) -> Part:
        """in (…), between … and …, like …"""
        word = self.tokens[self.place]
        self.place += 1
        if word.word == "in":
            self.expect("(", "after in, which takes values such as ('x', 'y')")
            options, end = self._list("in")
            return In(left.at, end, left, options)
        if word.word == "between":
            low = self.expression(_COMPARISON)
            self.expect("and", "after between and a value: between 1 and 3")
            high = self.expression(_COMPARISON)
            return Between(left.at, high.end, left, low, high)
        pattern = self.expression(_COMPARISON)
        escape = self.expression(_COMPARISON) if self.take("escape") else None
        return Like(left.at, (escape or pattern).end, left, pattern, escape, word.word == "ilike")

    def _list(self, after: str) -> tuple[tuple[Part, ...], int]:
        """Values with commas between them, to the closing bracket."""
        found = list[Part]()
        while True:
            found.append(self.nested(self.now.at, lambda: self.expression(0)))
            if not self.take(","):
                break
        return tuple(found), self.expect(")", f"after the values of {after}").end

    # -- what begins -------------------------------------------------------------------------------------------------

    def _begin(self) -> Part:
        token = self.now
        self.place += 1
        if token.kind == "text":
            return Literal(token.at, token.end, token.text)
        if token.kind == "number":
            return Literal(token.at, token.end, int(token.text) if token.text.isdigit() else float(token.text))
        if token.kind == "quoted":
            return Name(token.at, token.end, token.text)
        if token.word == "not":
            value = self.nested(token.at, lambda: self.expression(_NOT))
            return Not(token.at, value.end, value)
        if token.word in ("-", "+"):
            return self._signed(token)
        if token.word == "(":
            found = self.nested(token.at, lambda: self.expression(0))
            self.expect(")", f"for the ( at character {token.at + 1:,}")
            return found
        if token.word in ("null", "true", "false"):
            return Literal(token.at, token.end, {"null": None, "true": True, "false": False}[token.word])
        self.place -= 1
        if token.kind != "word" or token.word in _RESERVED:
            raise self._no_value()
        return self._worded()

    def _no_value(self) -> CatalogueError:
        if self.now.kind == "end":
            return mistake("the condition ends where a value should stand", self.now.at)
        hint = f'; the attribute of that name is written "{self.now.text}"' if self.now.kind == "word" else ""
        return mistake(f"{self._said()} stands where a value or an attribute should{hint}", self.now.at)

    def _signed(self, sign: Token) -> Part:
        value = self.nested(sign.at, lambda: self.expression(_SIGN))
        if isinstance(value, Literal) and type(value.value) in (int, float):
            number = value.value if sign.word == "+" else -value.value  # type: ignore[operator]
            return Literal(sign.at, value.end, number)
        return Chain(sign.at, value.end, Literal(sign.at, sign.at, 0), ((sign.word, value),))

    def _worded(self) -> Part:
        """A date, a function, or the name of an attribute."""
        word, after = self.now, self.tokens[self.place + 1]
        self.place += 1
        if word.word in ("date", "timestamp") and after.kind == "text":
            self.place += 1
            return Literal(word.at, after.end, after.text, word.word)
        if not self.take("("):
            return Name(word.at, word.end, word.text)
        if word.word == "cast":
            value = self.nested(word.at, lambda: self.expression(0))
            self.expect("as", "in cast(value as type)")
            kind = self.take(*TYPES)
            if kind is None:
                raise mistake(f"a value can be cast as {', '.join(TYPES)}, not as {self._said()}", self.now.at)
            return Cast(word.at, self.expect(")", "after cast(value as type").end, value, kind.word)
        if closed := self.take(")"):
            return Call(word.at, closed.end, word.word, ())
        given, end = self._list(f"{shown(word.text)}()")
        if word.word in TYPES and len(given) == 1:
            return Cast(word.at, end, given[0], word.word)
        return Call(word.at, end, word.word, given)
