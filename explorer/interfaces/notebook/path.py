"""The way from product to product."""

import os
from html import escape
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pandas as pd

from looks_like.atomic import replacing
from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.notebook.pictures import data_address, strips_html
from looks_like.explorer.paths import DecodedPath, FilmStyle, film, film_kind, step_measures, write_film

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

    @property
    def measures(self) -> pd.DataFrame:
        """Of each step: change of the picture, cliff, reality_gap, far, crowd (docs/paths.md says what they mean)."""
        return pd.DataFrame([step_measures(self._decoded, i) for i in range(len(self.frames))])

    def save(self, file: str | os.PathLike[str], size: int = 256, **style: Any) -> FilePath:
        """Writes .gif, .webp, .mp4, .png (a sheet), .zip (frames), .csv or .json.

        `size`: px across each of the two panels; `style`: shape ("pair", "square", "story" or "slide"), seconds, fps,
        real, names, fade, dark, watermark.
        """
        target = FilePath(file)
        kind = film_kind(target.name)
        with replacing(target) as aside, open(aside, "wb") as out:
            write_film(self._lab, self._decoded, kind, FilmStyle(size, **style), out)
        return target

    def __repr__(self) -> str:
        request = self._decoded.request
        return f"Path({' → '.join(request.anchors)}, curve={request.curve!r}, steps={request.steps})"

    def _repr_html_(self) -> str:
        content = film(self._lab, self._decoded, "webp", FilmStyle(_PREVIEW_PX))
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
        request = self._decoded.request
        names = [anchor.title for anchor in self._decoded.anchors]
        return f"{' → '.join(names)}: {request.steps} steps, {request.curve}, model {request.model}"
