"""Roughness: how uneven the steps of a path are, the standard deviation of their lengths over the mean."""

from dataclasses import replace

import numpy as np

from looks_like.model.metrics.metric import Metric

_PIXELS = Metric(
    key="roughness",
    judges="space",
    title="Roughness",
    unit="",
    better="lower",
    ideal=0.0,
    sentence="How unevenly the picture changes on the way from one product to another: 0 = every step changes it "
    "equally, 1 = steps differ as much as they are long.",
    source="coefficient of variation of the steps of ACAI's paths (Berthelot 2018)",
    protocol="standard deviation over mean of the lengths of the steps between 33 decodes of a matched curve between "
    "two products, in pixels; median and 95th percentile over pairs.",
)
MEASURES = (
    _PIXELS,
    replace(
        _PIXELS,
        key="roughness_features",
        title="Roughness, in features",
        protocol=_PIXELS.protocol.replace("in pixels", "in features of EfficientNet-lite0"),
    ),
)


def roughness(lengths_pt: np.ndarray) -> np.ndarray:
    """(P,) from the lengths of the steps of each path; 0 where nothing moves."""
    mean_p = lengths_pt.mean(1)
    return np.asarray(np.divide(lengths_pt.std(1), mean_p, out=np.zeros(len(mean_p)), where=mean_p > 0))
