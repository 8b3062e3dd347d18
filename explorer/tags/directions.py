"""Directions besides dimensions: those in which codes spread most, and those from products of one value of an
attribute to products of another. Each with how like it the most similar dimension is, and how far apart it leaves
products that it was not learnt from, beside what random groups give.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.scores import read_off
from looks_like.explorer.core import Lab, Space, attribute_titles
from looks_like.explorer.errors import RequestError
from looks_like.explorer.tags.dimension_words import Given, given, small_title
from looks_like.model.errors import ModelError
from looks_like.model.geometry import apart_by_chance, held_out_apart, principal_directions, scaled

SPREAD, ATTRIBUTE = "spread", "attribute"
_SPREADS = 5
_SIZES = (
    20,
    30,
    50,
    100,
    200,
    300,
    500,
)  # products at either end of an attribute's
_PAIRS_OF = 6  # most frequent values, of which the two that lie furthest apart are taken
_DRAWS = 10  # random pairs of groups
_KEY_MAX = 300
_ORDINALS = ("most", "second most", "third most", "fourth most", "fifth most")  # as many as _SPREADS


@dataclass(frozen=True)
class Direction:
    """A way through the codes of a model. Its slider moves in points: nine of ten products lie between 0 and 100."""

    key: str  # as in addresses: "spread 1", "attribute brand"
    kind: str  # SPREAD or ATTRIBUTE
    title: str
    low: str
    high: str
    words: str  # how it was found
    step_d: list[float]  # what one point adds to a code
    read_d: list[float]  # times (code - mean of the axes): points beyond those of that mean
    at_mean: float
    dimension: int  # that is most like it; 0 = the model has none
    alignment: float  # cosine with it, in deviations, -1 to 1
    strength: float  # ATTRIBUTE: Cohen's d of products that it was not learnt from. SPREAD: share of all variance
    by_chance: float  # the same of random groups; of a direction that is like all others
    rows: tuple[np.ndarray, ...] = field(default=(), repr=False, compare=False)  # ATTRIBUTE: of both ends

    @property
    def times(self) -> float:
        """How many times what chance gives."""
        return max(0.0, self.strength) / self.by_chance if self.by_chance > 0 else 0.0

    @property
    def right(self) -> float:
        """ATTRIBUTE: the share of products, not learnt from, that are on the side of their group; by d, of two normal
        distributions of one width.
        """
        return 0.5 * (1 + math.erf(self.strength / (2 * math.sqrt(2))))


def proposed_directions(lab: Lab, model: str) -> list[Direction]:
    """The widest, then those of attributes, the ones that tell groups apart best first. Some seconds for 20 attributes,
    once for a catalogue and a model. ModelError for a model that can't draw, or that has no codes.
    """
    catalogue, space = lab.catalogue(), lab.space(model)
    space.require_decoder()
    space.require_codes()

    def make() -> list[Direction]:
        inverse_dd = np.linalg.pinv(np.atleast_2d(np.cov(space.z_nd.astype(np.float64).T)), hermitian=True)
        told = sorted(_of_attributes(lab, catalogue, space, inverse_dd), key=lambda each: -each.times)
        return [*_spreads(space, inverse_dd), *told]

    return list(lab.cache.get_or_make(("directions", catalogue.version, space), make, max_size=4))


def proposed_direction(lab: Lab, model: str, key: str) -> Direction:
    """The one of that key. RequestError for none."""
    for each in proposed_directions(lab, model):
        if each.key == key:
            return each
    raise RequestError(f"model {model!r} has no direction {key[:60]!r}: looks-like attribute propose lists them")


def _spreads(space: Space, inverse_dd: np.ndarray) -> Iterator[Direction]:
    steps_kd, share_k = principal_directions(space.z_nd, _SPREADS)
    for k, (step_d, share) in enumerate(zip(steps_kd, share_k.tolist(), strict=True)):
        words = f"the direction in which codes spread {_ORDINALS[k]}"
        made = partial(Direction, f"{SPREAD} {k + 1}", SPREAD, f"widest {k + 1}", "low", "high", words)
        slider = _slider(space, step_d, inverse_dd)
        if slider is not None:
            yield made(*slider, share, 1 / len(space.axes) if len(space.axes) else 0.0)


def _of_attributes(lab: Lab, catalogue: Catalogue, space: Space, inverse_dd: np.ndarray) -> Iterator[Direction]:
    names = catalogue.imported_attributes
    titles = attribute_titles(names)
    for name in names:
        said = given(catalogue, name, space.rows_n)
        ends = _ends(said, space.z_nd) if said is not None else None
        if ends is None:
            continue
        (low, at_low), (high, at_high) = ends
        size = max(each for each in _SIZES if each <= min(len(at_low), len(at_high)))
        z_md = space.z_nd[np.concatenate([_drawn(at_low, size), _drawn(at_high, size)])]
        high_m = np.arange(2 * size) >= size
        slider = _slider(space, z_md[high_m].mean(0) - z_md[~high_m].mean(0), inverse_dd)
        if slider is None:
            continue
        title = small_title(titles[name])
        words = f"from {len(at_low):,} products ({title}: {low}) to {len(at_high):,} ({high})"
        rows = (space.rows_n[at_low], space.rows_n[at_high])
        key, strength = f"{ATTRIBUTE} {name}"[:_KEY_MAX], held_out_apart(z_md, high_m)
        by_chance = _by_chance(lab, space, size)
        yield Direction(key, ATTRIBUTE, title, low, high, words, *slider, strength, by_chance, rows)


def _ends(said: Given, z_nd: np.ndarray) -> tuple[tuple[str, np.ndarray], tuple[str, np.ndarray]] | None:
    """((what the low end is called, positions of its products), the same of the high one): the lowest against the
    highest third, or the two of the most frequent values whose codes' means are furthest apart.
    """
    if said.number_m is not None:
        known = np.flatnonzero(np.isfinite(said.number_m))
        low, high = np.quantile(said.number_m[known], [1 / 3, 2 / 3])
        parts = [known[said.number_m[known] <= low], known[said.number_m[known] >= high]]
        if low == high:  # most are alike: those that are not
            parts = [known[said.number_m[known] < high], known[said.number_m[known] > low]]
            parts = [part if len(part) else known[said.number_m[known] == low] for part in parts]
        found = list(zip(said.ends, parts, strict=True))
    else:
        assert said.group_m is not None
        size_g = np.bincount(said.group_m[said.group_m >= 0], minlength=len(said.values))
        often = [int(g) for g in np.argsort(-size_g, kind="stable")[:_PAIRS_OF] if size_g[g] >= _SIZES[0]]
        if len(often) < 2:
            return None
        mean_gd = np.stack([z_nd[said.group_m == g].mean(0) for g in often])
        far_gg = np.linalg.norm((mean_gd[:, None] - mean_gd[None]) / z_nd.std(0).clip(1e-9), axis=-1)
        one, other = np.unravel_index(int(far_gg.argmax()), far_gg.shape)
        pair = (often[int(one)], often[int(other)])
        found = [(said.values[g], np.flatnonzero(said.group_m == g)) for g in pair]
    return (found[0], found[1]) if min(len(part) for _, part in found) >= _SIZES[0] else None


def _by_chance(lab: Lab, space: Space, size: int) -> float:
    """Kept by size: many attributes have the same."""
    key = ("apart by chance", space, size)
    return lab.cache.get_or_make(key, lambda: apart_by_chance(space.z_nd, size, size, _DRAWS), max_size=64)


def _slider(
    space: Space, step_d: np.ndarray, inverse_dd: np.ndarray
) -> tuple[list[float], list[float], float, int, float] | None:
    """-> (step_d, read_d, at_mean, dimension, alignment) of a Direction; None where products are alike along it.

    It is read by the inverse covariance of all codes times the step (Fisher 1936), so that what merely goes with it on
    other ways is left out.
    """
    read_d = inverse_dd @ np.asarray(step_d, np.float64)
    along = float(read_d @ step_d)
    if not along > 0:
        return None
    read_d = read_d / along
    try:
        factor, zero = scaled(read_off(space.z_nd, read_d))
    except ModelError:
        return None
    cosine_a = space.axes.cosines(step_d)
    best = int(np.abs(cosine_a).argmax()) if len(cosine_a) else -1
    at_mean = factor * float(space.axes.mean_d @ read_d) - zero
    like = (best + 1, float(cosine_a[best])) if best >= 0 else (0, 0.0)
    return (np.asarray(step_d) / factor).tolist(), (factor * read_d).tolist(), at_mean, *like


def _drawn(at_m: np.ndarray, size: int) -> np.ndarray:
    """So many, evenly."""
    return at_m[np.linspace(0, len(at_m) - 1, size).astype(np.int64)]
