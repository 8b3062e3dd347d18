"""Numbers and text as people read them."""

from looks_like.data.text import one_line

_MEANS_SOMETHING = set("\\`*_{}[]()#+-.!|~>$:<&")  # to Markdown


def number(value: float, digits: int = 6) -> str:
    """Thousands apart from 10,000 on: 2015 is more often a year than a number that needs it."""
    return f"{value:,.{digits}g}" if abs(value) >= 10_000 else f"{value:.{digits}g}"


def escape_markdown(text: str, most: int = 80) -> str:
    """Escapes catalogue text for Markdown: one line, all punctuation escaped, at most `most` characters."""
    return "".join(f"\\{sign}" if sign in _MEANS_SOMETHING else sign for sign in one_line(text, most))
