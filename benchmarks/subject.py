"""A model on trial: the products it is judged on, the codes that are decoded, the baseline beside it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from benchmarks.measure import Missing
from data.pixels import pixel_array
from explorer.lab import Lab
from explorer.space import Space
from model.images import Pictures, to_float, to_uint8
from model.metrics.kid import drawn
from model.mixture import FITTED_MAX
from model.principal import EDGE_MAX_PX, Principal, flatten, principal_components
from model.sampling import mid_points, mixture_codes, prior_codes

HELD_OUT_MIN = 2
DRAWN = ("mid-points", "mixture", "N(0, I)")


@dataclass(frozen=True)
class Subject:
    """`held_out` are products that the model never saw; `real` a draw of those it learnt from."""

    lab: Lab
    name: str
    count: int  # pictures of a kind, where there are as many
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.held_out) < HELD_OUT_MIN:
            raise Missing(f"{HELD_OUT_MIN} held-out products or more; {self.data} has {len(self.held_out)}")

    @property
    def data(self) -> str:
        return self.lab.workspace.folder.resolve().name

    @cached_property
    def space(self) -> Space:
        return self.lab.space(self.name)

    @cached_property
    def _pixels_nhwc(self) -> np.ndarray:
        return pixel_array(self.lab.workspace, self.lab.catalogue(), self.space.size)

    @cached_property
    def held_out(self) -> Pictures:
        return Pictures(self._pixels_nhwc, np.flatnonzero(self.lab.catalogue().held_out))

    @cached_property
    def learnt_from(self) -> Pictures:
        """Not the products that came after the model: it has not seen those either."""
        rows_n = np.flatnonzero(~self.lab.catalogue().held_out)
        return Pictures(self._pixels_nhwc, rows_n[: self.space.card.products])

    @cached_property
    def real(self) -> Pictures:
        return drawn(self.learnt_from, self.count, self.seed)

    @cached_property
    def principal(self) -> Principal | None:
        """None above 64 px, where components are of smaller pictures."""
        if self.space.size > EDGE_MAX_PX:
            return None
        return principal_components(self.learnt_from, self.space.latent, channels=self.space.net.settings.channels)

    def as_it_sees(self, pictures: Pictures) -> np.ndarray:
        """uint8 (N, S, S, 3), in grey for a model of one channel."""
        pixels_nhwc, channels = pictures[slice(None)], self.space.net.settings.channels
        return pixels_nhwc if channels == 3 else to_uint8(to_float(pixels_nhwc, channels=channels))

    @torch.inference_mode()
    def rebuilt_by_pca(self, pixels_nhwc: np.ndarray) -> np.ndarray | None:
        """uint8 (N, S, S, 3) from as many numbers as the model's codes have."""
        if self.principal is None:
            return None
        edge, channels = pixels_nhwc.shape[1], self.space.net.settings.channels
        x_np = flatten(to_float(pixels_nhwc, channels=channels))
        return to_uint8(self.principal.rebuild(self.principal.project(x_np)).view(-1, channels, edge, edge))

    def codes(self, kind: str, count: int) -> np.ndarray:
        """(count, D) of one of DRAWN."""
        if kind == "mid-points":
            return mid_points(self.held_out_codes_nd, count, self.seed)
        if kind == "mixture":
            return mixture_codes(self._fitted_codes_nd, count, self.seed)
        return prior_codes(count, self.space.latent, self.seed)

    @cached_property
    def held_out_codes_nd(self) -> np.ndarray:
        return self.space.encode(drawn(self.held_out, self.count, self.seed)[slice(None)])

    @cached_property
    def _fitted_codes_nd(self) -> np.ndarray:
        return self.space.encode(drawn(self.learnt_from, FITTED_MAX, self.seed)[slice(None)])
