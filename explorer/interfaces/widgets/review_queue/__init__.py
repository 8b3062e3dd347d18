"""Products that might deserve a tag, one at a time: accept, reject or pass, by keyboard too."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("review_queue")


class Verdicts(NamedTuple):
    accepted: tuple[str, ...]  # product ids
    rejected: tuple[str, ...]


def show(tag: str, products: Sequence[Mapping[str, Any]], *, key: str) -> Verdicts | None:
    """-> the newest verdicts. `products` as `product_json` gives them, likeliest first, each with `why` (a line).

    Verdicts are gathered in the browser and sent together once it is quiet for a moment, so that the keyboard never
    waits for the page.
    """
    result = _widget(data={"tag": tag, "products": list(products)}, key=key, on_verdicts_change=lambda: None)
    if not result.verdicts:
        return None
    accepted, rejected = (tuple(str(each) for each in result.verdicts[side]) for side in ("accepted", "rejected"))
    return Verdicts(accepted, rejected)
