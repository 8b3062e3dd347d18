"""Chooses one product or two: a card each, found by typing a part of the id or name, or at random."""

from collections.abc import Mapping
from typing import Any

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("anchor_picker")


def show(
    slots: Mapping[str, tuple[str, dict[str, Any] | None]],
    model: str,
    key: str,
    empty: str = "No product chosen",
    px: int = 72,
) -> dict[str, str] | None:
    """`slots`: slot -> (label, item as JSON or None); `px`: of the pictures, 72 or 160.

    -> what was just chosen, slot -> product id ("" = none).
    """
    said = [{"slot": slot, "label": label, "item": item} for slot, (label, item) in slots.items()]
    data = {"slots": said, "model": model, "emptyWords": empty, "px": px}
    result = _widget(data=data, key=key, on_picked_change=lambda: None)
    return dict(result.picked) if result.picked else None
