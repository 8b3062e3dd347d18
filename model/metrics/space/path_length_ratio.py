"""Path length ratio: length of a path in picture space over the distance between its end pictures; 1 is straight."""

from dataclasses import replace

import numpy as np

from looks_like.model.metrics.metric import Metric

_PIXELS = Metric(
    key="path_length_ratio",
    formerly="detour",
    judges="space",
    title="Detour",
    unit="times the straight way",
    better="lower",
    ideal=1.0,
    sentence="How much more the picture changes on the way than its two ends differ. 1 = nothing comes that has to go "
    "again; pictures that fade into each other have 1 too, so read it beside the reality gap.",
    source="length over chord of a curve, as in the geodesics of Arvanitidis 2018",
    protocol="sum of the lengths of the steps between 33 decodes of a matched curve between two products over the "
    "distance between its ends, in pixels; pairs whose ends look alike are left out; median and 95th percentile.",
)
MEASURES = (
    _PIXELS,
    replace(
        _PIXELS,
        key="path_length_ratio_features",
        formerly="detour_features",
        title="Detour, in features",
        protocol=_PIXELS.protocol.replace("in pixels", "in features of EfficientNet-lite0"),
    ),
)


def path_length_ratio(lengths_pt: np.ndarray, ends_p: np.ndarray) -> np.ndarray:
    """(P,) from step lengths and distances between the ends; 1 where nothing moves, infinite for a round trip."""
    total_p = lengths_pt.sum(1)
    endless_p = np.where(total_p > 0, np.inf, 1.0)
    return np.asarray(np.divide(total_p, ends_p, out=endless_p, where=ends_p > 0))
