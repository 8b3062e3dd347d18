"""A picture on which a part is erased: a box dragged with the mouse, a brush, or a box moved by the arrow keys."""

import base64
import binascii
from collections.abc import Mapping

import numpy as np

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("finding/erase")
_EDGE_MAX = 256
EDGE = 128  # of the mask that is sent: as fine as a finger or a mouse


def show(picture: bytes, key: str) -> np.ndarray | None:
    """-> bool (EDGE, EDGE): where the picture was just erased. `picture` is a square JPEG or PNG of our own making."""
    address = f"data:image;base64,{base64.b64encode(picture).decode()}"
    result = _widget(data={"picture": address, "edge": EDGE}, key=key, on_erased_change=lambda: None)
    return read(result.erased) if result.erased else None


def read(said: Mapping[str, object]) -> np.ndarray | None:
    """What a browser says, which may be anything; None for what is no mask."""
    edge, text = said.get("edge"), said.get("mask")
    if not isinstance(edge, int) or not 1 <= edge <= _EDGE_MAX or not isinstance(text, str) or len(text) > _EDGE_MAX**2:
        return None
    try:
        bits = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    if len(bits) != -(-(edge**2) // 8):
        return None
    return np.unpackbits(bits)[: edge**2].reshape(edge, edge).astype(bool)
