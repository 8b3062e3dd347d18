"""Automatic cluster names: the value that is purest and most surprising, then what else most of the products share.

"Sandals, mostly brown (92 %)", from attributes; from people's tags and the words of products' names where attributes
say nothing of how things look.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer.clusters.title_words import TITLE, title_words
from looks_like.explorer.clusters.traits import Trait, having, pairs, place_of_colour, relevance, traits
from looks_like.explorer.core import Lab
from looks_like.explorer.search import DEARER, TAG, Values, number_enrichments, value_columns

NAME_MAX = 60
_PART_MAX = 24  # characters of one value
_MOST, _TWO = 0.5, 0.55  # shares of one value, and of two, that a cluster is called by
_FEW, _SOME = 0.25, 0.3  # of one where there is none such, and of what is often so
_TITLE_LEAST, _MIXED = 0.25, 0.1  # of the products have a word that their cluster is called by; the last resort
_ALL, _NEARLY_ALL = 0.95, 0.6  # shares that need no "mostly"; that are said though the name is the only one
_STRONG = 0.25  # nats of surprise of what is said though the name is the only one
_HEAD = 0.5  # of the relevance of the most relevant attribute, and others name clusters too
_WHOLE = 0.7  # of all that a name fits: who has so many is told from all others, not from the rest of these
_ALIKE = 0.8  # the same, of attributes of which the one of most values says how pure a cluster is
_DEARER = 0.33  # Cliff's delta: a medium effect
# these say where a product's record comes from, not what it looks like: only where nothing else tells
_PROVENANCE = {"source", "shop", "store", "seller", "vendor", "supplier", "origin", "site"}
_COLOURS = {"colour", "color", "colours", "colors", "shade", "tone"}
_NAMES = {"brand", "maker", "manufacturer", "designer", "line", "model", "collection"} | _PROVENANCE


@dataclass(frozen=True)
class _Base:
    """What a cluster is called before it is told from others of that name."""

    words: str
    among_n: np.ndarray | None  # bool (N,): the rows of the catalogue that it would fit as well; None: all
    columns: frozenset[str] = frozenset()


def cluster_names(
    lab: Lab,
    numbers: Sequence[int],
    rows_of: Sequence[np.ndarray],
    taken: Iterable[str] = (),
    tags: Mapping[str, np.ndarray] | None = None,
) -> list[str]:
    """A name for each cluster, given its catalogue rows: no two alike, none of those taken, 60 characters at most.

    "Black boot", then "Black boot, leather", then "Black boot 2"; "Cluster 7" where nothing tells. `tags` (a mask of
    the rows each) are asked where no attribute says what most of a cluster looks like, names of products after them.
    """
    telling = _Telling(lab, rows_of, tags or {})
    bases = [telling.base(number, rows_m) for number, rows_m in zip(numbers, rows_of, strict=True)]
    used, names, shared = {name.casefold() for name in taken}, [], Counter(base.words.casefold() for base in bases)
    for base, rows_m in zip(bases, rows_of, strict=True):
        beside = [
            other_m for other, other_m in zip(bases, rows_of, strict=True) if other.words == base.words
        ]  # itself among them
        only = shared[base.words.casefold()] == 1 and base.words.casefold() not in used
        name = next(name for name in telling.names(base, rows_m, beside, only) if name.casefold() not in used)
        used.add(name.casefold())
        names.append(name)
    return names


def naming_attribute(lab: Lab, rows_of: Sequence[np.ndarray]) -> Values | None:
    """The attribute that clusters of these rows tell most of, by which their purity is measured; None where no one is.

    Of attributes as relevant as each other, the one of more values.
    """
    telling = _Telling(lab, rows_of, {})
    alike = [column for column in telling.heads if telling.relevance[column.name] >= _ALIKE * telling.best]
    return max(alike, key=len, default=None)


class _Telling:
    """What names of one clustering are made of."""

    def __init__(self, lab: Lab, rows_of: Sequence[np.ndarray], tags: Mapping[str, np.ndarray]) -> None:
        self._lab, self._all_m = lab, lab.catalogue().there
        self._columns = value_columns(lab)
        self._tags = [_tag_column(tag, tagged_n) for tag, tagged_n in tags.items()]
        groups = [rows_m for rows_m in rows_of if len(rows_m)]
        in_one_n = np.zeros(len(lab.catalogue()), bool)
        for rows_m in groups:
            in_one_n[rows_m] = True
        groups.append(self._all_m[~in_one_n[self._all_m]])
        plain = [column for column in self._columns if not _is_provenance(column.name) and not _says_colours(column)]
        told = {column.name: relevance(column, groups) for column in plain}
        best = self.best = max(told.values(), default=0.0)
        self.heads = [column for column in plain if told[column.name] >= max(_HEAD * best, 1e-9)]
        self.heads.sort(key=lambda column: -told[column.name])
        self.relevance = told

    def base(self, number: int, rows_m: np.ndarray) -> _Base:
        if not 0 < len(rows_m) < len(self._all_m):
            return _Base("All products" if len(rows_m) else f"Cluster {number}", None)
        head = self._head(rows_m)
        colour = self._own_colour(rows_m)
        if head is None and colour is None:
            return self._spare(number, rows_m)
        among_n = np.ones(len(self._lab.catalogue()), bool)
        for trait in (head, colour):
            if trait is not None:
                among_n &= having(trait.column, trait.index)
        told = [trait for trait in (colour, head) if trait is not None]
        words = " ".join(_part(trait) for trait in told) + (" and others" if head and head.share < _MOST else "")
        return _Base(_capital(words), among_n, frozenset(trait.attribute for trait in told))

    def names(self, base: _Base, rows_m: np.ndarray, beside: Sequence[np.ndarray], only: bool) -> Iterator[str]:
        """The best first; without end."""
        among_m = self._all_m
        if base.among_n is not None:
            fitting_m = np.union1d(np.flatnonzero(base.among_n), rows_m)
            among_m = fitting_m if len(rows_m) < _WHOLE * len(fitting_m) else among_m
        if len(beside) > 1:
            among_m = np.concatenate(beside)
        further = self._further(base, rows_m, among_m)
        kinds = {column.name for column in self.heads} if base.columns else set()
        strong = [trait for trait in further if trait.share >= _NEARLY_ALL and trait.surprise >= _STRONG]
        strong = [t for t in strong if t.attribute not in {*kinds, TITLE} and not _is_provenance(t.attribute)]
        said = [_qualified(trait) for trait in (strong if only else further)]
        said = [f"{base.words}, {more}" for more in said if len(base.words) + len(more) + 2 <= NAME_MAX]
        if said and (strong or not only):
            yield said[0]
        yield base.words
        yield from said
        if base.among_n is not None:
            prices = number_enrichments(self._lab, rows_m)
            dear = [one.word for one in prices if one.word in DEARER and abs(one.delta) >= _DEARER]
            yield from (f"{base.words}, {word}" for word in dear)
        yield from (f"{base.words[: NAME_MAX - 6]} {again}" for again in range(2, 10_000))

    def _head(self, rows_m: np.ndarray) -> Trait | None:
        """The thing: one value that most have, or two; of several the one that is rarest elsewhere."""
        found = traits(self.heads, rows_m, self._all_m, _FEW)
        found += [pair for column in self.heads for pair in pairs(column, rows_m, self._all_m, _TWO)]
        tagged = [tag for tag in traits(self._tags, rows_m, self._all_m, _MOST) if tag.index == (0,)]
        found = [trait for trait in found if _tells(trait)]
        most = [trait for trait in found if trait.share >= _TWO] or [trait for trait in found if trait.share >= _MOST]
        return max(most or tagged or found, key=self._rarity, default=None)

    def _rarity(self, trait: Trait) -> float:
        """How rare elsewhere, in nats; weighed by how much clusters tell of the attribute."""
        return -float(np.log(max(trait.usual, 1e-9)) * self.relevance.get(trait.attribute, 1.0) ** 0.5)

    def _own_colour(self, rows_m: np.ndarray) -> Trait | None:
        own = [column for column in self._columns if not _is_provenance(column.name)]
        found = traits(own, rows_m, self._all_m, _ALL)
        return next((trait for trait in found if place_of_colour(trait.attribute, trait.values[0]) == ""), None)

    def _spare(self, number: int, rows_m: np.ndarray) -> _Base:
        """Where there is neither a thing nor a colour: any value, the names of products, where they come from."""
        titles = title_words(self._lab)
        words = traits([titles] if titles else [], rows_m, self._all_m, _TITLE_LEAST)
        words.sort(key=lambda trait: (-round(trait.surprise, 1), -len(trait.values[0])))  # "ankle boot" before "ankle"
        found = [trait for trait in traits(self._columns, rows_m, self._all_m, _MOST) if _tells(trait)]
        found.sort(key=lambda trait: (_is_provenance(trait.attribute), -trait.surprise))
        looks = [trait for trait in found if not _is_provenance(trait.attribute)]
        chosen = next(iter([*looks, *words, *found]), None)
        if chosen is None:
            few = traits([*self.heads, *([titles] if titles else [])], rows_m, self._all_m, _MIXED)
            some = next((_part(trait) for trait in few if _tells(trait)), "")
            known = f"Mixed, some {some}" if some else f"Cluster {number}"
            return _Base(known, None)
        among_n = having(chosen.column, chosen.index)
        return _Base(_capital(_part(chosen)), among_n, frozenset({chosen.attribute} - {TITLE}))

    def _further(self, base: _Base, rows_m: np.ndarray, among_m: np.ndarray) -> list[Trait]:
        """What tells these from others that the name would fit as well, most surprising first, no word twice."""
        titles, kinds = title_words(self._lab), {column.name for column in self.heads}
        found = [
            *traits(self._columns, rows_m, among_m, _SOME),
            *traits([titles] if titles else [], rows_m, among_m, _SOME),
        ]
        found = [trait for trait in found if trait.attribute not in base.columns and _tells(trait)]
        last = [_is_provenance, kinds.__contains__, TITLE.__eq__]
        found.sort(key=lambda trait: [bool(is_last(trait.attribute)) for is_last in last])
        before = set(_words_of(base.words))
        return [trait for trait in found if not before & set(_words_of(_part(trait)))]


def _tag_column(tag: str, tagged_n: np.ndarray) -> Values:
    """Value 0 is the tag, 1 none of it."""
    import pyarrow as pa

    codes_n = np.where(tagged_n, 0, 1).astype(np.int32)
    return Values(TAG, codes_n, pa.array([tag, "no"], pa.string()), np.bincount(codes_n, minlength=2))


def _qualified(trait: Trait) -> str:
    part = _part(trait)
    if trait.share >= _ALL:
        return part
    return f"{'mostly' if trait.share >= _MOST else 'often'} {part} ({100 * trait.share:.0f} %)"


def _tells(trait: Trait) -> bool:
    return "no" not in trait.values and bool(_part(trait))


def _is_provenance(attribute: str) -> bool:
    return bool(_PROVENANCE & set(attribute.lower().replace("_", " ").split()))


def _says_colours(column: Values) -> bool:
    """Whether it is of colours, by its name or by most of its frequent values."""
    if _COLOURS & set(column.name.lower().replace("_", " ").split()):
        return True
    values = [column.value(int(i)) for i in np.argsort(-column.totals_v, kind="stable")[:12]]
    return 2 * sum(place_of_colour(column.name, value) is not None for value in values) > len(values)


def _part(trait: Trait) -> str:
    """The value; of yes or no the attribute; of a part's colour the part too: "white sole", "with navy"."""
    parts = [_value_part(trait, i) for i in trait.index]
    words = [set(_words_of(part)) for part in parts]
    kept = [part for part, mine in zip(parts, words, strict=True) if not any(other < mine for other in words)]
    return " and ".join(kept)


def _value_part(trait: Trait, index: int) -> str:
    value, attribute = trait.column.value(index), trait.attribute
    said = trait.column.said(index, one_line(value))
    if place := place_of_colour(attribute, value):
        return one_line(_lower(f"with {said}" if place == "with" else f"{said} {place}"), _PART_MAX)
    if value == "yes":
        return one_line(attribute.replace("_", " "), _PART_MAX)
    kept = _NAMES & set(attribute.lower().replace("_", " ").split())
    return one_line(said if kept else _lower(said), _PART_MAX)


def _lower(words: str) -> str:
    """ "Dark Blue" -> "dark blue"; "T-shirt" and "USA" stay."""
    return re.sub(r"\b[^\W\d_a-z][^\W\d_A-Z]+\b", lambda found: found.group().lower(), words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _words_of(words: str) -> list[str]:
    return [word.removesuffix("s") for word in re.findall(r"\w+", words.casefold()) if len(word) > 1]
