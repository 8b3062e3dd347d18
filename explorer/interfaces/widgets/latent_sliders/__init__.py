"""A slider for each dimension; the picture follows while one is dragged, the nearest products when it rests."""

from collections.abc import Sequence
from dataclasses import asdict

from looks_like.explorer.core import Space, code_to_text
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("latent_sliders")


def show(
    space: Space,
    start: Sequence[float],
    start_words: str,
    now: Sequence[float] | None,
    key: str,
) -> str | None:
    """`start` is where Reset leads, `now` where the link says we are. -> the code where the sliders rest, as text."""
    data = {
        "model": space.card.name,
        "size": space.size,
        "dimensions": [asdict(dimension) for dimension in space.dimensions],
        "mean": [float(value) for value in space.axes.mean_d],
        "start": [round(value, 4) for value in start],
        "startWords": start_words,
        "now": code_to_text(list(now)) if now is not None else "",
    }
    result = _widget(data=data, key=key, on_code_change=lambda: None)
    return str(result.code) if result.code is not None else None
