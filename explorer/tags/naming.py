"""Naming what products differ in: a direction gets a word, a name for each end, and every product a score.

A direction is a dimension of a model, or leads from some products to others. Between products it is read from the fine
numbers of a look, where there is one: a model's code knows less of how products look (docs/visual-attributes.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from looks_like.data import visual_attributes as kept
from looks_like.data.embeddings import read_fine
from looks_like.data.visual_attributes import CODES, FINE, NamingEntry, NamingLog, VisualAttribute
from looks_like.explorer.core import Lab, Space
from looks_like.explorer.errors import RequestError
from looks_like.model.errors import ModelError
from looks_like.model.geometry import moved_with, read_between, scaled

_POINTS = 10  # of a score: by so much a slider moves
DRAWN_LEAST = 0.5  # correlation; below it a model's picture does not show what the word says
_EACH_MIN = 2  # products at either end
_SAME_DIRECTION = 0.999  # cosine, in deviations
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
    reads_d = sign * axes.reads_da[:, number - 1].astype(np.float64)
    reads_d, zero, factor = _on_scale(space.z_nd, reads_d)
    moves_d = sign * axes.steps_ad[number - 1] * _POINTS / factor
    found = VisualAttribute(
        **vars(ends),
        words=f"dimension {number} of model {model}",
        model=model,
        weights=lab.weights(model),
        reads=_numbers(reads_d),
        zero=zero,
        drawn_by=model,
        drawn_weights=lab.weights(model),
        moves=_numbers(moves_d),
        told=1.0,
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
    name, source = _read_of(lab, model)
    rows_n, x_nd, factor_d = _vectors(lab, name, source)
    at_low, at_high = (_drawn(np.flatnonzero(np.isin(rows_n, rows))) for rows in (rows_low, rows_high))
    if min(len(at_low), len(at_high)) < _EACH_MIN:
        raise RequestError(f"either end needs {_EACH_MIN} products at least that model {name!r} knows")
    learnt = np.concatenate([at_low, at_high])
    high_m = np.arange(len(learnt)) >= len(at_low)
    weights_d, right = read_between(x_nd[learnt] * factor_d, high_m)
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
    found = _drawable(lab, found, rows_n, _times(x_nd, reads_d) - zero, model)
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


def score_words(lab: Lab, name: str, score: float) -> str:
    """ "83, rather high" """
    each = visual_attributes(lab)[name]
    end = each.high if score >= 50 else each.low
    far = abs(score - 50)
    return f"{score:.0f}, {'very ' if far > 40 else '' if far > 20 else 'rather '}{end}" if far > 8 else f"{score:.0f}"


def _headers(lab: Lab) -> list[str]:
    return lab.catalogue().imported_attributes


def _read_of(lab: Lab, model: str | None) -> tuple[str, str]:
    """-> (model, what of it a score is read from)."""
    name = lab.model_name(model)
    if model is None:
        looks = [each for each in lab.models_to_show() if not lab.decodes(each) and lab.encodes(each)]
        name = looks[0] if looks else name
    return name, FINE if lab.net(name).fine and read_fine(lab.workspace, name) is not None else CODES


def _vectors(lab: Lab, model: str, source: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (rows (N,), vectors (N, D) as they lie in the store, (D,) what to multiply them with to be of one scale)."""
    space = lab.space(model)
    space.require_codes()
    if source == CODES:
        return space.rows_n, space.z_nd, np.ones(space.latent, np.float32)
    fine = read_fine(lab.workspace, model)
    assert fine is not None
    rows_n = lab.catalogue().rows_of(fine.product_ids)
    return rows_n[rows_n >= 0], fine.z_nd[rows_n >= 0], np.asarray(space.net.fine_steps)


def _drawn(at_m: np.ndarray) -> np.ndarray:
    """At most so many, evenly."""
    return at_m[np.linspace(0, len(at_m) - 1, min(len(at_m), _LEARNT_MAX)).astype(np.int64)] if len(at_m) else at_m


