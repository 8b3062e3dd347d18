"""Plays a path: decoded step beside its nearest real product and its place on the map, scrubbed in the page, with a
filmstrip, what was measured step by step, and downloads.
"""

from looks_like.explorer.interfaces.widgets import browser_widget
from looks_like.explorer.paths import SHAPES, PathRequest

_widget = browser_widget("path_player")


def show(request: PathRequest, on_map: str, etag: str, key: str) -> str | None:
    """`on_map`: the name of a map of the model, "" = none, and its version. -> the curve that was just chosen."""
    data = {"request": request.to_query(), "name": request.slug(), "shapes": SHAPES, "map": on_map, "etag": etag}
    result = _widget(data=data, key=key, on_curve_change=lambda: None)
    return str(result.curve) if result.curve else None
