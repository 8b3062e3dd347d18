"""The map: points that can be panned, zoomed, hovered and chosen. Points, colours and cards reach it over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from explorer.colours import Colouring
from explorer.lab import Item, MapView
from explorer.widgets import browser_widget

_widget = browser_widget("latent_map")


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
) -> str | None:
    """`version`: of the catalogue; `place`: "x,y,zoom" of a link, or "". -> the id of the product to start from."""
    card, shown = view.card, len(view.xy_n2) - view.missing

    def told(event: str, tell: Callable[[Any], None]) -> Callable[[], None]:
        return lambda: tell(st.session_state[key][event]) if st.session_state[key][event] is not None else None

    result = _widget(
        key=key,
        data={
            "points": "/api/map?" + urlencode({"model": card.model, "name": card.name, "v": view.tag}),
            "colours": "/api/colours?" + urlencode({"by": colouring.title, "v": version}),
            "place": f"{card.model}/{card.name}",
            "title": f"Map of {shown:,} products: the closer, the more alike.",
            "shown": shown,
            "version": version,
            "by": colouring.title,
            "palette": colouring.palette,
            "legend": [asdict(entry) for entry in colouring.legend],
            "low": colouring.low,
            "high": colouring.high,
            "missing": colouring.missing,
            "anchors": {slot: {"row": item.row, "id": item.product_id} for slot, item in anchors.items() if item},
            "view": _view(place),
        },
        on_anchor_change=told("anchor", lambda chosen: on_anchor(str(chosen["slot"]), str(chosen["id"]))),
        on_view_change=told("view", lambda text: on_view(str(text))),
        on_start_change=lambda: None,
    )
    return str(result.start) if result.start else None


def _view(place: str) -> dict[str, float] | None:
    """None for what is not three numbers: a link may hold anything."""
    try:
        x, y, zoom = (float(part) for part in place.split(","))
    except ValueError:
        return None
    sane = abs(x) <= 2 and abs(y) <= 2 and 0.1 <= zoom <= 1000
    return {"x": x, "y": y, "zoom": zoom} if sane else None
