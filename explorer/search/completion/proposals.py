"""Values for products that lack one, proposed from the products that look most like them.

Of the 15 nearest with a value each has a vote, weighed by how near it is; of numbers the weighed median is proposed.
How far a vote can be trusted is learnt from products whose value is known: each is asked about as if it were missing.
What is said of accuracy comes from other products again, the held-out ones, whose values do not vote. By a look, form
alone or colour alone may tell more of an attribute than both: what was right most often of the products asked is taken.
"""

import json
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab, Space, value_words
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search.filters.technical import is_technical
from looks_like.explorer.search.likeness.counting import ALL, COLOUR, FORM, weights_of
from looks_like.model.geometry import NearestNeighbours, Trust, learn_trust, nearness, weighed_quantile, weighed_vote

SURE = 0.9  # what "sure" means where accuracy is told
_K = 15
_KNOWN_LEAST = 20
_TESTED_LEAST = 50  # held-out products; with fewer, every fifth that has a value is left out
_SPEAKERS_MAX, _TESTED_MAX, _PROPOSED_MAX = 50_000, 2_000, 20_000
_RIGHT_WITHIN = 0.1  # of the usual span of a number: a proposal that misses by less is right
_USUAL_SPAN, _RANGE = (0.05, 0.95), (0.1, 0.9)
_FEW_NUMBERS = 20  # different ones: they are voted for as words are


@dataclass(frozen=True)
class Accuracy:
    """Of held-out products that have a value, asked about as if they had none."""

    tested: int
    right: float  # share; of numbers, that missed by a tenth of the usual span at most
    usual_right: float  # the same of proposing everywhere what most products have; of numbers their median
    usual: str  # what that is, in words
    sure: float  # share of which the program is 90 % sure or more
    sure_right: float  # of those, the share that is right; 0 where there are none


@dataclass(frozen=True)
class Proposals:
    """What is proposed for products without a value that were neither filled nor rejected, the surest first."""

    column: str
    model: str
    accuracy: Accuracy
    rows_m: np.ndarray  # int64, of the catalogue
    values: list[object]
    words: list[str]  # the value as people write it, with its range where it is a number
    confidence_m: np.ndarray  # 0 to 1
    known: int  # products that have a value
    left_out: int  # without a value that no proposal is made for: no code yet, or above 20,000

    def above(self, least: float) -> np.ndarray:
        """int64: which of them are at least so sure."""
        return np.flatnonzero(self.confidence_m >= least)


@dataclass(frozen=True)
class Missing:
    """An attribute that some products lack."""

    column: str
    missing: int  # when it was imported
    open: int  # neither filled nor rejected since
    filled: int


def missing_attributes(lab: Lab) -> list[Missing]:
    """Attributes for which values can be proposed: of text, yes or no, numbers or lists of them, with values that
    repeat; those that most products lack first.
    """
    imported, log = lab.imported_catalogue(), lab.filling()

    def make() -> list[tuple[str, np.ndarray]]:
        return [(name, lacking) for name in imported.attributes if len(lacking := _lacking(imported, name))]

    found = []
    for name, lacking in lab.cache.get_or_make(("missing attributes", imported.version), make, max_size=2):
        ids = {imported.product_ids[row] for row in lacking.tolist()}
        filled = len(ids & set(log.standing.get(name, ())))
        found.append(Missing(name, len(lacking), len(ids) - filled - len(ids & log.rejected(name)), filled))
    return sorted(found, key=lambda each: -each.missing)


def _lacking(catalogue: Catalogue, name: str) -> np.ndarray:
    """int64: rows of products without a value; none where none can be proposed."""
    none = np.empty(0, np.int64)
    null_n = catalogue.rows[name].is_null().to_numpy()
    lacking = np.flatnonzero(null_n & catalogue.there_n)
    return lacking if len(lacking) and can_be_proposed(catalogue, name) else none


def can_be_proposed(catalogue: Catalogue, name: str) -> bool:
    """Whether values of an attribute can come from neighbours: they repeat, and are no ids, files or moments."""
    given = catalogue.rows[name].combine_chunks().drop_null()
    if len(given) < _KNOWN_LEAST or pa.types.is_temporal(given.type):
        return False
    if pa.types.is_list(given.type):
        flat = given.flatten()
        distinct = len({*map(_key, given.to_pylist())})
        return 2 <= distinct <= len(given) // 2 and not pa.types.is_nested(flat.type)
    distinct = pc.count_distinct(given).as_py()
    if pa.types.is_string(given.type) and distinct > len(given) // 2:
        return False
    return distinct > 1 and not is_technical(name, given, distinct, catalogue.units.get(name, ""))


