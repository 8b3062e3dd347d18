"""The map: points that can be panned, zoomed, hovered and chosen, one or many.

Points, colours, masks, small pictures and products reach it over HTTP; what was chosen comes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from looks_like.explorer.core import Colouring, MapView, Product
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import browser_widget
from looks_like.explorer.selecting import SELECTION_CHARACTERS_MAX, MapState

_widget = browser_widget("latent_map")


@dataclass(frozen=True, kw_only=True)
class MapContent:
    """All that the map draws. Versions stand in the addresses that it asks, so that what it keeps is never stale."""

    view: MapView
    colouring: Colouring
    state: MapState
    steps: str  # of the selection, as the browser wrote them: another spelling would look like another selection
    version: str  # of the catalogue, as `Lab.etag`
    clusters_version: str  # "" = no clusters
    sprites: str  # fingerprint of the map's sprite sheets; "" = no pictures on the map
    anchors: Mapping[str, Product | None]
    pin: int = -1  # row of the product whose card is open when the map appears, -1 = none


@dataclass(frozen=True, kw_only=True)
class MapEvents:
    """Who hears of what happens on the map."""

    on_anchor: Callable[[str, str], None]  # slot, product id
    on_viewport: Callable[[str], None]  # "x,y,zoom"
    on_steps: Callable[[str], None]  # the selection's steps as JSON, "" when cleared; drawn on the map already
    on_paint: Callable[[str, str], None]  # value, "#rrggbb"; "" and "": all values as they were
    on_pinned: Callable[[], None]  # the card of `pin` was opened


def show(content: MapContent, events: MapEvents, *, key: str) -> str | None:
    """-> the id of the product to start the sliders from, right after that was asked for."""

    def told(event: str, tell: Callable[[Any], None]) -> Callable[[], None]:
        return lambda: tell(said) if (said := session.control(key)[event]) is not None else None

    result = _widget(
        key=key,
        data=_data(content),
        on_anchor_change=told("anchor", lambda chosen: events.on_anchor(str(chosen["slot"]), str(chosen["id"]))),
        on_view_change=told("view", lambda text: events.on_viewport(str(text))),
        on_steps_change=told("steps", lambda text: events.on_steps(str(text)[:SELECTION_CHARACTERS_MAX])),
        on_paint_change=told("paint", lambda chosen: events.on_paint(str(chosen["value"]), str(chosen["colour"]))),
        on_start_change=lambda: None,
        on_pinned_change=events.on_pinned,
    )
    return str(result.start) if result.start else None


def _data(content: MapContent) -> dict[str, Any]:
    """What the browser is given: all it draws at once, and the addresses of all that it fetches."""
    view, state, colouring, card = content.view, content.state, content.colouring, content.view.card
    placed = view.products - view.missing
    return {
        **_addresses(content),
        "attribute": not colouring.of,
        "place": f"{card.model}/{card.name}",
        "title": f"Map of {placed:,} products: the closer, the more alike.",
        "placed": placed,
        "version": content.version,
        "by": colouring.title,
        "palette": colouring.palette,
        "painted": colouring.own,
        "legend": [asdict(entry) for entry in colouring.legend],
        "low": colouring.low,
        "high": colouring.high,
        "missing": colouring.missing,
        "anchors": {slot: {"row": item.row, "id": item.product_id} for slot, item in content.anchors.items() if item},
        "view": asdict(state.viewport) if state.viewport else None,
        "steps": content.steps if len(content.steps) <= SELECTION_CHARACTERS_MAX else "",
        "stepsMax": SELECTION_CHARACTERS_MAX,
        "hide": state.hide,
        "pin": content.pin,
    }


def _addresses(content: MapContent) -> dict[str, Any]:
    """`selection` answers `…&steps=<JSON>` with the mask of those products (a bit a row, least first) and their number
    in the header x-count; `shown` is the mask of who passes the filter, "" = all; `clusters` a JSON list of {number,
    name, size, outline, at, hidden}, "" = none; `atlas` the small pictures, None = none."""
    view, context, filter_text = content.view, content.state.selection.context, content.state.selection.filter.text()
    colouring, version, card = content.colouring, content.version, content.view.card
    clusters = {"model": context.model, "map": context.map, "name": context.clusters, "v": content.clusters_version}
    return {
        "points": "/api/map?" + urlencode({"model": card.model, "name": card.name, "v": view.etag}),
        "colours": f"/api/colours?{urlencode({'by': colouring.title, 'v': version})}&{colouring.of}",
        "selection": "/api/selection?" + urlencode({**context.to_query(), "v": version, "filter": filter_text}),
        "shown": "/api/shown?" + urlencode({"filter": filter_text, "v": version}) if filter_text else "",
        "clusters": "/api/clusters?" + urlencode(clusters) if content.clusters_version else "",
        "atlas": _atlas(card.model, card.name, content.sprites) if content.sprites else None,
    }


def _atlas(model: str, name: str, fingerprint: str) -> dict[str, str]:
    which = urlencode({"model": model, "map": name, "v": fingerprint})
    return {"order": f"/api/atlas/order?{which}", "page": f"/api/atlas/EDGE/PAGE?{which}"}
