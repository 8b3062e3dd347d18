"""The map: points that can be panned, zoomed, hovered and chosen, one or many.

Points, colours, masks, small pictures and products reach it over HTTP; what was chosen comes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from looks_like.explorer.core import Colouring, Item, MapView
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("latent_map")
STEPS_MAX = 6000  # characters of a recipe


def show(
    view: MapView,
    colouring: Colouring,
    version: int,
    anchors: Mapping[str, Item | None],
    place: str,
    *,
    on_anchor: Callable[[str, str], None],
    on_view: Callable[[str], None],
    key: str,
    selection_url: str = "",
    steps: str = "",
    on_steps: Callable[[str], None] = lambda text: None,
    shown_url: str = "",
    hide: bool = False,
    clusters_url: str = "",
    pictures: str = "",
    pin: int = -1,
    on_pinned: Callable[[], None] = lambda: None,
) -> str | None:
    """-> the id of the product to start from, right after that was asked for.

    `version`: of the catalogue; `place`: "x,y,zoom" of a link, or "".
    `selection_url`: answers `…&steps=<JSON>` with the mask of those products (a bit a row, least first) and their
    number in the header x-count; "" = nothing can be selected. `steps`: the recipe as JSON, or ""; it counts when it
    is another than last time. What is chosen on the map is drawn at once and goes to `on_steps`, "" when cleared.
    `shown_url`: the mask of the products that pass the filter, "" = all. `hide`: the others vanish instead of fading.
    `clusters_url`: a JSON list of {number, name, size, outline, at, hidden}, "" = none.
    `pictures`: the fingerprint of the map's atlases, "" = no pictures on the map.
    `pin`: the row of a product whose card is open when the map appears, -1 = none; `on_pinned` says that it was done.
    """
    card, placed = view.card, len(view.xy_n2) - view.missing

    def told(event: str, tell: Callable[[Any], None]) -> Callable[[], None]:
        return lambda: tell(st.session_state[key][event]) if st.session_state[key][event] is not None else None

    result = _widget(
        key=key,
        data={
            "points": "/api/map?" + urlencode({"model": card.model, "name": card.name, "v": view.tag}),
            "colours": f"/api/colours?{urlencode({'by': colouring.title, 'v': version})}&{colouring.of}",
            "attribute": not colouring.of,
            "place": f"{card.model}/{card.name}",
            "title": f"Map of {placed:,} products: the closer, the more alike.",
            "placed": placed,
            "version": version,
            "by": colouring.title,
            "palette": colouring.palette,
            "legend": [asdict(entry) for entry in colouring.legend],
            "low": colouring.low,
            "high": colouring.high,
            "missing": colouring.missing,
            "anchors": {slot: {"row": item.row, "id": item.product_id} for slot, item in anchors.items() if item},
            "view": _view(place),
            "selection": selection_url,
            "steps": steps if len(steps) <= STEPS_MAX else "",
            "shown": shown_url,
            "hide": hide,
            "clusters": clusters_url,
            "pin": pin,
            "atlas": _atlas(card.model, card.name, pictures) if pictures else None,
        },
        on_anchor_change=told("anchor", lambda chosen: on_anchor(str(chosen["slot"]), str(chosen["id"]))),
        on_view_change=told("view", lambda text: on_view(str(text))),
        on_steps_change=told("steps", lambda text: on_steps(str(text)[:STEPS_MAX])),
        on_start_change=lambda: None,
        on_pinned_change=on_pinned,
    )
    return str(result.start) if result.start else None


def _atlas(model: str, name: str, fingerprint: str) -> dict[str, str]:
    which = urlencode({"model": model, "map": name, "v": fingerprint})
    return {"order": f"/api/atlas/order?{which}", "page": f"/api/atlas/EDGE/PAGE?{which}"}


def _view(place: str) -> dict[str, float] | None:
    """None for what is not three numbers: a link may hold anything."""
    try:
        x, y, zoom = (float(part) for part in place.split(","))
    except ValueError:
        return None
    sane = abs(x) <= 2 and abs(y) <= 2 and 0.1 <= zoom <= 1000
    return {"x": x, "y": y, "zoom": zoom} if sane else None