def proposals(lab: Lab, column: str, model: str | None = None) -> Proposals:
    """Of one attribute, by the likeness of a model, a look unless said. RequestError where nothing can be proposed."""
    imported, log = lab.imported_catalogue(), lab.filling()
    if column not in imported.attributes:
        raise RequestError(f"there is no attribute {column[:80]!r}; there are: {', '.join(imported.attributes)[:400]}")
    name = lab.model_name(model)
    space = lab.space(name)
    space.require_codes()
    make = partial(_proposed, imported, space, column)
    found: _Proposed = lab.cache.get_or_make(("proposals", imported.version, space, column), make, max_size=8)
    done = {*log.standing.get(column, ()), *log.rejected(column)}
    open_m = np.array([imported.product_ids[row] not in done for row in found.rows_m.tolist()], bool)
    order = np.argsort(-found.confidence_m, kind="stable")
    order = order[open_m[order]]
    unit = imported.units.get(column, "")
    return Proposals(
        column,
        name,
        found.accuracy,
        found.rows_m[order],
        [found.answers.values[i] for i in order.tolist()],
        [_in_words(found.answers, i, unit) for i in order.tolist()],
        found.confidence_m[order],
        found.known,
        found.left_out,
    )


def accuracy(catalogue: Catalogue, space: Space, column: str) -> Accuracy:
    """How good proposals of an attribute are that nobody lacks. RequestError where none can be made."""
    return _proposed(catalogue, space, column).accuracy


@dataclass(frozen=True)
class _Answers:
    """What neighbours say of some products."""

    values: list[object]
    ranges: list[tuple[object, object]]  # of numbers; none of words


@dataclass(frozen=True)
class _Proposed:
    accuracy: Accuracy
    rows_m: np.ndarray
    answers: _Answers
    confidence_m: np.ndarray
    known: int
    left_out: int


