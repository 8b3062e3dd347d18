"""Headers: the name that each gives its column, and which column is what."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.writing import unmarked
from looks_like.data.text import one_line

HEADER_CHARACTERS_MAX = 200
USUAL = {
    "product_id": ("product_id", "id", "sku", "product", "item_id", "article_id"),
    "image": ("image", "picture", "file", "filename", "image_path", "path", "photo"),
    "name": ("name", "title", "product_name", "prod_name"),
    "tag": ("tag", "tags", "label", "labels"),
    "at": ("at", "tagged_at"),
}


def names_of(headers: Sequence[str]) -> tuple[list[str], list[str]]:
    """(names, the kinds that headers say or ""). Two may have the same name."""
    said = [unmarked(unicodedata.normalize("NFC", header)) for header in headers]
    names = [one_line(name, HEADER_CHARACTERS_MAX) or f"column {at}" for at, (name, _) in enumerate(said, 1)]
    return names, [mark for _, mark in said]


def distinct(names: Sequence[str]) -> list[str]:
    """The same, told apart: "size", "size (2)"."""
    found = dict[str, None]()
    for name in names:
        free, again = name, 2
        while free in found:
            free, again = f"{name} ({again})", again + 1
        found[free] = None
    return list(found)


def matched(said: Sequence[str], have: Collection[str]) -> dict[str, str]:
    """By name said, the name that is there already: the same, or the one that differs in case alone."""
    by_small: dict[str, list[str]] = {}
    for name in have:
        by_small.setdefault(name.casefold(), []).append(name)
    said_small = Counter(name.casefold() for name in said)
    found = {}
    for name in said:
        alike = by_small.get(name.casefold(), [])
        if name in have:
            found[name] = name
        elif len(alike) == 1 and said_small[name.casefold()] == 1:
            found[name] = alike[0]
    return found


def pick(path: Path, have: Sequence[str], asked: str | None, what: str, option: str, needed: bool = True) -> str:
    """The header asked for, or the first usual one; "" when there is none and none is needed."""
    lower = {header.lower().replace(" ", "_"): header for header in reversed(have)}
    usual = next((lower[name] for name in USUAL[what] if name in lower), "") if asked is None else ""
    found = asked if asked is not None and asked in have else usual
    if found and have.count(found) > 1:
        raise CatalogueError(f"{path}: there are two columns {found!r}. Rename one of them")
    if found or not needed:
        return found
    missing = f"no column {asked!r}" if asked else f"which column is the {what}? Say it with {option}"
    raise CatalogueError(f"{path}: {missing}. Its columns are: {', '.join(have) or 'none'}")
