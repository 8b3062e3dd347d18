"""What the words of a catalogue mean: values of its attributes, and the attributes themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab
from looks_like.explorer.search.finding.spelling import forms, words_of

PHRASE_MAX = 5  # words of a value that are looked for together
EXACT, ENDS, HOLDS = 3, 2, 1  # how a value has what was typed: it is it, ends with it ("ankle boots"), has it somewhere
_VALUES_MAX, _VALUE_CHARACTERS_MAX = 20_000, 60  # of an attribute: with more, or longer ones, it is text
_FOUND_MAX = 100  # values that one phrase may mean
_APART = ("/", ",", ";", "|", "&", "+")  # between two values in one
_SUFFIXES = ("ed", "d", "en", "er", "es", "e", "n", "s")  # "striped", and many in German, where nothing else fits
_SUFFIXED_MIN = 4

Forms = frozenset[str]


@dataclass(frozen=True)
class _Entry:
    attribute: str
    value: str
    parts: tuple[tuple[Forms, ...], ...]  # the value, and what stands between two strokes in it
    count: int


@dataclass(frozen=True)
class Meaning:
    """Values of one attribute that a phrase means, the most frequent first."""

    attribute: str
    values: tuple[str, ...]
    how: int  # EXACT, ENDS or HOLDS


@dataclass
class Vocabulary:
    """Of one version of a catalogue; read-only once made."""

    entries: list[_Entry] = field(default_factory=list)
    at: dict[str, list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )  # form of a word -> entries that have it
    names: dict[str, tuple[Forms, ...]] = field(default_factory=dict)  # attribute -> its words

    def meanings(self, phrase: Sequence[Forms], attributes: Iterable[str] | None = None) -> list[Meaning]:
        """What a phrase may mean, one of each attribute, the surest first; only of these attributes, if said."""
        only = None if attributes is None else set(attributes)
        found: dict[str, list[tuple[int, _Entry]]] = defaultdict(list)
        for number in dict.fromkeys(n for form in phrase[-1] for n in self.at.get(form, ())):
            entry = self.entries[number]
            if (only is None or entry.attribute in only) and (how := _how(entry, phrase)):
                found[entry.attribute].append((how, entry))
        return sorted(map(_meaning, found.values()), key=lambda meaning: -meaning.how)

    def near_meanings(self, word: Forms) -> list[Meaning]:
        """The same of a word that nothing has, with another ending."""
        for form in word:
            for suffix in _SUFFIXES:
                other = form.removesuffix(suffix)
                for near in (other, form + suffix):
                    if near != form and len(near) >= _SUFFIXED_MIN and (found := self.meanings([frozenset({near})])):
                        return found
        return []

    def attribute_at(self, phrases: Sequence[Forms], attributes: Iterable[str]) -> tuple[str, int]:
        """-> (the attribute whose name begins here, how many words it takes); ("", 0) for none.

        A part of a name will do where it is that of one attribute alone.
        """
        among = list(attributes)
        for count in range(min(PHRASE_MAX, len(phrases)), 0, -1):
            said = phrases[:count]
            whole = [name for name in among if _same(self.names[name], said)]
            if whole:
                return whole[0], count
            part = [name for name in among if any(_same(self.names[name][i : i + count], said) for i in range(8))]
            if len(part) == 1:
                return part[0], count
        return "", 0


def vocabulary(lab: Lab) -> Vocabulary:
    """Kept for each version: a tenth of a second for some thousand values."""
    catalogue = lab.catalogue()
    return lab.cache.get_or_make(("vocabulary", catalogue.as_of), lambda: _read(catalogue), max_size=2)


def _read(catalogue: Catalogue) -> Vocabulary:
    found = Vocabulary(names={name: tuple(map(forms, words_of(name))) for name in catalogue.attributes})
    for name in catalogue.attributes:
        for value, count in _values(catalogue, name):
            parts = _parts(value)
            for form in {form for part in parts for word in part for form in word}:
                found.at[form].append(len(found.entries))
            found.entries.append(_Entry(name, value, parts, count))
    return found


def _values(catalogue: Catalogue, name: str) -> list[tuple[str, int]]:
    """Each text value with how many products have it; of a list each of its values. Nothing of long texts and ids."""
    column = catalogue.column(name).combine_chunks()
    flat = column.flatten() if pa.types.is_list(column.type) else column
    if not pa.types.is_string(flat.type):
        return []
    counts = pc.value_counts(flat.drop_null())
    if len(counts) > _VALUES_MAX or len(counts) > max(50, len(flat) // 2):
        return []
    pairs = ((str(each["values"]), each["counts"].as_py()) for each in counts)
    return [(value, count) for value, count in pairs if value and len(value) <= _VALUE_CHARACTERS_MAX]


def _parts(value: str) -> tuple[tuple[Forms, ...], ...]:
    apart = value
    for sign in _APART:
        apart = apart.replace(sign, "\n")
    texts = dict.fromkeys([value, *apart.split("\n")])
    found = [tuple(map(forms, words)) for text in texts if (words := words_of(text))]
    joined = [(forms("".join(words)),) for text in texts if 1 < len(words := words_of(text)) <= 3]
    return (*found, *joined)


def _how(entry: _Entry, phrase: Sequence[Forms]) -> int:
    return max((_how_in(part, phrase) for part in entry.parts), default=0)


def _how_in(part: Sequence[Forms], phrase: Sequence[Forms]) -> int:
    count = len(phrase)
    if _same(part, phrase):
        return EXACT
    if _same(part[-count:], phrase):
        return ENDS
    return HOLDS if any(_same(part[i : i + count], phrase) for i in range(len(part) - count)) else 0


def _same(one: Sequence[Forms], other: Sequence[Forms]) -> bool:
    return len(one) == len(other) > 0 and all(a & b for a, b in zip(one, other, strict=True))


def _meaning(found: list[tuple[int, _Entry]]) -> Meaning:
    """Values that end with the phrase go with those that are it; those that only hold it, where there are no others."""
    best = max(how for how, _ in found)
    taken = [pair for pair in found if pair[0] >= min(best, ENDS)]
    taken.sort(key=lambda pair: (-pair[0], -pair[1].count))
    return Meaning(taken[0][1].attribute, tuple(entry.value for _, entry in taken[:_FOUND_MAX]), best)
