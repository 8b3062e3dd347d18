"""A slider for each active dimension; the picture follows while one is dragged, the nearest products when it rests."""

from collections.abc import Sequence
from typing import Any

from looks_like.explorer.core import code_to_text
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("latent_sliders")


def show(
    model: str,
    size: int,
    dimensions: Sequence[dict[str, Any]],
    start: Sequence[float],
    start_words: str,
    now: Sequence[float] | None,
    key: str,
) -> str | None:
    """`start` is where Reset leads, `now` where the link says we are. -> the code where the sliders rest, as text."""
    data = {
        "model": model,
        "size": size,
        "dimensions": list(dimensions),
        "start": [round(value, 4) for value in start],
        "startWords": start_words,
        "now": code_to_text(list(now)) if now is not None else "",
    }
    result = _widget(data=data, key=key, on_code_change=lambda: None)
    return str(result.code) if result.code is not None else None
