"""A map of the catalogue."""

from bisect import bisect
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from looks_like.explorer.core import GREY, MISSING, Colouring, Lab, MapContext, value_words
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps import colouring

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_CROWDS, _POINT_PX = (1_000, 10_000), (8, 5, 3)  # products on the map -> px across a point


class Map:
    """A 2-D layout of a model's codes; products near to each other look alike.

    >>> ws.map().xy.columns.tolist(), len(ws.map().xy)
    (['product_id', 'x', 'y'], 80)
    """

    def __init__(self, lab: Lab, model: str, name: str) -> None:
        self._lab, self._view = lab, lab.map_view(model, name)
        self.model, self.name = model, name

    @property
    def xy(self) -> pd.DataFrame:
        """The place of each product that the map has: product_id, x, y (-1 to 1)."""
        xy_n2 = self._view.xy_n2
        on_n = np.isfinite(xy_n2).all(1)
        ids = np.array(self._lab.catalogue().product_ids, object)[on_n]
        return pd.DataFrame({"product_id": ids, "x": xy_n2[on_n, 0], "y": xy_n2[on_n, 1]})

    def plot(self, color: str | None = None, height: int = 640) -> "Figure":
        """A Plotly figure; `color`: an attribute of the products. RequestError for an unknown one.

        >>> len(ws.map().plot(color="brand").data)
        3
        """
        import plotly.graph_objects as go

        catalogue = self._lab.catalogue()
        if color is not None and color not in catalogue.attributes:
            have = ", ".join(catalogue.attributes)
            raise RequestError(f"no attribute {color[:60]!r} to colour by; there are: {have}")
        found, xy_n2 = colouring(self._lab, color or "", MapContext(self.model, self.name)), self._view.xy_n2
        on_n, words_n = np.isfinite(xy_n2).all(1), self._words(color)
        figure = go.Figure()
        for label, chosen_n, marker in _traces(found, on_n):
            shown_n = on_n & chosen_n
            if isinstance(marker["color"], np.ndarray):
                marker["color"] = marker["color"][shown_n]
            marker["size"] = _POINT_PX[bisect(_CROWDS, int(on_n.sum()))]
            x, y = xy_n2[shown_n].T
            figure.add_scattergl(
                x=x, y=y, mode="markers", name=label, text=words_n[shown_n], hoverinfo="text", marker=marker
            )
        figure.update_yaxes(scaleanchor="x", visible=False)
        figure.update_xaxes(visible=False)
        return figure.update_layout(
            height=height,
            margin={"l": 8, "r": 8, "t": 8, "b": 8},
            template="plotly_white",
            legend={"itemsizing": "constant", "title": {"text": escape(color or "")}},
            showlegend=bool(found.legend) or len(figure.data) > 1,
        )

    def _words(self, color: str | None) -> np.ndarray:
        """What stands beside each product under the pointer: name, id, and the value that it is coloured by."""
        catalogue = self._lab.catalogue()
        lines = [
            [f"<b>{escape(name)}</b>" for name in catalogue.names],
            [escape(each) for each in catalogue.product_ids],
        ]
        if color is not None:
            values, unit = catalogue.rows[color].to_pylist(), catalogue.units.get(color, "")
            said = ("not given" if value is None else escape(value_words(value, unit)) for value in values)
            lines.append([f"{escape(color)}: {words}" for words in said])
        return np.array(["<br>".join(each) for each in zip(*lines, strict=True)], object)

    def __repr__(self) -> str:
        return f"Map({self.name!r} of model {self.model!r}, {len(self.xy):,} products)"


def _traces(found: Colouring, on_n: np.ndarray) -> list[tuple[str, np.ndarray, dict[str, Any]]]:
    """(name, which products, marker) of each colour; of a scale one, and one of those on the map without a value."""
    if found.legend:
        return [(escape(entry.label), found.index_n == entry.index, {"color": entry.colour}) for entry in found.legend]
    if not found.title:
        return [("", np.ones(len(found.index_n), bool), {"color": found.palette[0]})]
    lacks_n = on_n & (found.index_n == MISSING)
    ends = {
        "tickvals": [0, MISSING - 1],
        "ticktext": [f"≤ {found.low}", f"≥ {found.high}"],
        "title": {"text": escape(found.title)},
    }
    shown = {"cmin": 0, "cmax": MISSING - 1, "colorscale": "Viridis", "colorbar": {**ends, "thickness": 12}}
    given = (escape(found.title), ~lacks_n, {"color": found.index_n, **shown})
    return [("not given", lacks_n, {"color": GREY}), given] if lacks_n.any() else [given]
