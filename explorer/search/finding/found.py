"""What somebody types, found: who meets all that is understood of it, the likeliest first, and who only looks so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.filter import TEXT_MAX as HELD_MAX
from looks_like.explorer.search.filters.filter import Condition, Filter
from looks_like.explorer.search.filters.masks import mask
from looks_like.explorer.search.finding.picture_colours import (
    colours_stamp,
    picture_colours,
    require_picture_colours,
    unread_colours,
)
from looks_like.explorer.search.finding.spelling import WORDS_MAX, fold, words_of
from looks_like.explorer.search.finding.text import holds, search, spellings
from looks_like.explorer.search.finding.understanding import PLAIN, Reading, Term, filter_of, meets_any, understand
from looks_like.explorer.search.finding.word_looks import looks_of, word_looks

FIND_CHARACTERS_MAX = 10_000  # of what is typed or pasted; more is cut off
ALIKE_MAX = 60  # products that look as words say, without having them
IDS = "ids"  # the key of the reading as ids
_IDS_MAX = 2000
_COLOUR_WEIGHT = 0.3  # beside what words look like, of those who all have the colour
_APART = re.compile(r"[\s,;]+")


def _nobody_yet() -> np.ndarray:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Found:
    """The answer to a text."""

    terms: tuple[Term, ...] = ()
    asked: Filter = field(default_factory=Filter)  # what is understood as conditions, words that texts have among them
    rows_m: np.ndarray = field(
        default_factory=lambda: np.empty(0, np.int64)
    )  # catalogue rows of those who meet it, the likeliest first
    alike_m: np.ndarray = field(
        default_factory=lambda: np.empty(0, np.int64)
    )  # of others that look as the words say, the likeliest first
    said: tuple[str, ...] = ()  # sentences about what could not be done
    lacks_colours: bool = False  # some colours of pictures are still to be read

    @property
    def all_m(self) -> np.ndarray:
        """Both: what is shown, and what is selected with one click."""
        return np.concatenate([self.rows_m, self.alike_m])


def find(lab: Lab, text: str, corrections: Mapping[str, str] | None = None) -> Found:
    """Nobody for an empty text. `corrections`: the name of a term -> the key of the reading that it is to have.

    Nothing that is typed is a mistake: what can't be understood or looked for is said in a sentence.
    """
    text = text.strip()[:FIND_CHARACTERS_MAX]
    if not text:
        return Found()
    corrected = dict(corrections or {})
    looks = tuple((model, lab.workspace.stamp(f"codes--{model}")) for model in looks_of(lab)[:1])
    stamps = (lab.catalogue().as_of, tags.stamp(lab), colours_stamp(lab), looks)
    key = ("found", stamps, text, tuple(sorted(corrected.items())))
    return lab.cache.get_or_make(key, lambda: _ids(lab, text) or _meant(lab, text, corrected))


def _ids(lab: Lab, text: str) -> Found | None:
    """One id, or several pasted from elsewhere; of those, half must be some."""
    typed = [word for word in _APART.split(text) if word][:_IDS_MAX]
    whole = search(lab, text, 1) if len(text) <= HELD_MAX else []
    if whole and text.lower() == whole[0].product_id.lower():
        return Found((_term_of_ids(text, 1),), rows_m=np.array([whole[0].row]))
    rows_t = lab.catalogue().rows_of(typed)
    known_t = rows_t >= 0
    if len(typed) < 2 or 2 * known_t.sum() < len(typed):
        return None
    rows_m = np.array(list(dict.fromkeys(rows_t[known_t].tolist())), np.int64)
    missing = [word for word, known in zip(typed, known_t, strict=True) if not known]
    said = [f"{len(missing):,} of {len(typed):,} are no ids here: {', '.join(missing[:3])[:80]}."] if missing else []
    return Found((_term_of_ids(text, len(rows_m)),), rows_m=rows_m, said=tuple(said))


def _term_of_ids(text: str, count: int) -> Term:
    words = "the id of a product" if count == 1 else f"{count:,} ids"
    return Term(text[:80], 0, len(text), (Reading(IDS, words),))


def _meant(lab: Lab, text: str, corrections: Mapping[str, str]) -> Found:
    terms, said = understand(lab, text, corrections)
    if not terms:
        return Found(said=(*said, "There is no word in it to look for."))
    plain = [term for term in terms if term.reading.key == PLAIN]
    held = {term.name: word for term in plain if (word := _held_word(lab, term))}
    unseen = [term for term in plain if term.name not in held]
    firm, words = filter_of(terms), tuple(Condition("", "holds", (word,)) for word in held.values())
    asked = Filter((*firm.conditions, *words))
    try:
        meets_n = mask(lab, asked)
    except RequestError as reason:
        return Found(tuple(terms), asked, said=(*said, _sentence(str(reason))), lacks_colours=True)
    score_n, about = _looks_of(lab, plain, unseen)
    colours = [colour for term in terms if (colour := _colour(term))]
    lacks = bool(colours and len(unread_colours(lab)))
    found = Found(tuple(terms), asked, said=(*said, *about), lacks_colours=lacks)
    if not meets_n.any():
        return _nobody(lab, text, found, score_n)
    if not asked.conditions:  # words that nobody has, and nothing else
        return replace(found, alike_m=_most(score_n, lab.catalogue().there_n, ALIKE_MAX))
    rank_n = _ranked(lab, text, colours) + (0 if score_n is None else score_n)
    found = replace(found, rows_m=_in_order(meets_n, rank_n))
    if held and len(found.rows_m) < ALIKE_MAX:
        others_n = mask(lab, firm) & ~meets_n
        found = replace(found, alike_m=_most(score_n, others_n, ALIKE_MAX - len(found.rows_m)))
    return found


def _in_order(among_n: np.ndarray, rank_n: np.ndarray) -> np.ndarray:
    rows_m = np.flatnonzero(among_n)
    return np.asarray(rows_m[np.argsort(-rank_n[rows_m], kind="stable")])


def _colour(term: Term) -> str:
    condition = term.reading.condition
    return str(condition.values[0]) if condition is not None and condition.op == "pictured" else term.reading.colour


def _held_word(lab: Lab, term: Term) -> str:
    """What of a plain term stands in the id, name or a text of some product, as it is spelled there; "" for nothing."""
    typed = " ".join(words_of(term.text))[:HELD_MAX]
    for word in dict.fromkeys([typed, *spellings(lab, typed)]):
        if word and meets_any(lab, Filter((Condition("", "holds", (word,)),))):
            return word
    return ""


def _looks_of(lab: Lab, plain: Sequence[Term], unseen: Sequence[Term]) -> tuple[np.ndarray | None, list[str]]:
    """-> (by row, how much each product looks as the plain words say; None where nothing can say it; sentences about
    words that no text has)
    """
    words = [fold(word) for term in plain for word in words_of(term.text)][:WORDS_MAX]
    words = [word for word in words if any(letter.isalpha() for letter in word)]
    never = ", ".join(f"“{term.text[:40]}”" for term in unseen[:3])
    try:
        known = word_looks(lab) if words else None
    except RequestError as reason:
        return None, [f"No text here has {never}, and what it looks like is not known: {reason}."] if never else []
    near = {word: known.near(word) for word in words} if known else {}
    nearest = [other for term in unseen for word in words_of(term.text) for other in near.get(fold(word), ())]
    said = [f"No text here has {never}, nor a word near to it."] if never else []
    if nearest:
        learnt = ", ".join(dict.fromkeys(nearest[:3]))
        said = [f"No text here has {never}: shown is what looks most like it, as learnt from {learnt}."]
    meant = [word for word in words if near[word]]
    return (known.scores(meant, len(lab.catalogue())) if known and meant else None), said


def _most(score_n: np.ndarray | None, among_n: np.ndarray, count: int) -> np.ndarray:
    """Rows of the greatest scores among some, those with a look only."""
    if score_n is None:
        return np.empty(0, np.int64)
    rows_m = np.flatnonzero(among_n & (score_n > -1.5))
    return np.asarray(rows_m[np.argsort(-score_n[rows_m], kind="stable")[:count]])


def _ranked(lab: Lab, text: str, colours: Sequence[str]) -> np.ndarray:
    """float32 (N,): who has all of the text in the name goes first, then who has more of the colours."""
    rank_n = 2.0 * holds(lab, "name", text.lower()[:HELD_MAX]).astype(np.float32)
    seen = picture_colours(lab) if colours else None
    if seen is not None:
        for colour in colours:
            rank_n += _COLOUR_WEIGHT * seen.share(colour)
    return np.asarray(rank_n, np.float32)


def _nobody(lab: Lab, text: str, found: Found, score_n: np.ndarray | None) -> Found:
    """Perhaps it is a name after all; or most of it can be met, and the rest says who goes first; else what would have
    to go for somebody to be found.
    """
    whole, conditions = Filter((Condition("", "holds", (text[:HELD_MAX],)),)), found.asked.conditions
    if len(found.terms) > 1 and meets_any(lab, whole):
        term = Term(text, 0, len(text), (Reading(PLAIN, f"“{text[:60]}” in name or text"),))
        return Found((term,), whole, np.flatnonzero(mask(lab, whole)), said=found.said)
    firm = Filter(tuple(condition for condition in conditions if condition.op not in ("holds", "pictured")))
    if firm.conditions and len(firm.conditions) < len(conditions) and meets_any(lab, firm):
        soft = [condition for condition in conditions if condition not in firm.conditions]
        rank_n = np.zeros(len(lab.catalogue()), np.float32) if score_n is None else score_n.copy()
        for condition in soft:
            rank_n += _softly(lab, condition)
        words = ", ".join(
            condition.words() if condition.op == "pictured" else f"“{condition.values[0]}”" for condition in soft
        )
        sentence = f"No product is all of that. Shown is who meets the rest; first those that come nearest to {words}."
        return replace(found, asked=firm, rows_m=_in_order(mask(lab, firm), rank_n), said=(*found.said, sentence))
    hints = []
    for place, condition in enumerate(conditions if len(conditions) > 1 else ()):
        count = int(mask(lab, found.asked.without(place)).sum())
        if count:
            said = condition.words(lab.catalogue().units)
            hints.append(f"without {said if '“' in said else f'“{said}”'} there are {count:,}")
    sentence = "No product is all of that" + (f": {'; '.join(hints[:3])}." if hints else ".")
    return replace(found, said=(*found.said, sentence))


def _softly(lab: Lab, condition: Condition) -> np.ndarray:
    """float32 (N,): how far each product meets a condition that it need not meet."""
    if condition.op == "pictured":
        colours = require_picture_colours(lab)
        return np.asarray(np.sum([colours.share(str(word)) for word in condition.values], axis=0, dtype=np.float32))
    return mask(lab, Filter((condition,))).astype(np.float32)


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
