"""A grid of decoded pictures, each with its nearest real product, and the PNG of it."""

from looks_like.explorer.interfaces.widgets import browser_widget
from looks_like.explorer.paths import GridRequest

_widget = browser_widget("path_player/grid")


def show(request: GridRequest, key: str) -> None:
    _widget(data={"request": request.to_query()}, key=key)