def _on_scale(x_nd: np.ndarray, reads_d: np.ndarray) -> tuple[np.ndarray, float, float]:
    """-> (reads by which scores go from 0 to 100, zero, what they were multiplied with)."""
    factor, zero = scaled(_times(x_nd, reads_d))
    return factor * reads_d, zero, factor


def _times(x_nd: np.ndarray, reads_d: np.ndarray, at_once: int = 65_536) -> np.ndarray:
    reads_d = np.asarray(reads_d, np.float32)
    return np.concatenate([x_nd[i : i + at_once].astype(np.float32) @ reads_d for i in range(0, len(x_nd), at_once)])


def _drawable(
    lab: Lab, found: VisualAttribute, rows_n: np.ndarray, score_n: np.ndarray, model: str | None
) -> VisualAttribute:
    """With how a model's code moves along it, where there is a model that can draw."""
    draws = [name for name in lab.models() if lab.decodes(name)]
    decoder = model if model in draws else next(iter(draws), None)
    if decoder is None:
        return found
    space = lab.space(decoder)
    at_n = space.positions(rows_n)
    if not len(at_n):
        return found
    score_of = dict(zip(rows_n.tolist(), score_n.tolist(), strict=True))
    scores_m = np.array([score_of[row] for row in space.rows_n[at_n].tolist()])
    step_d, told = moved_with(space.z_nd[at_n], scores_m)
    weights = lab.weights(decoder)
    return replace(found, drawn_by=decoder, drawn_weights=weights, moves=_numbers(_POINTS * step_d), told=told)


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
    at_mean: float  # points of the mean code
    drawn: bool  # whether the model's picture shows what the word says
    words: str  # how it was found
    dimension: int  # that it is, of this model; 0 = none


def named_dimensions(lab: Lab, model: str) -> list[NamedDimension]:
    """A slider for each visual attribute that products with a code of this model have a score of, by name."""
    catalogue, space = lab.catalogue(), lab.space(model)
    named = {name: each for name, each in visual_attributes(lab).items() if name in catalogue.visual}
    if not named or len(space.z_nd) < _EACH_MIN + 1:
        return []

    def make() -> list[NamedDimension]:
        covariance_dd = np.atleast_2d(np.cov(space.z_nd.astype(np.float64).T))
        inverse_dd = np.linalg.pinv(covariance_dd, hermitian=True)
        found = [_slider(lab, space, each, inverse_dd) for each in named.values()]
        return [each for each in found if each is not None]

    return list(lab.cache.get_or_make(("named dimensions", catalogue.as_of, space), make, max_size=4))


def _slider(lab: Lab, space: Space, each: VisualAttribute, inverse_dd: np.ndarray) -> NamedDimension | None:
    scores = lab.catalogue().rows[each.name].to_numpy()[space.rows_n]
    known_n = np.isfinite(scores)
    if known_n.sum() < _EACH_MIN + 1:
        return None
    if each.drawn_weights == lab.weights(space.card.name):
        step_d, told = np.asarray(each.moves, np.float64) / _POINTS, each.told
    else:
        step_d, told = moved_with(space.z_nd[known_n], scores[known_n])
    read_d = inverse_dd @ step_d
    reads_own = float(read_d @ step_d)
    if not reads_own > 0:
        return None
    axes = space.axes
    along_a = np.abs(step_d @ axes.reads_da) / max(float(np.linalg.norm(step_d @ axes.reads_da)), 1e-12)
    best = int(along_a.argmax()) if len(along_a) else 0
    return NamedDimension(
        each.name,
        each.low,
        each.high,
        [float(value) for value in step_d],
        [float(value) for value in read_d / reads_own],
        float(scores[known_n].mean()),
        told >= DRAWN_LEAST,
        each.words,
        best + 1 if len(along_a) and along_a[best] > _SAME_DIRECTION else 0,
    )
