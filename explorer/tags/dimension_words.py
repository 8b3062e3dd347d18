"""What a dimension tells, in words: the attributes of products that go with it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab, attribute_titles

_LOOKED_AT = 5000  # products, evenly drawn
_VALUES_MAX = 100  # of an attribute of words: more are names
_MOSTLY, _A_LITTLE = 0.25, 0.06  # of the spread along a dimension, what an attribute explains
_SAID = 2  # attributes
_GIVEN_MIN = 10  # products with a value; of words, with each


@dataclass(frozen=True)
class Told:
    """The attributes that a dimension tells, the one that explains most first, and how much of its spread (0 to 1)."""

    attributes: tuple[tuple[str, float], ...] = ()

    @property
    def words(self) -> str:
        """ "mostly silhouette and line", "mostly upper colour, a little sole height"; "" where nothing is told"""
        small = [(f"{title[:1].lower()}{title[1:]}", share) for title, share in self.attributes]
        mostly = " and ".join(title for title, share in small if share >= _MOSTLY)
        little = " and ".join(title for title, share in small if share < _MOSTLY)
        return ", ".join([*([f"mostly {mostly}"] if mostly else []), *([f"a little {little}"] if little else [])])

    @property
    def proposed(self) -> str:
        """A name for it, where one attribute explains most; "" else."""
        title, share = self.attributes[0] if self.attributes else ("", 0.0)
        return f"{title[:1].lower()}{title[1:]} by looks" if share >= _MOSTLY else ""


def told_by_dimensions(lab: Lab, model: str) -> list[Told]:
    """Of each dimension of a model, in the order of its sliders. A second for 30 attributes, once for a catalogue."""
    catalogue, space = lab.catalogue(), lab.space(model)

    def make() -> list[Told]:
        some = np.linspace(0, len(space.z_nd) - 1, min(len(space.z_nd), _LOOKED_AT)).astype(np.int64)
        value_ma = space.axes.values(space.z_nd[some])
        names = catalogue.imported_attributes
        shares_va = np.array([_explained(catalogue, name, space.rows_n[some], value_ma) for name in names])
        titles = attribute_titles(names)
        return [_told([titles[name] for name in names], shares_va[:, a]) for a in range(len(space.axes))]

    if not catalogue.imported_attributes or not len(space.z_nd):
        return [Told()] * len(space.axes)
    return lab.cache.get_or_make(("told by dimensions", catalogue.version, space), make, max_size=4)


def _told(titles: list[str], share_v: np.ndarray) -> Told:
    best = np.argsort(-share_v)[:_SAID]
    return Told(tuple((titles[v], float(share_v[v])) for v in best if share_v[v] >= _A_LITTLE))


def _explained(catalogue: Catalogue, name: str, rows_m: np.ndarray, value_ma: np.ndarray) -> np.ndarray:
    """(A,) the share of the variance along each dimension that an attribute explains: of numbers the squared
    correlation, of words the correlation ratio, less what chance gives.
    """
    column = catalogue.rows[name].take(pa.array(rows_m)).combine_chunks()
    nothing_a = np.zeros(value_ma.shape[1])
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        number_m = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)  # serial numbers are rounded
        given_m = np.isfinite(number_m)
        if given_m.sum() < _GIVEN_MIN or np.ptp(number_m[given_m] / 2) == 0:
            return nothing_a
        scaled_m = number_m[given_m] / max(1.0, np.abs(number_m[given_m]).max())  # squares of the largest are infinite
        return float(given_m.mean()) * _squared_correlation(scaled_m, value_ma[given_m])
    if not pa.types.is_string(column.type):
        return nothing_a
    coded = pc.dictionary_encode(column)
    group_m = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    given_m = group_m >= 0
    count = len(coded.dictionary)
    if not 2 <= count <= _VALUES_MAX or given_m.sum() < _GIVEN_MIN * count:
        return nothing_a
    return float(given_m.mean()) * _correlation_ratio(group_m[given_m], value_ma[given_m], count)


def _squared_correlation(number_m: np.ndarray, value_ma: np.ndarray) -> np.ndarray:
    away_m, away_ma = number_m - number_m.mean(), value_ma - value_ma.mean(0)
    spread_a = np.sqrt((away_m**2).sum() * (away_ma**2).sum(0))
    return np.asarray((np.divide(away_m @ away_ma, spread_a, out=np.zeros(len(spread_a)), where=spread_a > 0)) ** 2)


def _correlation_ratio(group_m: np.ndarray, value_ma: np.ndarray, count: int) -> np.ndarray:
    away_ma, size_g = value_ma - value_ma.mean(0), np.bincount(group_m, minlength=count)
    sum_ga = np.stack([np.bincount(group_m, away_a, minlength=count) for away_a in away_ma.T], 1)
    between_a = (sum_ga**2 / np.maximum(size_g, 1)[:, None]).sum(0)
    all_a = (away_ma**2).sum(0)
    within_a = 1 - np.divide(between_a, all_a, out=np.zeros(len(all_a)), where=all_a > 0)
    return np.asarray(np.clip(1 - within_a * (len(group_m) - 1) / max(1, len(group_m) - count), 0, 1))
