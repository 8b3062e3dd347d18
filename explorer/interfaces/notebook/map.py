"""A map of the catalogue."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from looks_like.explorer.core import Lab, MapContext
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps import colouring

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


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
        found = colouring(self._lab, color or "", MapContext(self.model, self.name))
        xy_n2, names = self._view.xy_n2, np.array([escape(name) for name in catalogue.names], object)
        on_n = np.isfinite(xy_n2).all(1)
        figure = go.Figure()
        entries = [(entry.label, entry.index, entry.colour) for entry in found.legend]
        if not entries:  # a scale, or nothing: one trace
            shown = {"color": found.index_n[on_n], "colorscale": "Viridis"} if color else {}
            traces = [("", on_n, {"size": 4, **shown})]
        else:
            traces = [
                (escape(label), on_n & (found.index_n == i), {"size": 4, "color": hue}) for label, i, hue in entries
            ]
        for label, chosen_n, marker in traces:
            x, y = xy_n2[chosen_n].T
            figure.add_scattergl(
                x=x, y=y, mode="markers", name=label, text=names[chosen_n], hoverinfo="text", marker=marker
            )
        figure.update_yaxes(scaleanchor="x", visible=False)
        figure.update_xaxes(visible=False)
        margin = {"l": 8, "r": 8, "t": 8, "b": 8}
        return figure.update_layout(height=height, margin=margin, legend_itemsizing="constant", template="plotly_white")

    def __repr__(self) -> str:
        return f"Map({self.name!r} of model {self.model!r}, {len(self.xy):,} products)"
