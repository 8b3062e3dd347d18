"""A slider for each visual attribute and each dimension; the picture follows while one is dragged, the nearest products
when it rests. A dimension is given a name where it stands, and has a card; other directions are tried beside it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from looks_like.explorer.core import Space, code_to_text
from looks_like.explorer.interfaces.widgets import browser_widget
from looks_like.explorer.tags import NamedDimension, Told

_widget = browser_widget("latent_sliders")


@dataclass(frozen=True)
class Sliders:
    """What can be moved: visual attributes, and the dimensions of a model with what each tells."""

    space: Space
    named: Sequence[NamedDimension]
    told: Sequence[Told]
    has_map: bool  # whether what is found can be selected on one

    def rows(self) -> list[dict[str, object]]:
        """For the browser: the named ones first; `end` is the row of its pictures in /api/ends."""
        named_too = {each.dimension for each in self.named}  # its slider is there already
        dimensions = [
            asdict(each) | {"end": at, "name": "", "tells": told.words, "proposed": told.proposed, "ends": told.ends}
            for at, (each, told) in enumerate(zip(self.space.dimensions, self.told, strict=True))
        ]
        named = [asdict(each) | {"end": len(dimensions) + at, "number": 0} for at, each in enumerate(self.named)]
        return [*named, *(each for each in dimensions if each["number"] not in named_too)]


@dataclass(frozen=True)
class SliderEvents:
    """What was done since the page was drawn last."""

    code: str | None  # where the sliders rest, as text
    naming: dict[str, str] | None  # {number or direction, name, low, high} or {gone: name}
    go: dict[str, str] | None  # {start: product id}, {similar: product id} or {map: code}


def show(
    sliders: Sliders, start: Sequence[float], start_words: str, now: Sequence[float] | None, key: str
) -> SliderEvents:
    """`start` is where Reset leads, `now` where the link says we are."""
    space = sliders.space
    data = {
        "model": space.card.name,
        "size": space.size,
        "count": len(space.z_nd),
        "maps": sliders.has_map,
        "rows": sliders.rows(),
        "ends": len(space.dimensions) + len(sliders.named),
        "mean": [float(value) for value in space.axes.mean_d],
        "start": [round(value, 4) for value in start],
        "startWords": start_words,
        "now": code_to_text(list(now)) if now is not None else "",
    }
    events = ("code", "naming", "go")
    result = _widget(data=data, key=key, **{f"on_{event}_change": lambda: None for event in events})
    code = str(result.code) if result.code is not None else None
    return SliderEvents(code, _texts(result.naming), _texts(result.go))


def _texts(said: object) -> dict[str, str] | None:
    return {str(key): str(value)[:8000] for key, value in said.items()} if isinstance(said, dict) else None
