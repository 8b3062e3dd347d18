"""Naming what products differ in: a direction gets a word, a name for each end, and every product a score.

A direction is a dimension of a model, or leads from some products to others. Between products it is read from the fine
numbers of a look, where there is one: a model's code knows less of how products look (docs/visual-attributes.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from looks_like.data import visual_attributes as kept
from looks_like.data.catalogue import Catalogue
from looks_like.data.embeddings import read_fine
from looks_like.data.scores import read_off
from looks_like.data.text import one_line
from looks_like.data.visual_attributes import CODES, FINE, NamingEntry, NamingLog, VisualAttribute
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.directions import ATTRIBUTE, proposed_direction
from looks_like.model.errors import ModelError
from looks_like.model.geometry import moved_with, read_between, scaled

DRAWN_LEAST = 0.5  # correlation; below it a model's picture does not show what the word says
_EACH_MIN = 2  # products at either end
_SAME_DIRECTION = 0.999  # cosine, in deviations
_END_MAX = 60  # characters of an end that a value of the catalogue names
_LEARNT_MAX = 4000  # at either end: more tell nothing new and take long


@dataclass(frozen=True)
class Ends:
    """What is asked for: a word and what its two ends are called; "" = low, high."""

    name: str
    low: str = ""
    high: str = ""


def visual_attributes(lab: Lab) -> Mapping[str, VisualAttribute]:
    """Those there are, by name."""
    return lab.naming().standing


def scored(lab: Lab) -> dict[str, int]:
    """Of each, how many products have a score: none where the model that it was read from is gone, or made anew, or
    where a column of that name was imported.
    """
    catalogue = lab.catalogue()
    return {
        name: len(catalogue) - catalogue.rows[name].null_count if name in catalogue.visual else 0
        for name in visual_attributes(lab)
    }


def naming_log(lab: Lab) -> NamingLog:
    """All that was done with them."""
    return lab.naming()


def name_dimension(lab: Lab, model: str, number: int, ends: Ends, who: str, *, turned: bool = False) -> NamingEntry:
    """Names a dimension of a model, numbered as its sliders are; `turned`: its high end is the slider's left one.

    RequestError for no such dimension, CatalogueError for a name that can't be one.
    """
    space = lab.space(model)
    space.require_decoder()
    axes = space.axes
    if not 1 <= number <= len(axes):
        raise RequestError(f"model {model!r} has dimensions 1 to {len(axes)}, got {number}")
    sign = -1.0 if turned else 1.0
    reads_d, zero, factor = _on_scale(space.z_nd, sign * axes.reads_da[:, number - 1].astype(np.float64))
    found = VisualAttribute(
        **vars(ends),
        words=f"dimension {number} of model {model}",
        model=model,
        weights=lab.weights(model),
        reads=_numbers(reads_d),
        zero=zero,
        moves=_numbers(sign * axes.steps_ad[number - 1] / factor),
    )
    return kept.name_attribute(lab.workspace, found, _headers(lab), who)


def name_between(
    lab: Lab, rows_low: np.ndarray, rows_high: np.ndarray, ends: Ends, who: str, model: str | None = None
) -> NamingEntry:
    """Names what leads from some products (catalogue rows) to others. `model`: of whose codes it is read; else of a
    look, where there is one.

    RequestError where either has too few products or both have the same ones, ModelError where all are alike,
    CatalogueError for a name that can't be one.
    """
    both = np.intersect1d(rows_low, rows_high)
    if len(both):
        raise RequestError(f"{len(both):,} products are at both ends: a product can be at one only")
    name = model or _best_read(lab)
    source, rows_n, x_nd, factor_d = _vectors(lab, name)
    at_low, at_high = (_drawn(np.flatnonzero(np.isin(rows_n, rows))) for rows in (rows_low, rows_high))
    if min(len(at_low), len(at_high)) < _EACH_MIN:
        raise RequestError(f"either end needs {_EACH_MIN} products at least that model {name!r} knows")
    learnt = np.concatenate([at_low, at_high])
    weights_d, right = read_between(x_nd[learnt] * factor_d, np.arange(len(learnt)) >= len(at_low))
    reads_d, zero, _ = _on_scale(x_nd, weights_d * factor_d)
    said = f"from {len(rows_low):,} products to {len(rows_high):,}; {right:.0%} of those left out are told apart"
    found = VisualAttribute(
        **vars(ends),
        words=f"{said}; read from {name}",
        model=name,
        weights=lab.weights(name),
        source=source,
        reads=_numbers(reads_d),
        zero=zero,
    )
    return kept.name_attribute(lab.workspace, found, _headers(lab), who)


def name_read(lab: Lab, model: str, reads_d: np.ndarray, ends: Ends, words: str, who: str) -> NamingEntry:
    """Names what weights (D,) read from a model's codes; `words`: how they were found. CatalogueError for a name that
    can't be one.
    """
    scaled_d, zero, _ = _on_scale(lab.space(model).z_nd, np.asarray(reads_d, np.float64))
    found = VisualAttribute(
        **vars(ends), words=words, model=model, weights=lab.weights(model), reads=_numbers(scaled_d), zero=zero
    )
    return kept.name_attribute(lab.workspace, found, _headers(lab), who)


def name_direction(lab: Lab, model: str, key: str, ends: Ends, who: str) -> NamingEntry:
    """Names one of the directions that are proposed: that of an attribute as `name_between` does, of whatever knows
    most of how products look; another as its slider moves. RequestError for none of that key, CatalogueError for a
    name that can't be one.
    """
    way = proposed_direction(lab, model, key)
    ends = Ends(ends.name, ends.low or one_line(way.low, _END_MAX), ends.high or one_line(way.high, _END_MAX))
    if way.kind == ATTRIBUTE:
        return name_between(lab, way.rows[0], way.rows[1], ends, who)
    reads_d = np.array(way.read_d)
    found = VisualAttribute(
        **vars(ends),
        words=f"{way.words} of model {model}",
        model=model,
        weights=lab.weights(model),
        reads=_numbers(reads_d),
        zero=float(lab.space(model).axes.mean_d @ reads_d) - way.at_mean,
        moves=_numbers(np.array(way.step_d)),
    )
    return kept.name_attribute(lab.workspace, found, _headers(lab), who)


def rename_attribute(lab: Lab, old: str, ends: Ends, who: str) -> NamingEntry:
    """Another name, low end, high end; "" leaves what it is. CatalogueError for what can't be."""
    return kept.rename_attribute(lab.workspace, old, (ends.name, ends.low, ends.high), _headers(lab), who)


