"""Parses untrusted SQL conditions on attributes token by token and rewrites them; the original text never reaches
the store.

What the store would answer is more than may be asked: it ignores what follows a semicolon, reads our own columns, and
knows functions that fill the memory. So a condition is names of attributes, literals, operators and a few functions;
all else is refused with a sentence. Names are put in backticks, which the store needs for unusual ones.
"""

import re
from collections.abc import Mapping

import pyarrow as pa

from looks_like.data.errors import CatalogueError

CHARACTERS_MAX = 2000
_TOKEN = re.compile(
    r"""\s+ | (?P<text>'(?:[^']|'')*') | (?P<quoted>"[^"]+"|`[^`]+`) | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+) | (?P<sign><=|>=|<>|!=|[=<>+*/%(),-])""",
    re.VERBOSE,
)
_CORE = frozenset({"and", "or", "not", "in", "is", "null", "like", "ilike", "between", "true", "false", "escape"})
_TYPES = frozenset({"cast", "date", "timestamp", "int", "bigint", "double", "float", "string", "boolean"})
_FUNCTIONS = frozenset(
    {"abs", "ceil", "floor", "round", "lower", "upper", "trim", "length", "starts_with", "ends_with", "contains"}
    | {"regexp_like", "coalesce", "date_part", "date_trunc"}
)
_KINDS = {"string": "text", "double": "number", "int64": "number", "bool": "true or false"}


def safe_condition(sql: str, columns: Mapping[str, pa.DataType]) -> str:
    """The condition with every name checked and quoted. CatalogueError says what may not be asked."""
    if not sql.strip():
        raise CatalogueError(f"the condition is empty: write one such as {_example(columns)}")
    if len(sql) > CHARACTERS_MAX:
        raise CatalogueError(f"the condition has {len(sql):,} characters; at most {CHARACTERS_MAX:,} are read")
    tokens, at = [], 0
    while at < len(sql):
        token = _TOKEN.match(sql, at)
        if token is None:
            raise CatalogueError(
                f"{sql[at]!r} can't stand in a condition (at character {at + 1}): write one such as "
                f"{_example(columns)}; text stands in single quotes"
            )
        at = token.end()
        if token.lastgroup:
            tokens.append((token.lastgroup, token.group()))
    fractions = any(kind == "number" and not text.isdigit() for kind, text in tokens)
    beside = ["", *(text.lower() for _, text in tokens), ""]
    return " ".join(
        _rewritten(kind, text, before, after, columns, fractions)
        for (kind, text), before, after in zip(tokens, beside, beside[2:], strict=False)
    )


def condition_error(sql: str, reason: str, columns: Mapping[str, pa.DataType]) -> CatalogueError:
    """Turns the store's error about a condition into one line that lists the valid column names."""
    said = re.split(r",? ?/\S*\.rs:\d+", reason.removeprefix("lance error: ").replace("\n", " "))[0]
    for lead in ("sql parser error: ", "Invalid user input: "):
        said = said.rpartition(lead)[2]
    said = said.removeprefix("Invalid input, ").strip(" .:")
    shown = sql if len(sql) <= 80 else f"{sql[:80]}…"
    return CatalogueError(f"the condition {shown} can't be answered ({said[:160]}); {_listed(columns)}")


def _rewritten(
    kind: str, text: str, before: str, after: str, columns: Mapping[str, pa.DataType], fractions: bool
) -> str:
    if kind == "quoted":
        return _column(text[1:-1], columns, fractions)
    if kind != "word":
        return text
    word = text.lower()
    if word in _CORE or (word in _TYPES and (after[:1] in ("'", "(") or before == "as")) or word == "as":
        return word
    if after == "(":
        if word not in _FUNCTIONS:
            raise CatalogueError(f"{text[:40]!r} is not among the functions: {', '.join(sorted(_FUNCTIONS))}")
        return word
    return _column(text, columns, fractions)


def _column(name: str, columns: Mapping[str, pa.DataType], fractions: bool) -> str:
    """In backticks; whole numbers as fractions where there are any, since the store compares none of the two."""
    found = [name] if name in columns else [column for column in columns if column.lower() == name.lower()]
    if len(found) != 1:
        raise CatalogueError(f"no attribute {name[:60]!r} to ask for; {_listed(columns)}")
    quoted = f"`{found[0]}`"
    return f"cast({quoted} as double)" if fractions and pa.types.is_integer(columns[found[0]]) else quoted


def _listed(columns: Mapping[str, pa.DataType]) -> str:
    kinds = (f"{name} ({_KINDS.get(str(kind), 'date')})" for name, kind in columns.items())
    return f"there are: {', '.join(kinds)}. Text stands in single quotes, a date as date '2026-01-31'"


def _example(columns: Mapping[str, pa.DataType]) -> str:
    for name, kind in columns.items():
        if pa.types.is_floating(kind) or pa.types.is_integer(kind):
            return f"{name} < 100"
    return f"{next(iter(columns))} = 'x'"
