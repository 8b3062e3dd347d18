"""What somebody types, understood: names, values of attributes, tags, numbers, years, colours; the rest is plain words.

Every part of the text becomes a term, which may have been meant in several ways: the likeliest first, all of them
offered, so that people can correct what was understood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.filter import Condition, Filter, Value
from looks_like.explorer.search.finding.numbers import NumberPhrase, number_at
from looks_like.explorer.search.finding.picture_colours import colour_word
from looks_like.explorer.search.finding.spelling import TEXT_MAX, WORDS_MAX, Piece, fold, forms, pieces_of, words_of
from looks_like.explorer.search.finding.vocabulary import EXACT, HOLDS, PHRASE_MAX, Meaning, vocabulary

PLAIN, LEFT_OUT = "text", "left out"  # the keys of the readings as plain words, and as nothing
TERMS_MAX = 12
_PRICES = ("price", "preis", "prix", "precio", "cost", "amount", "rrp", "uvp")
_FILLERS = frozenset(
    (
        *("a", "an", "the", "in", "of", "with", "and", "for", "or", "me", "my", "show", "find", "all", "any", "some"),
        *("product", "products", "item", "items", "article", "articles", "mit", "und", "oder", "fur", "fuer", "der"),
        *("die", "das", "den", "ein", "eine", "einen", "aus", "zu", "zum", "alle", "produkt", "produkte", "artikel"),
    )
)
_NOT = ("not", "no", "without", "nicht", "ohne", "kein", "keine")
_YEARS = (1900, 2100)


@dataclass(frozen=True)
class Reading:
    """One way in which a term may be meant."""

    key: str  # the same for the same way of the same words
    words: str  # for people
    condition: Condition | None = None  # None: plain words, which rank and are looked for in names and texts
    sure: int = 0  # how a value has the words
    colour: str = ""  # that the words say


@dataclass(frozen=True)
class Term:
    """A part of the text, with the way in which it is understood."""

    text: str  # as typed
    begin: int
    end: int
    readings: tuple[Reading, ...]  # of which the first is taken unless somebody chose
    chosen: int = 0

    @property
    def reading(self) -> Reading:
        return self.readings[self.chosen]

    @property
    def name(self) -> str:
        """By which a correction knows it again."""
        return fold(self.text)

    def as_chosen(self, key: str) -> "Term":
        """With the reading of this key, where it has one."""
        keys = [reading.key for reading in self.readings]
        return replace(self, chosen=keys.index(key)) if key in keys else self


def understand(lab: Lab, text: str, corrections: Mapping[str, str] | None = None) -> tuple[list[Term], list[str]]:
    """-> (the terms of a text, in order; sentences about what of it was left out)

    `corrections`: the name of a term -> the key of the reading that somebody chose for it.
    """
    pieces = pieces_of(text)
    said = [] if len(text.strip()) <= TEXT_MAX else [f"Only the first {TEXT_MAX} characters were read."]
    reader = _Reader(lab, text, pieces[:WORDS_MAX])
    terms = reader.terms()
    if len(terms) > TERMS_MAX or len(pieces) > WORDS_MAX:
        said.append(f"Only the first {min(len(terms), TERMS_MAX)} parts of it were looked for.")
    terms = [term.as_chosen((corrections or {}).get(term.name, "")) for term in terms[:TERMS_MAX]]
    return _apart(lab, terms, corrections or {}), [*reader.said, *said]


def filter_of(terms: Sequence[Term]) -> Filter:
    """All that is understood of a text, without its plain words. Values of one attribute are alternatives."""
    found: dict[tuple[str, str, int], Condition] = {}
    for number, term in enumerate(terms):
        condition = term.reading.condition
        if condition is None:
            continue
        key = (condition.op, condition.attribute, -1 if condition.op == "is" else number)
        before = found.get(key)
        values = condition.values if before is None else tuple(dict.fromkeys([*before.values, *condition.values]))
        found[key] = Condition(condition.attribute, condition.op, values)
    return Filter(tuple(found.values()))


def _apart(lab: Lab, terms: list[Term], corrections: Mapping[str, str]) -> list[Term]:
    """Two values of one attribute are rarely meant of one product: the second means another attribute, where there are
    products for which both hold; elsewhere either will do.
    """
    found: list[Term] = []
    for term in terms:
        taken = {attribute for other in found if (attribute := _attribute(other.reading))}
        if _attribute(term.reading) in taken and term.name not in corrections:
            for number, other in enumerate(term.readings):
                free = _attribute(other) not in {"", *taken} and other.sure >= term.reading.sure
                if free and meets_any(lab, filter_of([*found, replace(term, chosen=number)])):
                    term = replace(term, chosen=number)
                    break
        found.append(term)
    return found


def meets_any(lab: Lab, asked: Filter) -> bool:
    """Whether any product passes; none passes a filter that can't be asked now."""
    from looks_like.explorer.search.filters.masks import mask

    try:
        return bool(mask(lab, asked).any())
    except RequestError:
        return False


