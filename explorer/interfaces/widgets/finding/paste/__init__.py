"""A picture that is pasted or dropped anywhere on a page. Draws nothing but a frame while one is dragged over it."""

import base64
import binascii
from collections.abc import Mapping
from typing import NamedTuple

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("finding/paste")
_BYTES_MAX = 6_000_000  # of one that is sent as it is; the browser makes larger ones smaller


class Pasted(NamedTuple):
    """`content` b"" where it is no picture: then `refused` says why."""

    name: str
    content: bytes
    refused: str = ""


def listen(key: str) -> Pasted | None:
    """-> what was just pasted or dropped."""
    result = _widget(data={"most": _BYTES_MAX}, key=key, on_picture_change=lambda: None)
    return read(result.picture) if result.picture else None


def read(said: Mapping[str, object]) -> Pasted:
    """What a browser says; it may say anything."""
    name = str(said.get("name") or "The picture")[:80]
    text, refused = said.get("content"), str(said.get("refused") or "")[:200]
    if refused or not isinstance(text, str) or len(text) > 4 * _BYTES_MAX // 3 + 4:
        return Pasted(name, b"", refused or "it is larger than a picture can be here")
    try:
        return Pasted(name, base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return Pasted(name, b"", "it did not arrive whole: try it again")