def drop_attribute(lab: Lab, name: str, who: str) -> NamingEntry:
    """Takes it away for everyone. CatalogueError when there is none of that name."""
    return kept.drop_attribute(lab.workspace, name, who)


def undo_naming(lab: Lab, number: int | None, who: str) -> NamingEntry:
    """Undoes an entry of the log, the newest unless said. CatalogueError where there is nothing to undo."""
    return kept.undo_naming(lab.workspace, number, who)


def _headers(lab: Lab) -> list[str]:
    return lab.catalogue().imported_attributes


def _best_read(lab: Lab) -> str:
    """A look of ours, where there is one."""
    looks = [each for each in lab.models_to_show() if not lab.decodes(each) and lab.encodes(each)]
    return looks[0] if looks else lab.model_name(None)


def _vectors(lab: Lab, asked: str) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """-> (FINE or CODES, rows (N,), vectors (N, D) as they lie in the store, (D,) what to multiply them with to be of
    one scale).
    """
    model = lab.model_name(asked)
    space = lab.space(model)
    space.require_codes()
    fine = read_fine(lab.workspace, model) if space.net.fine else None
    if fine is None or fine.weights != lab.weights(model):
        return CODES, space.rows_n, space.z_nd, np.ones(space.latent, np.float32)
    rows_n = lab.catalogue().rows_of(fine.product_ids)
    return FINE, rows_n[rows_n >= 0], fine.z_nd[rows_n >= 0], np.asarray(space.net.fine_steps)


