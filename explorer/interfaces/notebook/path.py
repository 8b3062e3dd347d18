"""The way from product to product."""

import os
from html import escape
from pathlib import Path as FilePath

import numpy as np
import pandas as pd

from looks_like.atomic import replacing
from looks_like.explorer.core import DecodedPath, Lab
from looks_like.explorer.interfaces.notebook.pictures import data_address, strips_html
from looks_like.explorer.paths import film, film_kind, write_film

_PREVIEW_PX = 192
_STILL = 6  # steps that are seen at once, also where nothing moves


class Path:
    """Points from one anchor to the next, each decoded and matched with its nearest real product.

    >>> path = ws.path(["0001", "0002"], steps=5)
    >>> path.frames.shape, path.nearest["product_id"].iloc[0]
    ((5, 32, 32, 3), '0001')
    """

    def __init__(self, lab: Lab, decoded: DecodedPath) -> None:
        self._lab, self._decoded = lab, decoded

    @property
    def z(self) -> np.ndarray:
        """The codes, float32 (steps, D)."""
        return np.asarray(self._decoded.z_td)

    @property
    def frames(self) -> np.ndarray:
        """The decoded pictures, uint8 (steps, S, S, 3)."""
        return self._decoded.frames_thwc

    @property
    def nearest(self) -> pd.DataFrame:
        """The real product nearest to each step: product_id, name, distance, and that in typical distances."""
        lines = [(one.product_id, one.name, one.distance, one.typical) for one in self._decoded.nearest]
        return pd.DataFrame(lines, columns=["product_id", "name", "distance", "distance_over_typical"])

    def save(self, file: str | os.PathLike[str], size: int = 256) -> FilePath:
        """Writes .gif, .webp, .mp4, .png (a sheet), .csv or .json; `size`: px across each of the two panels."""
        target = FilePath(file)
        kind = film_kind(target.name)
        with replacing(target) as aside, open(aside, "wb") as out:
            write_film(self._lab, self._decoded, kind, size, out)
        return target

    def __repr__(self) -> str:
        request = self._decoded.request
        return f"Path({' → '.join(request.anchors)}, curve={request.curve!r}, steps={request.steps})"

    def _repr_html_(self) -> str:
        content = film(self._lab, self._decoded, "webp", _PREVIEW_PX)
        words = escape(f"{self!r}: each decoded step beside its nearest real product", quote=True)
        film_html = f'<img src="{data_address(content, "image/webp")}" alt="{words}" style="max-width:100%">'
        steps = np.linspace(0, len(self.frames) - 1, min(_STILL, len(self.frames))).astype(int)
        still_html = strips_html([self.frames[steps]], f"{len(steps)} steps of the way")
        passed = len({product.product_id for product in self._decoded.nearest})
        said = f"Left a step of the way, right its nearest product; it comes past {passed} products."
        return (
            f'<figure style="margin:0">{film_html}<div>{still_html}</div>'
            f"<figcaption>{escape(self._title())}. {said}</figcaption></figure>"
        )

    def _title(self) -> str:
        """From where to where, by names, and how."""
        request, catalogue = self._decoded.request, self._lab.catalogue()
        names = [catalogue.names[catalogue.row(product_id)] for product_id in request.anchors]
        return f"{' → '.join(names)}: {request.steps} steps, {request.curve}, model {request.model}"
