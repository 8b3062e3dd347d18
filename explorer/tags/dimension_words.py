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
_TAIL = 0.1  # of the products at either end of a dimension, of whose values the ends are named


@dataclass(frozen=True)
class Told:
    """The attributes that a dimension tells, the one that explains most first, and how much of its spread (0 to 1)."""

    attributes: tuple[tuple[str, float], ...] = ()
    ends: tuple[str, str] = ("", "")  # what the first is like where a dimension begins and ends; "" = not known

    @property
    def words(self) -> str:
        """ "mostly silhouette and line", "mostly upper colour, a little sole height"; "" where nothing is told"""
        small = [(small_title(title), share) for title, share in self.attributes]
        mostly = " and ".join(title for title, share in small if share >= _MOSTLY)
        little = " and ".join(title for title, share in small if share < _MOSTLY)
        return ", ".join([*([f"mostly {mostly}"] if mostly else []), *([f"a little {little}"] if little else [])])

    @property
    def proposed(self) -> str:
        """A name for it, where one attribute explains most; "" else."""
        title, share = self.attributes[0] if self.attributes else ("", 0.0)
        return f"{small_title(title)} by looks" if share >= _MOSTLY else ""


@dataclass(frozen=True)
class Shares:
    """What attributes explain of the spread along each dimension of a model, 0 to 1."""

    titles: tuple[str, ...]
    share_va: np.ndarray


@dataclass(frozen=True)
class Given:
    """What an attribute says of some products: numbers, NaN where it is not given; or groups, -1 there."""

    number_m: np.ndarray | None = None
    group_m: np.ndarray | None = None
    values: tuple[str, ...] = ()  # of the groups
    ends: tuple[str, str] = ("low", "high")  # what numbers are called at either end


def small_title(title: str) -> str:
    """Within a sentence: "sole height"; "SKU" stays."""
    return title if title[:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def told_by_dimensions(lab: Lab, model: str) -> list[Told]:
    """Of each dimension of a model, in the order of its sliders. A second for 30 attributes, once for a catalogue."""
    return _all_told(lab, model)[1]


def attribute_shares(lab: Lab, model: str) -> Shares:
    """All attributes that came with the catalogue and all dimensions; from the same work."""
    return _all_told(lab, model)[0]


def given(catalogue: Catalogue, name: str, rows_m: np.ndarray) -> Given | None:
    """What an attribute says of these products; None for what is neither numbers, days nor a few words, or is given for
    too few.
    """
    column, ends = catalogue.rows[name].take(pa.array(rows_m)).combine_chunks(), ("low", "high")
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column, ends = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()), ("earlier", "later")
    if pa.types.is_boolean(column.type):
        column, ends = column.cast(pa.int8()), ("no", "yes")
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        number_m = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)  # serial numbers are rounded
        known_m = np.isfinite(number_m)
        if known_m.sum() < _GIVEN_MIN or np.ptp(number_m[known_m] / 2) == 0:
            return None
        largest = max(1.0, np.abs(number_m[known_m]).max())  # squares of the largest are infinite
        return Given(number_m=np.where(known_m, number_m / largest, np.nan), ends=ends)
    if not pa.types.is_string(column.type):
        return None
    coded = pc.dictionary_encode(column)
    group_m = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    count = len(coded.dictionary)
    if not 2 <= count <= _VALUES_MAX or (group_m >= 0).sum() < _GIVEN_MIN * count:
        return None
    return Given(group_m=group_m, values=tuple(coded.dictionary.to_pylist()))


def _all_told(lab: Lab, model: str) -> tuple[Shares, list[Told]]:
    catalogue, space = lab.catalogue(), lab.space(model)

    def make() -> tuple[Shares, list[Told]]:
        some = np.linspace(0, len(space.z_nd) - 1, min(len(space.z_nd), _LOOKED_AT)).astype(np.int64)
        value_ma = space.axes.values(space.z_nd[some])
        names = catalogue.imported_attributes
        said = [given(catalogue, name, space.rows_n[some]) for name in names]
        share_va = np.array([_explained(each, value_ma) for each in said])
        titles = attribute_titles(names)
        shares = Shares(tuple(titles[name] for name in names), share_va)
        return shares, [_told(shares, said, value_ma, a) for a in range(len(space.axes))]

    if not catalogue.imported_attributes or not len(space.z_nd) or not len(space.axes):
        count = len(space.axes) if len(space.z_nd) else 0
        return Shares((), np.zeros((0, count))), [Told()] * count
    return lab.cache.get_or_make(("told by dimensions", catalogue.version, space), make, max_size=4)


def _told(shares: Shares, said: list[Given | None], value_ma: np.ndarray, a: int) -> Told:
    share_v = shares.share_va[:, a]
    best = [int(v) for v in np.argsort(-share_v)[:_SAID] if share_v[v] >= _A_LITTLE]
    found, first = tuple((shares.titles[v], float(share_v[v])) for v in best), said[best[0]] if best else None
    return Told(found, _ends(first, value_ma[:, a]) if first is not None and found[0][1] >= _MOSTLY else ("", ""))


def _ends(said: Given, value_m: np.ndarray) -> tuple[str, str]:
    """What products have at either end of a dimension: "low" or "high" numbers, "earlier" days, or the value that is
    more frequent there than elsewhere by most.
    """
    if said.number_m is not None:
        known_m = np.isfinite(said.number_m)
        rises = float(np.corrcoef(said.number_m[known_m], value_m[known_m])[0, 1]) >= 0
        return said.ends if rises else said.ends[::-1]
    assert said.group_m is not None
    group_m, count = said.group_m, len(said.values)
    low, high = np.quantile(value_m, [_TAIL, 1 - _TAIL])
    known_m = group_m >= 0

    def share(of_m: np.ndarray) -> np.ndarray:
        found_g = np.bincount(group_m[known_m & of_m], minlength=count)
        return np.asarray(found_g / max(1, found_g.sum()))

    usual_g = share(known_m)
    ends = [said.values[int((share(of_m) - usual_g).argmax())] for of_m in (value_m <= low, value_m >= high)]
    return (ends[0], ends[1]) if ends[0] != ends[1] else ("", "")


def _explained(said: Given | None, value_ma: np.ndarray) -> np.ndarray:
    """(A,) the share of the variance along each dimension that an attribute explains: of numbers the squared
    correlation, of words the correlation ratio, less what chance gives.
    """
    if said is None:
        return np.zeros(value_ma.shape[1])
    if said.number_m is not None:
        known_m = np.isfinite(said.number_m)
        return float(known_m.mean()) * _squared_correlation(said.number_m[known_m], value_ma[known_m])
    assert said.group_m is not None
    known_m = said.group_m >= 0
    return float(known_m.mean()) * _correlation_ratio(said.group_m[known_m], value_ma[known_m], len(said.values))


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
