"""Map layout on plain arrays: fit a map, place new products, measure quality and staleness, describe them."""

from dataclasses import dataclass

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.geometry import KnnArrays, NearestNeighbours, procrustes_align
from looks_like.model.maps import (
    METHODS,
    Placed,
    Progress,
    fit_map,
    lonely_distance,
    method,
    place_on_map,
    shows_clusters,
)
from looks_like.model.metrics.maps.knn_recall import knn_recall, knn_recall_per_product
from looks_like.model.metrics.maps.trustworthiness import trustworthiness

NEAREST = 10  # how many of a product's most alike are looked for around it
_MEASURED, _DRAWN = 3000, 1000  # products, at most
_OUTGROWN, _WORSE, _WORSE_BY, _STRANGE, _TELLING = 0.2, 0.8, 0.05, 0.1, 50


@dataclass(frozen=True)
class MapLayout:
    xy_n2: np.ndarray  # float32
    moved: float | None  # mean distance of the products that were there before; None without a map before


@dataclass(frozen=True)
class Quality:
    """None where there are too few products to say."""

    trustworthiness: float | None
    neighbours_kept: float | None  # of NEAREST, 0..1
    measured_on: int  # products


@dataclass(frozen=True)
class Staleness:
    """How outdated a map is: products placed later, missing ones, and how well both kinds are placed."""

    products: int  # that have a place
    placed: int  # of them, later
    missing: int  # products with a code and no place
    far: int  # like nothing on the map when they were placed
    kept_placed: float | None  # share of their NEAREST most alike that are their nearest on the map; None = too few
    kept_fitted: float | None  # the same of products that were laid out with the map
    refit_offered: bool

    def words(self) -> str:
        """One sentence, or two."""
        if not self.placed:
            return f"All {self.products:,} products were laid out together."
        share = 100 * self.placed / self.products
        said = f"{self.placed:,} of {self.products:,} products ({share:.2g} %) were placed after the map was made"
        if self.kept_placed is not None and self.kept_fitted is not None:
            said += (
                f": of the {NEAREST} most like each, {NEAREST * self.kept_placed:.1f} are among its {NEAREST} nearest "
                f"here; {NEAREST * self.kept_fitted:.1f} for the others"
            )
        said += f"; {self.far:,} are like nothing here." if self.far else "."
        return f"{said} A new layout would show them better." if self.refit_offered else said


def fit_layout(
    method: str, z_nd: np.ndarray, seed: int, progress: Progress, before_n2: np.ndarray | None, *, resume: bool
) -> MapLayout:
    """A map of codes (N, D); laid over the places of a map before it (N, 2), NaN for products that had none.

    `resume`: the map before it was of this method, so its places are also where this one starts.
    """
    if before_n2 is None or not np.isfinite(before_n2).any():
        return MapLayout(fit_map(method, z_nd, seed, progress), None)
    start_n2 = None
    if resume:
        start_n2, known_n = before_n2.copy(), np.isfinite(before_n2).all(1)
        start_n2[~known_n] = place_on_map(method, z_nd[known_n], before_n2[known_n], z_nd[~known_n]).xy_m2
    found = procrustes_align(fit_map(method, z_nd, seed, progress, start_n2), before_n2)
    return MapLayout(found.xy_n2, found.moved)


def place(method: str, z_nd: np.ndarray, xy_n2: np.ndarray, new_md: np.ndarray, lonely: float | None = None) -> Placed:
    """Places for new codes (M, D) on a map of codes (N, D) at (N, 2). ModelError for a map without products."""
    return place_on_map(method, z_nd, xy_n2, new_md, lonely)


def lonely(z_nd: np.ndarray) -> float:
    """Within it 99 of 100 products have another one, by their codes (N, D): what is far beyond is like none of them."""
    return lonely_distance(NearestNeighbours(z_nd))


def quality(z_nd: np.ndarray, xy_n2: np.ndarray) -> Quality:
    """Of a map of codes (N, D), on at most 3,000 products."""
    found: list[float | None] = []
    for measure, k in ((trustworthiness, 15), (knn_recall, NEAREST)):
        try:
            found.append(round(measure(z_nd, xy_n2, k=k, sample=_MEASURED).value, 4))
        except ModelError:  # too few
            found.append(None)
    return Quality(found[0], found[1], min(len(z_nd), _MEASURED))


