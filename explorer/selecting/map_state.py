"""What a page with a map shows, as one value: it is what a link restores and what the map's widget is given."""

from collections.abc import Mapping
from dataclasses import dataclass

from looks_like.explorer.selecting.selection import Selection


@dataclass(frozen=True)
class Viewport:
    """Which part of the map is seen: its middle, in the map's units (-1 to 1), and how often the whole map is wider."""

    x: float
    y: float
    zoom: float

    @classmethod
    def from_text(cls, text: str) -> "Viewport | None":
        """ "x,y,zoom"; None, the whole map, for what is not three sane numbers: a link may hold anything."""
        try:
            x, y, zoom = (float(part) for part in text.split(","))
        except ValueError:
            return None
        return cls(x, y, zoom) if abs(x) <= 2 and abs(y) <= 2 and 0.1 <= zoom <= 1000 else None


@dataclass(frozen=True)
class MapState:
    """`colour`: an attribute or another colouring's name, "" = none. `hide`: who does not pass the filter vanishes."""

    selection: Selection  # with the model, the map, the clusters and the filter
    colour: str = ""
    hide: bool = False
    viewport: Viewport | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "MapState":
        """As a link of the map's page has it. RequestError for steps or a filter that can't be read."""
        selection = Selection.from_query({**query, "steps": query.get("selection", "")})
        viewport = Viewport.from_text(query.get("view", ""))
        return cls(selection, query.get("colour", ""), query.get("hide") == "1", viewport)

    def to_query(self) -> dict[str, str]:
        """What `from_query` reads; what is as usual is left out."""
        said = self.selection.to_query()
        said["selection"] = said.pop("steps")
        seen = self.viewport
        said |= {"colour": self.colour, "hide": "1" if self.hide else ""}
        said["view"] = f"{seen.x:g},{seen.y:g},{seen.zoom:g}" if seen else ""
        return {key: value for key, value in said.items() if value}
