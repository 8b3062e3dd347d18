"""Cliff: is one step of a path much longer than the others. Generalises the smoothness of ACAI (Berthelot 2018)."""

from dataclasses import replace

import numpy as np

from looks_like.model.metrics.metric import Metric

_PIXELS = Metric(
    key="cliff",
    judges="space",
    title="Cliff",
    unit="",
    better="lower",
    ideal=0.0,
    sentence="On the way from one product to another the picture should change little by little. 0 = every step "
    "changes it equally; near 1 = it jumps in a single step.",
    source="after Berthelot 2018 (ACAI)",
    protocol="the longest step over the sum of all, less 1/(n - 1) for n = 33 decodes of a matched curve between two "
    "products; a step's length is the distance between decodes in pixels; median and 95th percentile over pairs.",
)
MEASURES = (
    _PIXELS,
    replace(
        _PIXELS,
        key="cliff_features",
        title="Cliff, in features",
        protocol=_PIXELS.protocol.replace("in pixels", "in features of EfficientNet-lite0"),
    ),
)


def cliff(lengths_pt: np.ndarray) -> np.ndarray:
    """(P,) in 0..1 - 1/T from the lengths of the T steps of each path; 0 where nothing moves."""
    total_p = lengths_pt.sum(1)
    share_p = np.divide(lengths_pt.max(1), total_p, out=np.zeros(len(total_p)), where=total_p > 0)
    return np.asarray(np.maximum(0, share_p - 1 / lengths_pt.shape[1]))