def _attribute(reading: Reading) -> str:
    condition = reading.condition
    return condition.attribute if condition is not None and condition.op == "is" else ""


class _Reader:
    """Goes through the pieces once, taking the longest part that means something."""

    def __init__(self, lab: Lab, text: str, pieces: Sequence[Piece]) -> None:
        self.lab, self.text, self.pieces = lab, text, pieces
        self.catalogue, self.known = lab.catalogue(), vocabulary(lab)
        kinds = {name: self.catalogue.rows[name].type for name in self.catalogue.attributes}
        self.numbers = [name for name, kind in kinds.items() if _is_number(kind)]
        self.dates = [name for name, kind in kinds.items() if pa.types.is_temporal(kind)]
        self.flags = [name for name, kind in kinds.items() if pa.types.is_boolean(kind)]
        self.tags = {tuple(map(forms, words_of(each.tag))): each.tag for each in tags.tags(lab)}
        self.forms = [forms(piece.text) for piece in pieces]
        self.said: list[str] = []  # sentences about what could not be understood

    def terms(self) -> list[Term]:
        found: list[Term] = []
        at = 0
        while at < len(self.pieces) and len(found) <= TERMS_MAX:
            count, readings = self._at(at)
            if readings:
                begin, end = self.pieces[at].begin, self.pieces[at + count - 1].end
                found.append(Term(self._typed(at, count), begin, end, tuple(readings)))
            at += count
        return found

    def _at(self, at: int) -> tuple[int, list[Reading]]:
        """-> (how many pieces belong together here, what they may mean; nothing where they mean nothing)"""
        for look in (self._named, self._number, self._phrase):
            count, readings = look(at)
            if count:
                return count, readings
        piece = self.pieces[at]
        says_nothing = piece.folded in _FILLERS or (len(piece.text) == 1 and piece.text.isascii())
        if not any(letter.isalnum() for letter in piece.text) or (says_nothing and len(self.pieces) > 1):
            return 1, []
        return 1, self._near(at)

    # -- "brand: Alder", "tag:summer", "#summer", "not tagged" ---------------------------------------------------

    def _named(self, at: int) -> tuple[int, list[Reading]]:
        folded = [piece.folded for piece in self.pieces[at : at + 3]]
        if folded[:2] in (["not", "tagged"], ["without", "tags"]):
            return 2, [Reading("untagged", "not tagged", Condition("", "untagged", ("",)))]
        marked = 1 if folded[:1] == ["#"] else 2 if folded[:2] in (["tag", ":"], ["tagged", ":"]) else 0
        marked = marked or (1 if folded[:1] == ["tagged"] else 0)
        if marked and at + marked < len(self.pieces):
            return self._tag(at, marked)
        name, count = self.known.attribute_at(self.forms[at:], self.catalogue.attributes)
        sign = self.pieces[at + count].text if name and at + count + 1 < len(self.pieces) else ""
        if sign not in (":", "="):
            return self._named_number(at)
        return self._value(at, count + 1, name)

    def _tag(self, at: int, marked: int) -> tuple[int, list[Reading]]:
        begin = at + marked
        for count in range(min(PHRASE_MAX, len(self.pieces) - begin), 0, -1):
            if tag := self._tag_of(self._said(begin, count)):
                return marked + count, [_tagged(tag), self._plain(begin, count)]
        self.said.append(f"Nothing is tagged “{self.pieces[begin].text[:40]}”, so it is looked for as a word.")
        return marked + 1, [self._plain(begin, 1)]

    def _value(self, at: int, skipped: int, name: str) -> tuple[int, list[Reading]]:
        """Of an attribute that was named."""
        begin = at + skipped
        if name in (*self.numbers, *self.dates):
            phrase = number_at(self.pieces, begin)
            readings = [] if phrase is None else self._of_number(phrase, [name])
            if phrase is not None and readings:
                return skipped + phrase.count, readings
        for count in range(min(PHRASE_MAX, len(self.pieces) - begin), 0, -1):
            meanings = self.known.meanings(self._said(begin, count), [name])
            if meanings:
                return skipped + count, [*map(_is_one_of, meanings), self._plain(begin, count)]
        said = self.pieces[begin].text
        words = f"{_title(name)} holds “{said}”"
        return skipped + 1, [Reading(f"holds:{name}", words, Condition(name, "holds", (said,))), self._plain(begin, 1)]

    def _named_number(self, at: int) -> tuple[int, list[Reading]]:
        """ "collar height under 0.5", "size 40" """
        name, count = self.known.attribute_at(self.forms[at:], [*self.numbers, *self.dates])
        phrase = number_at(self.pieces, at + count) if name else None
        if phrase is None:
            return 0, []
        return count + phrase.count, self._of_number(phrase, [name])

    # -- numbers -------------------------------------------------------------------------------------------------

    def _number(self, at: int) -> tuple[int, list[Reading]]:
        phrase = number_at(self.pieces, at)
        if phrase is None:
            return 0, []
        if phrase.kind == "exact" and not phrase.money:
            return self._bare(at, phrase)
        after = at + phrase.count
        name, count = self.known.attribute_at(self.forms[after:], self.numbers)
        if name and all(word & said for word, said in zip(self.known.names[name], self.forms[after:], strict=False)):
            return phrase.count + count, self._of_number(phrase, [name])
        years = self._years(phrase) if _is_year(phrase.low or phrase.high) and not phrase.money else []
        price = self._price()
        found = self._of_number(phrase, [price] if price else self.numbers[:1] if len(self.numbers) == 1 else [])
        others = [r for r in self._of_number(phrase, [n for n in self.numbers if n != price]) if self._tells(r)]
        plain = self._plain(at, phrase.count)
        if not years and not found:
            said = self._typed(at, phrase.count)[:60]
            self.said.append(f"No attribute here is a price: write which one is meant, as in “size {said}”.")
            return phrase.count, [Reading(LEFT_OUT, "not understood"), *others, plain]
        return phrase.count, [*years, *found, *others, plain]

    def _bare(self, at: int, phrase: NumberPhrase) -> tuple[int, list[Reading]]:
        """A number alone: a value as it stands, a year, a size."""
        count, readings = self._phrase(at)
        if count > 1:
            return count, readings
        number = phrase.low or 0.0
        years = self._years(phrase) if _is_year(number) else []
        same = [] if years else [r for r in self._of_number(phrase, self.numbers) if self._tells(r)]
        return 1, [*readings[:-1], *years, *same, self._plain(at, 1)]

    def _tells(self, reading: Reading) -> bool:
        """Whether it is so of some products and not of all."""
        from looks_like.explorer.search.filters.masks import mask

        assert reading.condition is not None
        return 0 < int(mask(self.lab, Filter((reading.condition,))).sum()) < self.catalogue.count

    def _years(self, phrase: NumberPhrase) -> list[Reading]:
        """Of dates, and of numbers that are years themselves."""
        low, high = (None if end is None else int(end) for end in (phrase.low, phrase.high))
        said = str(low) if low == high else _range_words(low, high, "")
        ends = (f"{low}-01-01" if low else None, f"{high}-12-31" if high else None)
        found = [
            Reading(f"year:{name}", f"{_title(name)} {said}", Condition(name, "between", ends)) for name in self.dates
        ]
        years = [name for name in self.numbers if "year" in fold(name) or "jahr" in fold(name)]
        return [*found, *self._of_number(phrase, years)]

    def _of_number(self, phrase: NumberPhrase, names: Sequence[str]) -> list[Reading]:
        found = []
        for name in names:
            if name in self.dates:
                found += [reading for reading in self._years(phrase) if reading.key == f"year:{name}"]
                continue
            low, high = _whole(phrase.low), _whole(phrase.high)
            exact = phrase.kind == "exact"
            condition = Condition(name, "is", (low,)) if exact else Condition(name, "between", (low, high))
            words = condition.words(self.catalogue.units)
            found.append(Reading(f"{condition.op}:{name}", words, condition))
        return found

    def _price(self) -> str:
        """The attribute that a number without a name means; "" where there is none."""
        money = [name for name in self.catalogue.units if name in self.numbers]
        named = [name for name in self.numbers if any(word in fold(name) for word in _PRICES)]
        return next(iter([*money, *named]), "")

    # -- values, tags, colours -----------------------------------------------------------------------------------

    def _phrase(self, at: int) -> tuple[int, list[Reading]]:
        """The longest words from here on that are a value, a tag, a colour or a yes-or-no."""
        for count in range(min(PHRASE_MAX, len(self.pieces) - at), 0, -1):
            readings = self._meant(at, count)
            if readings:
                return count, [*readings, self._plain(at, count)]
        return 0, []

    def _meant(self, at: int, count: int) -> list[Reading]:
        said, pieces = self._said(at, count), self.pieces[at : at + count]
        if not words_of(pieces[0].text) or not words_of(pieces[-1].text) or {p.folded for p in pieces} <= _FILLERS:
            return []
        colour = colour_word(*(piece.folded for piece in pieces)) if count <= 2 else ""
        meanings = self.known.meanings(said) or (self.known.meanings([forms(colour)]) if colour else [])
        values = [replace(_is_one_of(meaning), colour=colour) for meaning in meanings]
        found = sorted(values, key=lambda reading: self._rank(reading), reverse=True)
        if tag := self._tag_of(said):
            found.insert(sum(reading.sure > HOLDS for reading in found), _tagged(tag))
        if colour:
            seen = Reading("pictured", f"looks {colour.replace('-', ' ')}", Condition("", "pictured", (colour,)))
            found.insert(sum(reading.sure > HOLDS for reading in found), seen)
        return found + self._flag(at, count)

    def _flag(self, at: int, count: int) -> list[Reading]:
        negated = count > 1 and self.pieces[at].folded in _NOT
        name, taken = self.known.attribute_at(self.forms[at + negated : at + count], self.flags)
        if not name or taken != count - negated:
            return []
        condition = Condition(name, "is", (not negated,))
        return [Reading(f"is:{name}", condition.words(), condition, EXACT)]

    def _rank(self, reading: Reading) -> tuple[int, float]:
        """The surest first; of attributes with the same colour word that which pictures bear out."""
        assert reading.condition is not None
        borne = self._borne_out(reading) if reading.colour else 0.0
        return reading.sure, borne

    def _borne_out(self, reading: Reading) -> float:
        """How much of the products with these values has the colour; a little for a name that says colour."""
        from looks_like.explorer.search.filters.masks import mask
        from looks_like.explorer.search.finding.picture_colours import picture_colours

        assert reading.condition is not None
        named = 0.01 * any(word in fold(reading.condition.attribute) for word in ("colo", "farb"))
        colours = picture_colours(self.lab)
        if colours is None:
            return named
        met_n = mask(self.lab, Filter((reading.condition,))) & colours.known_n
        return named + (float(colours.share(reading.colour)[met_n].mean()) if met_n.any() else 0.0)

    def _near(self, at: int) -> list[Reading]:
        """A word that nothing has as it stands: with another ending, or as plain text."""
        near = self.known.near_meanings(self.forms[at]) if len(self.pieces[at].folded) > 3 else []
        return [*map(_is_one_of, near), self._plain(at, 1)]

    def _plain(self, at: int, count: int) -> Reading:
        return Reading(PLAIN, f"“{self._typed(at, count).strip(chr(34))}” as a word")

    def _typed(self, at: int, count: int) -> str:
        return self.text[self.pieces[at].begin : self.pieces[at + count - 1].end]

    def _said(self, at: int, count: int) -> list[frozenset[str]]:
        """The words from here; signs between them are none, and a quotation is its words."""
        return [forms(word) for piece in self.pieces[at : at + count] for word in words_of(piece.text)]

    def _tag_of(self, said: Sequence[frozenset[str]]) -> str:
        for tag_forms, tag in self.tags.items():
            if len(tag_forms) == len(said) and all(a & b for a, b in zip(tag_forms, said, strict=True)):
                return tag
        return ""


def _tagged(tag: str) -> Reading:
    return Reading("tagged", f"tagged {tag}", Condition("", "tagged", (tag,)), EXACT)


def _is_one_of(meaning: Meaning) -> Reading:
    values: tuple[Value, ...] = meaning.values
    shown = " or ".join(meaning.values[:2]) + (f" or {len(values) - 2} more" if len(values) > 2 else "")
    words = f"{_title(meaning.attribute)} is {shown}"
    return Reading(f"is:{meaning.attribute}", words, Condition(meaning.attribute, "is", values), meaning.how)


def _title(name: str) -> str:
    return name.replace("_", " ")


def _range_words(low: int | None, high: int | None, unit: str) -> str:
    if low is None or high is None:
        return f"{low or high}{unit} or {'later' if high is None else 'earlier'}"
    return f"{low} to {high}"


def _whole(number: float | None) -> float | None:
    return int(number) if number is not None and number == int(number) else number


def _is_number(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_list(kind) else kind
    return bool(pa.types.is_integer(inner) or pa.types.is_floating(inner))


def _is_year(number: float | None) -> bool:
    return number is not None and number == int(number) and _YEARS[0] <= number <= _YEARS[1]
