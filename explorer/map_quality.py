"""How true a map is to the codes, product by product and as a whole, and how far it has fallen behind."""

from dataclasses import replace

import numpy as np

from data.maps import MapCard, read_map, rewrite_card
from explorer import layout
from explorer.lab import Lab
from explorer.layout import Drift


def drift(lab: Lab, model: str, name: str) -> Drift:
    """How far a map has fallen behind; from at most 1,000 products placed later and 1,000 others."""
    view = lab.map_view(model, name)

    def make() -> Drift:
        rows_n, z_nd = _mapped(lab, model, name)
        missing = len(lab.space(model).rows_n) - len(rows_n)
        return layout.drift(z_nd, view.xy_n2[rows_n], view.placed_n[rows_n], view.far_n[rows_n], missing)

    return lab.once_aside(("drift", model, name, view.tag, len(lab.space(model).rows_n)), make)


def map_truth(lab: Lab, model: str, name: str) -> np.ndarray:
    """float32 (N,) by row: the share of a product's 10 most alike that are its 10 nearest on the map.

    NaN where it has no code or no place. Computed when it is first asked for: seconds for 30,000.
    """
    view = lab.map_view(model, name)

    def make() -> np.ndarray:
        rows_n, z_nd = _mapped(lab, model, name)
        kept_n = np.full(len(view.xy_n2), np.nan, np.float32)
        kept_n[rows_n] = layout.truth(z_nd, view.xy_n2[rows_n])
        kept_n.flags.writeable = False
        return kept_n

    return lab.once_aside(("truth", model, name, view.tag), make)


def measured(lab: Lab, model: str, name: str) -> MapCard:
    """The card with what the map keeps; measured now for a map that was made before that was done."""
    view = lab.map_view(model, name)
    if view.card.measured_on:
        return view.card

    def make() -> MapCard:
        rows_n, z_nd = _mapped(lab, model, name)
        found = layout.quality(z_nd, view.xy_n2[rows_n])
        return replace(
            view.card,
            trustworthiness=found.trustworthiness,
            neighbours_kept=found.neighbours_kept,
            measured_on=found.measured_on,
        )

    return lab.once_aside(("measured", model, name, view.tag), make)


def measure(lab: Lab, model: str, name: str) -> MapCard:
    """The same, and kept with the map."""
    card = measured(lab, model, name)
    with lab.workspace.writing(f"measures of map {name}"):
        found = read_map(lab.workspace, model, name)
        if found.card.made == card.made and not found.card.measured_on:
            rewrite_card(lab.workspace, found, card)
    return card


def map_quality(lab: Lab, model: str, name: str) -> str:
    """One sentence for people on what a map keeps; "" where there are too few products to say."""
    card = measured(lab, model, name)
    return layout.quality_words(card.trustworthiness, card.neighbours_kept, card.products)


def _mapped(lab: Lab, model: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """-> (rows of the catalogue that have a code and a place, their codes)"""
    space, view = lab.space(model), lab.map_view(model, name)
    shown_n = np.isfinite(view.xy_n2[space.rows_n]).all(1)
    return space.rows_n[shown_n], space.z_nd[shown_n]
