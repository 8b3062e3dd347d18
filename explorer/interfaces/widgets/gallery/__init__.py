"""Product cards in pages of 60: of given items, or of as many as an address tells. Clicks come back by name."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("gallery")
PAGE = 60


class Action(NamedTuple):
    """What can be done with a product; the first of a gallery is also what its picture does when it is clicked."""

    name: str
    label: str
    short: str = ""  # on the button, where the label is too long for a tile


class Picked(NamedTuple):
    action: str
    product_id: str


def show(
    items: Sequence[Mapping[str, Any]] | str,
    *,
    actions: Sequence[Action],
    key: str,
    empty: str,
    compact: bool = False,
    height_px: int | None = None,
) -> Picked | None:
    """-> what was just asked of which product. `empty` is said where there is none.

    `items`: products as `product_json` gives them, each perhaps with `near` (words in place of its distance) and `why`
    (lines of small words); or an address that answers {"count", "items"} for &page=0, 1, … of 60. `compact`: pictures
    of 72 px alone and one card below; `height_px`: the pictures scroll within it.
    """
    data = {
        "items": None if isinstance(items, str) else list(items),
        "address": items if isinstance(items, str) else "",
        "actions": [action._asdict() for action in actions],
        "empty": empty,
        "compact": compact,
        "height": height_px,
        "size": PAGE,
    }
    result = _widget(data=data, key=key, on_picked_change=lambda: None)
    return Picked(str(result.picked["action"]), str(result.picked["id"])) if result.picked else None