class _Votes:
    """Values of one attribute, and what neighbours among those that have one would say."""

    def __init__(self, values: list[object], *, numbers: bool) -> None:
        self.values, self.numbers = values, numbers
        keys = [_key(value) for value in values]
        self.label_n = np.unique(np.array(keys, object).astype(str), return_inverse=True)[1]
        self.number_n = np.array(values, float) if numbers else np.empty(0)
        low, high = np.quantile(self.number_n, _USUAL_SPAN) if numbers else (0.0, 0.0)
        self.within = _RIGHT_WITHIN * float(high - low)
        self.first = {label: i for i, label in reversed(list(enumerate(self.label_n.tolist())))}

    def usual(self, among_s: np.ndarray) -> int:
        """Which of them has what is proposed to all: the most common value, or the median."""
        if self.numbers:
            return int(among_s[np.argsort(self.number_n[among_s], kind="stable")[(len(among_s) - 1) // 2]])
        return int(self.first[int(np.bincount(self.label_n[among_s]).argmax())])

    def answers(self, near: "_Near") -> tuple[np.ndarray, np.ndarray]:
        """-> (which of them has the value that is proposed (M,), the share of the weight (M,) that is for it)"""
        if not self.numbers:
            label_m, share_m = weighed_vote(self.label_n[near.index_mk], near.weight_mk)
            return np.array([self.first[label] for label in label_m.tolist()], np.int64), share_m
        number_mk = self.number_n[near.index_mk]
        middle_m = weighed_quantile(number_mk, near.weight_mk, 0.5)
        near_mk = np.abs(number_mk - middle_m[:, None]) <= self.within
        share_m = (near.weight_mk * near_mk).sum(1) / near.weight_mk.sum(1)
        which_m = np.take_along_axis(near.index_mk, np.abs(number_mk - middle_m[:, None]).argmin(1)[:, None], 1)[:, 0]
        return which_m, share_m

    def right(self, which_m: np.ndarray | int, true_m: np.ndarray) -> np.ndarray:
        """bool (M,): whether the value of one stands for that of the other."""
        if not self.numbers:
            return np.asarray(self.label_n[which_m] == self.label_n[true_m])
        return np.asarray(np.abs(self.number_n[which_m] - self.number_n[true_m]) <= self.within)


@dataclass(frozen=True)
class _Near:
    index_mk: np.ndarray
    weight_mk: np.ndarray


class _Speakers:
    """Those of the known products that vote, and who of them is near to whom."""

    def __init__(self, z_nd: np.ndarray, at_s: np.ndarray) -> None:
        self.at_s = _drawn(at_s, _SPEAKERS_MAX)
        self._neighbours = NearestNeighbours(z_nd[self.at_s])
        self._typical = self._neighbours.typical_distance()

    def to(self, z_md: np.ndarray) -> _Near:
        index_mk, distance_mk = self._neighbours.nearest(z_md, _K)
        return _Near(self.at_s[index_mk], nearness(distance_mk, self._typical))

    def to_own(self, places_m: np.ndarray) -> _Near:
        """Of speakers, by their place among these: the others."""
        found = self._neighbours.others(places_m, _K)
        return _Near(self.at_s[found.index_nk], nearness(found.distance_nk, self._typical))


def _proposed(catalogue: Catalogue, space: Space, column: str) -> _Proposed:
    if not can_be_proposed(catalogue, column):
        raise RequestError(
            f"nothing can be proposed for “{column[:80]}”: that needs {_KNOWN_LEAST} products with a value, values "
            "that repeat, and no ids, files or dates"
        )
    values = catalogue.rows[column].take(pa.array(space.rows_n)).combine_chunks()
    null_n = values.is_null().to_numpy(zero_copy_only=False)
    known_n, lacking = np.flatnonzero(~null_n), np.flatnonzero(null_n)
    if len(known_n) < _KNOWN_LEAST:
        raise RequestError(f"too few products with a code of {space.card.name!r} have a value of “{column[:80]}”")
    numbers = (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)) and pc.count_distinct(
        values
    ).as_py() > _FEW_NUMBERS
    votes = _Votes(values.take(pa.array(known_n)).to_pylist(), numbers=numbers)
    held_n = catalogue.held_out[space.rows_n[known_n]]
    if not _TESTED_LEAST <= held_n.sum() <= len(held_n) // 2:
        held_n = np.arange(len(held_n)) % 5 == 0
    counts = (ALL, FORM, COLOUR) if space.net.parts else (ALL,)
    weight_cd = [weights_of(space, each) for each in counts]
    learnt = [_learnt(votes, space.z_nd[known_n] * weight_d, held_n) for weight_d in weight_cd]
    best = max(range(len(learnt)), key=lambda c: learnt[c].right)
    z_nd, trust = space.z_nd * weight_cd[best], learnt[best].trust
    asked = lacking[:_PROPOSED_MAX]
    near = _Speakers(z_nd[known_n], np.arange(len(known_n))).to(z_nd[asked])
    which_m, share_m = votes.answers(near)
    answers = _Answers([votes.values[i] for i in which_m.tolist()], _ranges(votes, near))
    lacking_all = int((catalogue.rows[column].is_null().to_numpy() & catalogue.there_n).sum())
    left_out = max(0, lacking_all - len(asked))
    told = _accuracy(votes, learnt[best], z_nd[known_n], held_n)
    return _Proposed(told, space.rows_n[asked], answers, trust.of(share_m), len(known_n), left_out)


@dataclass(frozen=True)
class _Learnt:
    """From products that were asked about as if they had no value."""

    speakers: _Speakers  # all but the held-out ones
    trust: Trust
    right: float


def _learnt(votes: _Votes, z_nd: np.ndarray, held_n: np.ndarray) -> _Learnt:
    speakers = _Speakers(z_nd, np.flatnonzero(~held_n))
    places_m = _drawn(np.arange(len(speakers.at_s)), _TESTED_MAX)
    which_m, share_m = votes.answers(speakers.to_own(places_m))
    right_m = votes.right(which_m, speakers.at_s[places_m])
    return _Learnt(speakers, learn_trust(share_m, right_m), float(right_m.mean()))


def _accuracy(votes: _Votes, learnt: _Learnt, z_nd: np.ndarray, held_n: np.ndarray) -> Accuracy:
    tested = _drawn(np.flatnonzero(held_n), _TESTED_MAX)
    which_m, share_m = votes.answers(learnt.speakers.to(z_nd[tested]))
    right_m, sure_m = votes.right(which_m, tested), learnt.trust.of(share_m) >= SURE
    usual = votes.usual(learnt.speakers.at_s)
    return Accuracy(
        len(tested),
        float(right_m.mean()),
        float(votes.right(np.full(len(tested), usual), tested).mean()),
        value_words(votes.values[usual]),
        float(sure_m.mean()),
        float(right_m[sure_m].mean()) if sure_m.any() else 0.0,
    )


def _ranges(votes: _Votes, near: _Near) -> list[tuple[object, object]]:
    if not votes.numbers:
        return []
    low_m, high_m = (weighed_quantile(votes.number_n[near.index_mk], near.weight_mk, share) for share in _RANGE)
    return list(zip(low_m.tolist(), high_m.tolist(), strict=True))


def _in_words(answers: _Answers, at: int, unit: str) -> str:
    """ "court", "65, most likely 50 to 80" """
    said = value_words(answers.values[at], unit)
    if not answers.ranges:
        return said
    low, high = answers.ranges[at]
    return said if low == high else f"{said} ({value_words(low, unit)} to {value_words(high, unit)})"


def _drawn(at_n: np.ndarray, most: int) -> np.ndarray:
    """At most so many, evenly."""
    return at_n[np.linspace(0, len(at_n) - 1, min(len(at_n), most)).astype(np.int64)] if len(at_n) else at_n


def _key(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
