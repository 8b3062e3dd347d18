"""How true a map is to the codes, product by product and as a whole, and how far it has fallen behind."""

from dataclasses import replace

import numpy as np

from looks_like.data.maps import MapCard, read_map, rewrite_card
from looks_like.explorer.core import KNN_GRAPH_MAX, Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps import layout
from looks_like.explorer.maps.layout import Staleness


def staleness(lab: Lab, model: str, name: str) -> Staleness:
    """How far a map has fallen behind; from at most 1,000 products placed later and 1,000 others."""
    view = lab.map_view(model, name)

    def make() -> Staleness:
        rows_n, one_n, z_nd = _mapped(lab, model, name)
        missing = len(lab.space(model).rows_n) - len(rows_n)
        return layout.staleness(z_nd, view.xy_n2[rows_n], view.placed_n[rows_n], view.far_n[rows_n], missing, one_n)

    return lab.cache.get_or_make(("drift", model, name, view.etag, len(lab.space(model).rows_n)), make)


def map_recall_ready(lab: Lab, model: str) -> bool:
    """Whether `map_recall` answers at once; if not, what it needs is being found from now on. Ask again."""
    space = lab.space(model)
    space.require_codes()
    return len(space.z_nd) > KNN_GRAPH_MAX or space.knn.all_ready()


def map_recall(lab: Lab, model: str, name: str) -> np.ndarray:
    """float32 (N,) by row: the share of a product's 10 most alike that are its 10 nearest on the map.

    NaN where it has no code or no place. Some tenths of a second for 30,000 once `map_recall_ready`; RequestError
    for more products than that is done for.
    """
    view, space = lab.map_view(model, name), lab.space(model)
    if len(space.z_nd) > KNN_GRAPH_MAX:
        raise RequestError(f"a map of more than {KNN_GRAPH_MAX:,} products can't be coloured by how true it is")
    space.require_codes()

    def make() -> np.ndarray:
        xy_n2, kept_n = view.xy_n2[space.rows_n], np.full(len(view.xy_n2), np.nan, np.float32)
        shown_n, one_n = np.isfinite(xy_n2).all(1), np.zeros(len(xy_n2), bool)
        one = space.one_of_each_among(np.flatnonzero(shown_n))
        one_n[one] = True  # of copies, which lie on each other, none would have room for another product near it
        recall_n = layout.local_recall(space.z_nd, xy_n2, one_n, space.knn.all_of())
        recall_u = np.full(len(space.one_of_each), np.nan, np.float32)
        recall_u[space.picture_n[one]] = recall_n[one]
        kept_n[space.rows_n] = np.where(shown_n, recall_u[space.picture_n], np.nan)
        kept_n.flags.writeable = False
        return kept_n

    return lab.cache.get_or_make(("truth", model, name, view.etag, space), make, max_size=8)


def measured(lab: Lab, model: str, name: str) -> MapCard:
    """The card with what the map keeps; measured now for a map that was made before that was done."""
    view = lab.map_view(model, name)
    if view.card.measured_on:
        return view.card

    def make() -> MapCard:
        rows_n, one_n, z_nd = _mapped(lab, model, name)
        found = layout.quality(z_nd[one_n], view.xy_n2[rows_n[one_n]])
        return replace(
            view.card,
            trustworthiness=found.trustworthiness,
            neighbours_kept=found.neighbours_kept,
            measured_on=found.measured_on,
        )

    return lab.cache.get_or_make(("measured", model, name, view.etag), make)


def measure(lab: Lab, model: str, name: str) -> MapCard:
    """The same, and kept with the map."""
    card = measured(lab, model, name)
    with lab.workspace.write_lock(f"measures of map {name}"):
        found = read_map(lab.workspace, model, name)
        if found.card.made == card.made and not found.card.measured_on:
            rewrite_card(lab.workspace, found, card)
    return card


def map_quality(lab: Lab, model: str, name: str) -> str:
    """One sentence for people on what a map keeps; "" where there are too few products to say."""
    card = measured(lab, model, name)
    said = layout.quality_words(card.trustworthiness, card.neighbours_kept, card.sample or card.products)
    return f"Among those that were laid out together: {said[:1].lower()}{said[1:]}" if card.sample and said else said


def _mapped(lab: Lab, model: str, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (rows of the catalogue that have a code and a place, bool: of copies the first, their codes)"""
    space, view = lab.space(model), lab.map_view(model, name)
    shown = np.flatnonzero(np.isfinite(view.xy_n2[space.rows_n]).all(1))
    return space.rows_n[shown], np.isin(shown, space.one_of_each_among(shown)), space.z_nd[shown]
