"""Plays a path: decoded step beside its nearest real product, scrubbed in the page, with a filmstrip and downloads."""

from looks_like.explorer.core import PathRequest
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("path_player")


def show(request: PathRequest, key: str) -> None:
    _widget(data={"request": request.to_query(), "name": request.slug()}, key=key)
