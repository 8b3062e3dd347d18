"""A stranger's text made harmless: no controls, no halves of characters, nothing that turns the text around it."""

import unicodedata

_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # what turns the text around it
_UNSEEN = "\u200b\u2060\u2061\u2062\u2063\u2064\ufeff"  # joiners are not among them: some scripts and emoji need them
_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of characters, ends of lines and paragraphs


def is_visible(text: str) -> bool:
    """Whether nothing in it is a control, half a character, unseen, or turns the text around it."""
    return not any(map(_is_hostile, text))


def has_controls(text: str) -> bool:
    """Whether it holds ASCII controls or halves of characters, which no id may: files and links would not keep them."""
    return any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in text)


def one_line(text: str, most: int = 60) -> str:
    """The text with blanks for all that `is_visible` refuses, blanks collapsed, cut to `most` characters."""
    seen = "".join(" " if _is_hostile(c) else c for c in text[: 4 * most])
    seen = " ".join(seen.split())
    return seen if len(seen) <= most else seen[: most - 1].rstrip() + "…"


def _is_hostile(c: str) -> bool:
    return not c.isprintable() and (unicodedata.category(c) in _CATEGORIES or c in _TURNS or c in _UNSEEN)
