"""Plays a path: decoded step beside its nearest real product, scrubbed in the page, with a filmstrip and downloads."""

from looks_like.explorer.core import PathAsk
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("path_player")


def show(ask: PathAsk, key: str) -> None:
    _widget(data={"ask": ask.to_query(), "name": ask.slug()}, key=key)
