"""Automatic cluster names, built from attribute values that are frequent inside the cluster and rare outside.

Where the catalogue says nothing of how things look, people's tags do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.core import Lab, is_colour
from looks_like.explorer.search import (
    DEARER,
    NOT_GIVEN_TEXT,
    TAG,
    ValueEnrichment,
    number_enrichments,
    value_enrichments,
)

NAME_MAX = 60
_PART_MAX = 24  # characters of one value
_MOST = 0.5  # of the cluster has what it is called by
_MANY = 0.3  # is enough for what only tells it from others of the same name
_DEARER = 0.33  # Cliff's delta: a medium effect
# these say where a product's record comes from, not what it looks like: only where nothing else tells
_PROVENANCE = {"source", "shop", "store", "seller", "vendor", "supplier", "origin", "site"}

# words of attributes that hold a product's own colour, and of those that hold one it has besides
_OWN_COLOUR = {"colour", "color", "colours", "colors", "label", "name", "dominant", "main", "primary", "base", "upper"}
_SECOND = {"second", "secondary", "third", "accent", "other"}


def cluster_names(
    lab: Lab,
    numbers: Sequence[int],
    rows_of: Sequence[np.ndarray],
    taken: Iterable[str] = (),
    tags: Mapping[str, np.ndarray] | None = None,
) -> list[str]:
    """A name for each cluster, given its catalogue rows: no two alike, none of those taken, 60 characters at most.

    "Black boot", then "Black boot, leather", then "Black boot 2"; "Cluster 7" where nothing tells. `tags` (a mask of
    the rows each) are asked where no attribute says what most of a cluster looks like.
    """
    used, names = {name.casefold() for name in taken}, []
    for number, rows_m in zip(numbers, rows_of, strict=True):
        name = next(name for name in _candidates(lab, number, rows_m, tags or {}) if name.casefold() not in used)
        used.add(name.casefold())
        names.append(name)
    return names


def _candidates(lab: Lab, number: int, rows_m: np.ndarray, tags: Mapping[str, np.ndarray]) -> Iterator[str]:
    alone = not len(rows_m) or len(rows_m) == lab.catalogue().count
    found = [] if alone else [one for one in value_enrichments(lab, rows_m, tags) if _tells(one)]
    given = [one for one in found if one.attribute == TAG and one.value in tags]
    found = [one for one in found if one not in given]
    base, further = _base(found)
    words = next((one_line(one.value, _PART_MAX) for one in given if one.within >= _MOST), "")
    if words and not any(one.within >= _MOST and not _is_provenance(one) for one in found):
        base, further = words[:1].upper() + words[1:], [base, *further] if base else further
    if not base:
        base = f"Cluster {number}"
    yield base
    if found:
        prices = [one for one in number_enrichments(lab, rows_m) if one.word in DEARER and abs(one.delta) >= _DEARER]
        further += [one.word for one in prices]
        yield from (f"{base}, {more}" for more in further if len(base) + len(more) + 2 <= NAME_MAX)
    yield from (f"{base[: NAME_MAX - 6]} {again}" for again in range(2, 10_000))


def _base(found: list[ValueEnrichment]) -> tuple[str, list[str]]:
    """-> (the colour and the thing, as far as most of the cluster has one, what else tells)"""
    found = sorted(found, key=_is_provenance)  # stable: the strongest evidence stays first
    mostly = [one for one in found if one.within >= _MOST]
    colour = next((one for one in mostly if _place_of(one) == ""), None)
    thing = next((one for one in mostly if _place_of(one) is None and not (colour and _is_provenance(one))), None)
    chosen = [one for one in (colour, thing) if one]
    words = " ".join(_part(one) for one in chosen)
    attributes, values = {one.attribute for one in chosen}, {one.value.casefold() for one in chosen}
    further = [_part(one) for one in found if one.attribute not in attributes and one.value.casefold() not in values]
    return words[:1].upper() + words[1:], list(dict.fromkeys(further))


def _tells(one: ValueEnrichment) -> bool:
    return one.lift > 1 and one.within >= _MANY and one.value not in (NOT_GIVEN_TEXT, "no") and bool(_part(one))


def _is_provenance(one: ValueEnrichment) -> bool:
    return bool(_PROVENANCE & set(one.attribute.lower().replace("_", " ").split()))


def _place_of(one: ValueEnrichment) -> str | None:
    """Of a colour where it is: "sole" of sole_colour, "" for the product's own; None for what is no colour."""
    if not is_colour(one.value):
        return None
    words = one.attribute.lower().replace("_", " ").split()
    return "with" if set(words) & _SECOND else " ".join(word for word in words if word not in _OWN_COLOUR)


def _part(one: ValueEnrichment) -> str:
    """The value; of yes or no the attribute; of a part's colour the part too: "white sole", "with navy"."""
    if place := _place_of(one):
        said = f"with {one.said}" if place == "with" else f"{one.said} {place}"
        return one_line(said, _PART_MAX)
    return one_line(one.attribute.replace("_", " ") if one.value == "yes" else one.said, _PART_MAX)