def quality_words(trusted: float | None, kept: float | None, products: int) -> str:
    """What a map keeps, for people; "" where nothing was measured."""
    if trusted is None or kept is None:
        return ""
    chance = NEAREST * NEAREST / max(1, products - 1)
    return (
        f"Of the {NEAREST} products most like a product, {NEAREST * kept:.1f} are among its {NEAREST} nearest here "
        f"(by chance: {chance:.2g}). Trust in neighbours: {trusted:.2f} of 1."
    )


def local_recall(z_nd: np.ndarray, xy_n2: np.ndarray, shown_n: np.ndarray, near: KnnArrays) -> np.ndarray:
    """float32 (N,): per product, the share of its 10 nearest neighbours by code that are among its 10 nearest on
    the map (k-NN recall).

    Only those that are shown are compared; NaN for the others, and where there are too few. `near`: the nearest of all
    codes, NEAREST or more of each.
    """
    found_n, shown = np.full(len(z_nd), np.nan, np.float32), np.flatnonzero(shown_n)
    if len(shown) <= NEAREST:
        return found_n
    z_md, index_mk = z_nd[shown], near.index_nk[shown]
    there_mk = shown_n[index_mk]
    first_mk = np.argsort(~there_mk, axis=1, kind="stable")[:, :NEAREST]
    true_mk = (np.cumsum(shown_n) - 1)[np.take_along_axis(index_mk, first_mk, 1)]
    lacking = np.flatnonzero(there_mk.sum(1) < NEAREST)  # too many of their nearest are not on the map
    if len(lacking):
        true_mk[lacking] = NearestNeighbours(z_md).others(lacking, NEAREST).index_nk
    found_n[shown] = knn_recall_per_product(z_md, xy_n2[shown], NEAREST, true_mk=true_mk)
    return found_n


def staleness(
    z_nd: np.ndarray, xy_n2: np.ndarray, placed_n: np.ndarray, far_n: np.ndarray, missing: int, one_n: np.ndarray
) -> Staleness:
    """Of the products that have a place: codes (N, D), places (N, 2), who was placed later, who was far then;
    `one_n`: of copies of one picture the first, whose neighbours alone are compared.

    A new layout is offered when more than a fifth were placed later or miss a place; or when 50 or more were and they
    keep less than .8 of the neighbours that the others keep, and half of one less of 10, or if a tenth of them were
    like nothing on the map.
    """
    later, first = (
        _kept(z_nd[one_n], xy_n2[one_n], np.flatnonzero(who_n)) for who_n in (placed_n[one_n], ~placed_n[one_n])
    )
    placed, far = int(placed_n.sum()), int((far_n & placed_n).sum())
    outgrown = placed + missing > _OUTGROWN * (len(z_nd) + missing)
    worse = later is not None and first is not None and later < min(_WORSE * first, first - _WORSE_BY)
    telling = placed >= _TELLING and (worse or far > _STRANGE * placed)
    return Staleness(len(z_nd), placed, missing, far, later, first, outgrown or telling)


def _kept(z_nd: np.ndarray, xy_n2: np.ndarray, rows_m: np.ndarray) -> float | None:
    if not len(rows_m) or len(z_nd) <= NEAREST:
        return None
    if len(rows_m) > _DRAWN:
        rows_m = np.sort(np.random.default_rng(0).choice(rows_m, _DRAWN, replace=False))
    return float(knn_recall_per_product(z_nd, xy_n2, NEAREST, rows_m).mean())


def compares_all(method_name: str) -> bool:
    """Whether a method needs to know which codes are nearest to each. ModelError for an unknown one."""
    return method(method_name).NEEDS_GRAPH


def map_methods() -> tuple[str, ...]:
    """Their names."""
    return METHODS


def map_words(name: str) -> tuple[str, str]:
    """The title of a map method, and what it keeps in one sentence. ModelError for a method that there is not."""
    return method(name).TITLE, method(name).SENTENCE


def tells_little(of_method: str) -> bool:
    """Whether maps of a method show no clusters, so that any other is shown before them."""
    return shows_clusters(of_method) == 0


def map_title(name: str, of_method: str) -> str:
    """The title of a map's method, after the map's own name where that is another."""
    title = map_words(of_method)[0]
    return title if name == of_method else f"{name} ({title})"
