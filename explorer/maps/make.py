"""Maps are made, and made again over the one that was there."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from looks_like.data.maps import PLACED_WITH_IT, Map, MapCard, read_map, write_map
from looks_like.data.workspace import checked_name
from looks_like.explorer.core import Lab, checked_seed, map_view
from looks_like.explorer.maps import layout
from looks_like.explorer.maps.growing.placing import place_missing

ALL_MAX, SAMPLE = 200_000, 100_000  # pictures; to compare a million with each other would take an hour and more


@dataclass(frozen=True)
class MapRequest:
    """Which map to make; without `measure` what it keeps is left open, a second's work at 30,000.

    `sample`: lay so many pictures out, and place all others among them; 0 = all. What a map takes then follows from the
    sample, and little more from the catalogue. Unless said 100,000 of more than 200,000, where the method compares each
    with each.
    """

    method: str
    name: str
    seed: int = 0
    measure: bool = True
    sample: int | None = None


def make_map(
    lab: Lab,
    model: str,
    request: MapRequest,
    progress: Callable[[float], None] = lambda share: None,
    *,
    before: Map | None = None,
) -> MapCard:
    """Lays out all codes of a model and keeps the map, in the place of one of that name.

    Copies of one picture are laid out as one and lie at one place: each by itself, they would push all others aside.

    `before`: a map that regions shall keep their place of.
    CatalogueError for an impossible name, ModelError for an unknown method or too few codes.
    """
    space, catalogue = lab.space(model), lab.catalogue()
    method, name, seed = request.method, request.name, request.seed
    checked_name(name, "map")
    checked_seed(seed)
    space.require_codes()
    started = time.perf_counter()
    one = _sampled(space.one_of_each, request)
    old_u2 = None if before is None else map_view(before, catalogue).xy_n2[space.rows_n[one]]
    resume = before is not None and before.card.method == method
    if len(one) == 1 < len(space.z_nd):  # there is one picture, so there is one place
        laid = layout.MapLayout(np.zeros((1, 2), np.float32), None)
    else:
        laid = layout.fit_layout(method, space.z_nd[one], seed, progress, old_u2, resume=resume)
    at_n = np.full(len(space.one_of_each), -1)  # of each picture, its place among those laid out
    at_n[space.picture_n[one]] = np.arange(len(one))
    laid_n = np.flatnonzero(at_n[space.picture_n] >= 0)
    rows_n, xy_n2 = space.rows_n[laid_n], laid.xy_n2[at_n[space.picture_n[laid_n]]]
    card = MapCard(
        model=space.card.name,
        name=name,
        method=method,
        seed=seed,
        catalogue_version=catalogue.version,
        weights=lab.weights(space.card.name),
        made=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        seconds=round(time.perf_counter() - started, 1),
        since="" if before is None else before.card.since or before.card.made,
        moved=None if laid.moved is None else round(laid.moved, 4),
        sample=len(one) if len(one) < len(space.one_of_each) else 0,
        lonely=layout.lonely(space.z_nd[one]),
        **(asdict(layout.quality(space.z_nd[one], laid.xy_n2)) if request.measure else {}),
    )
    ids, digests = (np.array(column, dtype=object) for column in (catalogue.product_ids, catalogue.sha256))
    with lab.workspace.write_lock(f"map {name}"):
        write_map(lab.workspace, card, [*ids[rows_n]], xy_n2, [*digests[rows_n]])
        if card.sample:
            place_missing(lab, card, PLACED_WITH_IT)
    return card


def _sampled(one_u: np.ndarray, request: MapRequest) -> np.ndarray:
    """Of these codes, one of each picture, those that are laid out, in order."""
    sample = request.sample
    if sample is None:
        sample = SAMPLE if layout.compares_all(request.method) and len(one_u) > ALL_MAX else 0
    if not 0 < sample < len(one_u):
        return one_u
    chosen = np.random.default_rng(request.seed).choice(one_u, sample, replace=False)
    return np.sort(chosen)


def refit(
    lab: Lab,
    model: str,
    name: str,
    method: str | None = None,
    seed: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> MapCard:
    """Lays all products out anew over the map of that name, which stays until the new one is written.

    `method` and `seed`: as they were, unless said. CatalogueError when there is no map of that name.
    """
    before = read_map(lab.workspace, model, checked_name(name, "map"))
    seed = before.card.seed if seed is None else seed
    all_on_purpose = not before.card.sample and before.card.products > ALL_MAX
    sample = 0 if all_on_purpose else before.card.sample or None
    request = MapRequest(method or before.card.method, name, seed, sample=sample)
    return make_map(lab, model, request, progress, before=before)