def _drawn(at_m: np.ndarray) -> np.ndarray:
    """At most so many, evenly."""
    return at_m[np.linspace(0, len(at_m) - 1, min(len(at_m), _LEARNT_MAX)).astype(np.int64)] if len(at_m) else at_m


def _on_scale(x_nd: np.ndarray, reads_d: np.ndarray) -> tuple[np.ndarray, float, float]:
    """-> (reads by which scores go from 0 to 100, zero, what they were multiplied with)."""
    factor, zero = scaled(read_off(x_nd, reads_d))
    return factor * reads_d, zero, factor


def _numbers(values_d: np.ndarray) -> tuple[float, ...]:
    if not np.isfinite(values_d).all():
        raise ModelError("this direction is none: its numbers are not finite")
    return tuple(np.asarray(values_d, np.float32).tolist())


@dataclass(frozen=True)
class NamedDimension:
    """A slider for a visual attribute: it moves the code of one model so that the score goes up, and little else."""

    name: str
    low: str
    high: str
    step_d: list[float]  # what one point adds to a code
    read_d: list[float]  # times (code - mean): points beyond those of the mean
    at_mean: float  # points of the code that all axes start from
    drawn: bool  # whether the model's picture shows what the word says
    words: str  # how it was found
    dimension: int  # that it is, of this model; 0 = none


def named_dimensions(lab: Lab, model: str) -> list[NamedDimension]:
    """A slider for each visual attribute that products with a code of this model have a score of, by name."""
    catalogue, space, weights = lab.catalogue(), lab.space(model), lab.weights(model)
    if not catalogue.visual or len(space.z_nd) < _EACH_MIN + 1:
        return []

    def make() -> list[NamedDimension]:
        covariance_dd = np.atleast_2d(np.cov(space.z_nd.astype(np.float64).T))
        inverse_dd = np.linalg.pinv(covariance_dd, hermitian=True)
        found = [_slider(catalogue, space, each, weights, inverse_dd) for each in catalogue.visual.values()]
        return [each for each in found if each is not None]

    return list(lab.cache.get_or_make(("named dimensions", catalogue.as_of, space), make, max_size=4))


def _slider(
    catalogue: Catalogue, space: Space, each: VisualAttribute, weights: str, inverse_dd: np.ndarray
) -> NamedDimension | None:
    """None where too few products have a score to say how codes move with it, or none moves."""
    score_n, axes = catalogue.rows[each.name].to_numpy()[space.rows_n], space.axes
    known_n = np.isfinite(score_n)
    if known_n.sum() < _EACH_MIN + 1:
        return None
    if each.weights == weights and len(each.moves) == space.latent:
        step_d, read_d, told = np.array(each.moves), np.array(each.reads), 1.0
        at_mean = float(axes.mean_d @ read_d) - each.zero
    else:
        step_d, told = moved_with(space.z_nd[known_n], score_n[known_n])
        read_d = inverse_dd @ step_d
        if not (own := float(read_d @ step_d)) > 0:
            return None
        read_d = read_d / own
        at_mean = float(score_n[known_n].mean() + (axes.mean_d - space.z_nd[known_n].mean(0)) @ read_d)
    alone_a = np.abs(axes.cosines(step_d))
    best = int(alone_a.argmax()) if len(alone_a) else 0
    return NamedDimension(
        each.name,
        each.low,
        each.high,
        step_d.tolist(),
        read_d.tolist(),
        at_mean,
        told >= DRAWN_LEAST,
        each.words,
        best + 1 if len(alone_a) and alone_a[best] > _SAME_DIRECTION else 0,
    )
