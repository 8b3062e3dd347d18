"""Plays a path: decoded step beside its nearest real product, scrubbed in the page, with a filmstrip and downloads."""

from explorer.asks import PathAsk
from explorer.widgets import browser_widget

_widget = browser_widget("path_player")


def show(ask: PathAsk, key: str) -> None:
    _widget(data={"ask": ask.query(), "name": ask.slug()}, key=key)
