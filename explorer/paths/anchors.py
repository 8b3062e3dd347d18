"""What a path can lead through: products, and points of the space that stand for several or for none.

An anchor is a product's id, or one of these (an id that looks like one of them is the product):

- `cluster:3` or `cluster:3@NAME`: the middle of a cluster, of the newest clustering unless said
- `tag:summer`: the middle of all that have a tag
- `selection:{…}`: the middle of what is selected on a map, as its link says it
- `code:0.1,-2,…`: a point of the space, such as a photograph's
- `more:["sole thickness", 30, "0001"]`: a product, 30 points further along a visual attribute
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from looks_like.data.text import one_line
from looks_like.explorer import clusters, tags
from looks_like.explorer.core import Lab, code_from_text, is_finite_number, json_from_link
from looks_like.explorer.errors import RequestError
from looks_like.explorer.selecting import Selection, rows

_MORE_MAX = 200.0  # points


@dataclass(frozen=True)
class Anchor:
    """A point of the space that a path comes to."""

    said: str  # as the request has it
    title: str
    z_d: np.ndarray
    row: int | None = None  # of the product that it is


def find_anchor(lab: Lab, model: str, said: str) -> Anchor:
    """RequestError or CatalogueError for one that is not there (any more), ModelError for a product without a code."""
    catalogue, (kind, _, rest) = lab.catalogue(), said.partition(":")
    if not catalogue.has(said) and kind in _KINDS and rest:
        title, z_d = _KINDS[kind](lab, model, rest)
        return Anchor(said, one_line(title), z_d)
    row = catalogue.row(said)
    return Anchor(said, catalogue.names[row], lab.space(model).code(row), row)


def selection_anchor(chosen: Selection) -> str:
    """The middle of what is selected, as an anchor."""
    said = {key: value for key, value in chosen.to_query().items() if key != "model" and value}
    return f"selection:{json.dumps(said, ensure_ascii=False, separators=(',', ':'))}"


def _cluster(lab: Lab, model: str, rest: str) -> tuple[str, np.ndarray]:
    number, _, name = rest.partition("@")
    if not number.isdecimal() or len(number) > 9:
        raise RequestError(f"{rest[:40]!r} is no number of a cluster")
    name = clusters.clustering_name(lab, model, name or None)
    rows_m = clusters.members(lab, model, name, int(number))
    return clusters.state(lab, model, name).name_of(int(number)), _middle(lab, model, rows_m)


def _tag(lab: Lab, model: str, rest: str) -> tuple[str, np.ndarray]:
    return f"Tagged {rest}", _middle(lab, model, np.flatnonzero(tags.mask(lab, rest)))


def _selection(lab: Lab, model: str, rest: str) -> tuple[str, np.ndarray]:
    said = json_from_link(rest, "selection")
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise RequestError("a selection in a link is a JSON object of texts: model, map, clusters, steps, filter")
    chosen = Selection.from_query({"model": model} | said)
    rows_m = rows(lab, chosen)
    return f"{len(rows_m):,} selected", _middle(lab, model, rows_m)


def _code(lab: Lab, model: str, rest: str) -> tuple[str, np.ndarray]:
    return "A photograph", np.array(code_from_text(rest, lab.space(model).latent), np.float32)


def _more(lab: Lab, model: str, rest: str) -> tuple[str, np.ndarray]:
    said = json_from_link(rest, "anchor")
    if not (isinstance(said, list) and len(said) == 3 and is_finite_number(said[1]) and abs(said[1]) <= _MORE_MAX):
        raise RequestError(f'"more" is [attribute, points from -{_MORE_MAX:g} to {_MORE_MAX:g}, product id]')
    name, points, product_id = str(said[0]), float(said[1]), str(said[2])
    sliders = {each.name: each for each in tags.named_dimensions(lab, model)}
    if name not in sliders:
        known = ", ".join(sliders)[:200] or "none"
        raise RequestError(f"{name[:40]!r} has no slider in model {model!r}; there are: {known}")
    row, end = lab.catalogue().row(product_id), sliders[name].high if points > 0 else sliders[name].low
    moved_d = lab.space(model).code(row) + points * np.array(sliders[name].step_d)
    return f"{lab.catalogue().names[row]}, more {end}", moved_d.astype(np.float32)


def _middle(lab: Lab, model: str, rows_m: np.ndarray) -> np.ndarray:
    """(D,) the mean of the codes of these products."""
    if not len(rows_m):
        raise RequestError("no product is there for this end of the path: choose another")
    return lab.space(model).restricted_to(rows_m).mean_code


_KINDS: dict[str, Callable[[Lab, str, str], tuple[str, np.ndarray]]] = {
    "cluster": _cluster,
    "tag": _tag,
    "selection": _selection,
    "code": _code,
    "more": _more,
}
