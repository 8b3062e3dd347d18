"""Why a product was found, in words: its distance, attributes, dimensions of a model, form and colour of a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.data.visual_attributes import VisualAttribute
from looks_like.explorer.core import Lab, Product, Space, value_words
from looks_like.explorer.search.likeness.counting import FORM, counted, weights_of
from looks_like.model.networks import Look

_ATTRIBUTES_SAID = 2
# times the distance from a product to the nearest other of its form, as usual in the catalogue
_FORMS = ((0.7, "nearly the same form"), (1.15, "much the same form"), (1.5, "a similar form"))
_ANOTHER_FORM = "another form"
_SAME_POINTS, _SAID_POINTS = 6.0, 20.0  # of a visual attribute, of which nine of ten products lie within 100
_SEEN_DELTA_E, _SAID_DELTA_E = 5.0, 6.0  # below, colours are the same to people; a direction that is worth a word


@dataclass(frozen=True)
class DimensionOffset:
    """How one dimension differs: the product found less the one asked about, in deviations over the catalogue."""

    dimension: int
    deviations: float


def distance_words(product: Product) -> str:
    """ "1.3 × typical", or the plain distance where nothing is typical yet."""
    if product.typical is None:
        return f"{product.distance or 0:.2f} away"
    return f"{product.typical:.2f} × typical" if product.typical < 1 else f"{product.typical:.1f} × typical"


def dimension_words(steps: tuple[DimensionOffset, ...]) -> str:
    """ "dimension 12 higher by 1.8 deviations, 3 lower by 1.1" """
    said = [step for step in steps if round(abs(step.deviations), 1) > 0]
    words = [f"{s.dimension} {'higher' if s.deviations > 0 else 'lower'} by {abs(s.deviations):.1f}" for s in said]
    return f"dimension {words[0]} deviations{''.join(f', {word}' for word in words[1:])}" if words else ""


def look_words(lab: Lab, space: Space, asked_d: np.ndarray, rows_k: np.ndarray) -> list[str]:
    """For each catalogue row, beside a code (D,) of a look: "much the same form; darker, redder"."""
    if not len(rows_k) or not isinstance(space.net, Look):
        return [""] * len(rows_k)
    z_kd = np.stack([space.code(int(row)) for row in rows_k])
    form = counted(lab, space, FORM)
    times_k = np.linalg.norm((z_kd - asked_d) * weights_of(space, FORM), axis=1) / (form.typical_distance or 1.0)
    offset_k3 = space.net.mean_colour(z_kd) - space.net.mean_colour(asked_d[None])
    return [
        f"{_form_words(times)}; {_colour_words(offset_3)}" for times, offset_3 in zip(times_k, offset_k3, strict=True)
    ]


def _form_words(times: float) -> str:
    return next((words for most, words in _FORMS if times <= most), _ANOTHER_FORM)


def _colour_words(offset_3: np.ndarray) -> str:
    """The two directions in which a mean colour (CIELAB) differs most."""
    if np.linalg.norm(offset_3) < _SEEN_DELTA_E:
        return "the same colour"
    names = (("darker", "lighter"), ("greener", "redder"), ("bluer", "yellower"))
    order_3 = [axis for axis in np.argsort(-np.abs(offset_3))[:2] if abs(offset_3[axis]) >= _SAID_DELTA_E]
    return ", ".join(names[axis][int(offset_3[axis] > 0)] for axis in order_3) or "nearly the same colour"


def attribute_words(same: Sequence[str], others: Sequence[tuple[str, object, object]], units: Mapping[str, str]) -> str:
    """ "same brand; colour black instead of white": text first, since numbers nearly always differ a little."""
    shared = [name.replace("_", " ") for name in same][:_ATTRIBUTES_SAID]
    words_first = sorted((pair for pair in others if _tells(*pair[1:])), key=lambda pair: _is_number(pair[1]))
    other = [
        f"{name.replace('_', ' ')} {_told(here, units.get(name, ''))} instead of {_told(there, units.get(name, ''))}"
        for name, here, there in words_first[:_ATTRIBUTES_SAID]
    ]
    return "; ".join(part for part in (f"same {', '.join(shared)}" if shared else "", ", ".join(other)) if part)


def named_words(named: Mapping[str, VisualAttribute], here: Mapping[str, object], there: Mapping[str, object]) -> str:
    """By what people named: "same toe shape; sole height +32, more “tall”"; "" where nothing is the same or differs
    much.
    """
    apart = {name: points for name in named if (points := _points(here.get(name), there.get(name))) is not None}
    same = [name for name, points in apart.items() if abs(points) <= _SAME_POINTS][:_ATTRIBUTES_SAID]
    order = sorted(apart, key=lambda name: -abs(apart[name]))[:_ATTRIBUTES_SAID]
    other = [
        f"{name} {'+' if apart[name] > 0 else '−'}{abs(apart[name]):.0f}, "
        f"more “{named[name].high if apart[name] > 0 else named[name].low}”"
        for name in order
        if abs(apart[name]) >= _SAID_POINTS
    ]
    said = [f"same {', '.join(same)}" if same else "", ", ".join(other)]
    return "; ".join(filter(None, said))


def _points(here: object, there: object) -> float | None:
    """From the one score to the other; None where a product has none."""
    return here - there if isinstance(here, float) and isinstance(there, float) else None


def _tells(here: object, there: object) -> bool:
    """Whether two values differ enough to be mentioned; numbers within 10 % of each other do not."""
    if not _is_number(here) or not _is_number(there):
        return True
    return abs(float(here) - float(there)) > max(abs(float(here)), abs(float(there))) / 10  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(value: object, unit: str) -> str:
    """Short: four digits of a fraction."""
    if isinstance(value, float) and not unit:
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return value_words(value, unit)[:60]
