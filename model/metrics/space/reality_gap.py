"""Reality gap: how far a decoded picture is from any product, in the distance that products have from each other.

The picture is encoded again and its code compared with the products' codes: that judges what is seen. The point that it
was decoded from is only where the path wanted to be, and how far that is from products is the chasm's question. Pixels
would call a ghost of two products close to both.
"""

import numpy as np

from looks_like.model.geometry import NearestNeighbours
from looks_like.model.metrics.metric import Metric

MEASURES = (
    Metric(
        key="reality_gap",
        judges="space",
        title="Reality gap",
        unit="times typical",
        better="lower",
        sentence="How far a picture on the way is from the product most like it. 1 = as far as a product typically is "
        "from the one most like it; well above 1 = it shows what no product looks like.",
        source="distance to the data manifold, in units of the data's own spacing",
        protocol="distance between the code of the decoded picture, encoded again, and the nearest product's code, "
        "over the median distance from a product to its nearest other one (2,000 products); median and 95th percentile "
        "over the steps between the ends of all paths (33 decodes each, matched curve).",
    ),
)


def reality_gap(again_nd: np.ndarray, neighbours: NearestNeighbours, typical: float) -> np.ndarray:
    """(N,) of the codes of decoded pictures; `typical` is `neighbours.typical_distance()`, and takes a while.

    Infinite where products are all alike and the picture is not.
    """
    distance_n = neighbours.nearest(again_nd, 1)[1][:, 0].astype(np.float64)
    return distance_n / typical if typical else np.where(distance_n > 0, np.inf, 0.0)
