"""The steps of a selection, one kind each: what a link must say, which products it finds, what it is called.

A step takes products anew ("="), adds ("+") or takes away ("-"): those in a lasso drawn on the map, one product, all
that have its picture, a cluster, those with a value of an attribute, with a tag, the nearest to what is selected so
far, the nearest to a code (a photograph's), what was found by a text, typical, unusual or diverse ones of what is
selected so far, or all that the filter shows. What a link holds is a stranger's word, so all of it is checked.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from looks_like.explorer import tags
from looks_like.explorer.clusters import members, state
from looks_like.explorer.core import Lab, MapContext, is_finite_number, json_from_link
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search import PICKS, Filter, find, mask, pick
from looks_like.model.geometry import inside

SELECTION_STEPS_MAX, SELECTION_CHARACTERS_MAX = 60, 12_000  # of its JSON, in the browser, in links and here
POINTS_MAX, LIKE_MAX = 400, 10_000
FOUND_TEXT_MAX, _CORRECTIONS_MAX, _SAID = 4000, 40, 60  # of what was typed: characters, corrections; told of it
OPS = {"=": "", "+": "plus ", "-": "without "}
Point = tuple[float, float]


@dataclass(frozen=True)
class SelectionStep:
    """One thing that was done; `value` by kind: a Lasso, a product's id, a cluster's number, (attribute, value), a tag,
    how many alike, (code, how many), (text, corrections), or None."""

    op: str
    kind: str
    value: Any

    def find(self, lab: Lab, context: MapContext, now_n: np.ndarray) -> np.ndarray:
        """bool (N,): whom it is about; `now_n` is what the steps before have selected. RequestError for none."""
        return _KINDS[self.kind].find(lab, context, self.value, now_n)

    @property
    def picks(self) -> bool:
        """Whether it takes some of what is selected so far and is shown."""
        return self.kind in PICKS

    def words(self, lab: Lab, context: MapContext) -> str:
        """ "plus lasso on map tsne" """
        return OPS[self.op] + _KINDS[self.kind].words(lab, context, self.value)


@dataclass(frozen=True)
class Lasso:
    """A closed line on a map; "" = the map that the selection is on."""

    points: tuple[Point, ...]
    map: str = ""

    def said(self) -> object:
        return {"map": self.map, "points": self.points} if self.map else self.points


def pinned(steps: tuple[SelectionStep, ...], name: str) -> tuple[SelectionStep, ...]:
    """The steps with every unbound lasso bound to the named map, so that the selection survives switching maps."""

    def bound(step: SelectionStep) -> SelectionStep:
        free = step.kind == "lasso" and not step.value.map
        return SelectionStep(step.op, step.kind, Lasso(step.value.points, name)) if free else step

    return tuple(bound(step) for step in steps)


def steps_text(steps: tuple[SelectionStep, ...]) -> str:
    """What `steps_from_text` reads; "" for none."""
    said = [[step.op, step.kind, step.value.said() if step.kind == "lasso" else step.value] for step in steps]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else ""


def steps_from_text(text: str) -> tuple[SelectionStep, ...]:
    """RequestError for what is not a list of steps: a link may hold anything."""
    if not text:
        return ()
    if len(text) > SELECTION_CHARACTERS_MAX:
        raise RequestError(
            f"this selection is longer than {SELECTION_CHARACTERS_MAX:,} characters: draw it with fewer turns"
        )
    said = json_from_link(text, "selection")
    if not isinstance(said, list) or len(said) > SELECTION_STEPS_MAX:
        raise RequestError(f"a selection is a list of at most {SELECTION_STEPS_MAX} steps")
    return tuple(_step(each) for each in said)


# -- the kinds --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    check: Callable[[Any], Any]  # -> the value, hashable; RequestError
    find: Callable[[Lab, MapContext, Any, np.ndarray], np.ndarray]
    words: Callable[[Lab, MapContext, Any], str]


def _step(said: object) -> SelectionStep:
    if not isinstance(said, list) or len(said) != 3:
        raise RequestError("a step of a selection is [op, kind, value]")
    op, kind, value = said
    if not isinstance(op, str) or op not in OPS:
        raise RequestError(f"a step's op is one of {' '.join(OPS)}, got {str(op)[:20]!r}")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise RequestError(f"a step's kind is one of {', '.join(_KINDS)}, got {str(kind)[:20]!r}")
    return SelectionStep(op, kind, _KINDS[kind].check(value))


def _lasso(value: Any) -> Lasso:
    name: Any = value.get("map") if isinstance(value, dict) else ""
    points: Any = value.get("points") if isinstance(value, dict) else value
    good = isinstance(name, str) and isinstance(points, list) and 3 <= len(points) <= POINTS_MAX
    if not good or not all(isinstance(p, list) and len(p) == 2 and all(map(is_finite_number, p)) for p in points):
        raise RequestError(f"a lasso is 3 to {POINTS_MAX} points [x, y], perhaps with the name of a map")
    return Lasso(tuple((float(x), float(y)) for x, y in points), str(name))


def _in_lasso(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    name = value.map or context.map
    if not name:
        raise RequestError("a lasso is drawn on a map: choose one")
    return inside(lab.map_view(context.model, name).xy_n2, np.array(value.points))


def _text(what: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > 2000:
            raise RequestError(f"{what} is a text")
        return value

    return check


def _of_rows(count: int, rows_m: np.ndarray) -> np.ndarray:
    found_n = np.zeros(count, bool)
    found_n[rows_m] = True
    return found_n


def _product(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    return _of_rows(len(now_n), np.array([lab.catalogue().row(value)]))


def _copies(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    return _of_rows(len(now_n), lab.copies().of(lab.catalogue().row(value)))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LIKE_MAX:
        raise RequestError(f"how many alike is a whole number from 1 to {LIKE_MAX:,}")
    return value


def _alike(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    """The products nearest to any of those selected, and those themselves."""
    rows_m = lab.space(context.model).nearest_outside(np.flatnonzero(now_n), value)
    return np.asarray(now_n | _of_rows(len(now_n), rows_m))


def _picked(kind: str) -> _Kind:
    def find(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
        if not now_n.any():
            return now_n
        return _of_rows(len(now_n), pick(lab, context.model, kind, value, np.flatnonzero(now_n)))

    return _Kind(_count, find, lambda lab, context, value: f"of these {value:,} {PICKS[kind]}")


def _near(value: Any) -> tuple[tuple[float, ...], int]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], list) or len(value[0]) > 512:
        raise RequestError("a place to be near to is [code, how many]")
    if not all(is_finite_number(number) and abs(number) < 1e6 for number in value[0]):
        raise RequestError("a code is a list of numbers below a million")
    return tuple(float(number) for number in value[0]), _count(value[1])


def _near_code(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    z_d, k = value
    space = lab.space(context.model)
    if len(z_d) != space.latent:
        raise RequestError(f"a code of model {context.model!r} has {space.latent} numbers, got {len(z_d)}")
    rows_1k, _ = space.nearest(np.array([z_d], np.float32), min(k, len(space.rows_n)))
    return _of_rows(len(now_n), rows_1k[0])


def _found_text(value: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    good = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], list)
    if not good or len(value[0]) > FOUND_TEXT_MAX or len(value[1]) > _CORRECTIONS_MAX:
        raise RequestError(f"what was found is [a text of at most {FOUND_TEXT_MAX:,} characters, corrections]")
    if not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(w, str) for w in pair) for pair in value[1]
    ):
        raise RequestError("a correction of what was found is [words, reading]")
    return value[0], tuple((words, reading) for words, reading in value[1])


def _by_text(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    return _of_rows(len(now_n), find(lab, value[0], dict(value[1])).all_m)


def _found_words(lab: Lab, context: MapContext, value: Any) -> str:
    text = " ".join(value[0].split())
    return f"found by “{text[:_SAID]}{'…' * (len(text) > _SAID)}”"


def _pair(value: Any) -> tuple[str, object]:
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        raise RequestError("a value is [attribute, value]")
    return value[0], Filter.from_text(json.dumps([[value[0], "is", [value[1]]]])).conditions[0].values[0]


def _value_filter(value: Any) -> Filter:
    attribute, wanted = value
    return Filter.from_text(json.dumps([[attribute, "is", [wanted]]]))


def _cluster(lab: Lab, context: MapContext, value: Any, now_n: np.ndarray) -> np.ndarray:
    return _of_rows(len(now_n), members(lab, context.model, context.clusters, value))


def _cluster_number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000:
        raise RequestError("a cluster is a whole number")
    return value


def _cluster_words(lab: Lab, context: MapContext, value: Any) -> str:
    return f"cluster {state(lab, context.model, context.clusters).name_of(value)}"


def _nothing(value: Any) -> None:
    if value is not None:
        raise RequestError("a step of all that is shown has no value: null")


def _points_words(lab: Lab, context: MapContext, value: Any) -> str:
    return f"lasso on map {value.map or context.map}"


_KINDS = {
    "lasso": _Kind(_lasso, _in_lasso, _points_words),
    "product": _Kind(_text("a product's id"), _product, lambda lab, context, value: f"product {value}"),
    "copies": _Kind(_text("a product's id"), _copies, lambda lab, context, value: f"product {value} and its copies"),
    "cluster": _Kind(_cluster_number, _cluster, _cluster_words),
    "value": _Kind(
        _pair,
        lambda lab, context, value, now_n: mask(lab, _value_filter(value)),
        lambda lab, context, value: _value_filter(value).words(lab.catalogue().units),
    ),
    "tag": _Kind(
        _text("a tag"),
        lambda lab, context, value, now_n: tags.mask(lab, value),
        lambda lab, context, value: f"tagged {lab.tag_state().current_name(value)}",
    ),
    "like": _Kind(_count, _alike, lambda lab, context, value: f"{value} more like these"),
    **{kind: _picked(kind) for kind in PICKS},
    "near": _Kind(_near, _near_code, lambda lab, context, value: f"the {value[1]} nearest to a picture"),
    "found": _Kind(_found_text, _by_text, _found_words),
    "shown": _Kind(
        _nothing, lambda lab, context, value, now_n: lab.catalogue().there_n, lambda lab, context, value: "all shown"
    ),
}
