"""Following: does a path between two pictures of one thing pass through the views that lie between them, in order.

Where products have many views with a known value (an angle, a year, a price), the way from one view to another should
come past those between, as a film would (White 2016 shows such paths; here they are counted).
"""

import numpy as np

from looks_like.model.metrics.metric import Metric

_OF = (
    "pairs of products of one group with different values of a factor; {0}; each step of a dense path among the "
    "products of the group is matched with the nearest of them; mean over pairs; of a factor that goes round, the "
    "shorter way. Beside it the same for a cross-fade of the two real pictures, matched in pixels."
)
MEASURES = (
    Metric(
        key="visited",
        judges="space",
        title="Views visited",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="From one view of a thing to another, how many of the known views between them the path comes past: "
        "1 = all of them.",
        source="after White 2016",
        protocol=_OF.format("share of the distinct values between both ends that stand beside a step"),
    ),
    Metric(
        key="in_order",
        judges="space",
        title="Views in order",
        unit="",
        better="higher",
        ideal=1.0,
        sentence="Of all changes of view on the way, how many lead towards the end: 1 = never back, .5 = as by chance.",
        source="after White 2016",
        protocol=_OF.format("share of the steps whose value changes that change it towards the end's"),
    ),
)


def following(value_t: np.ndarray, known_v: np.ndarray, period: float | None = None) -> tuple[float, float]:
    """-> (visited, in order) of the values beside the T steps of a path, from the first to the last.

    `known_v`: those of all products of the group; `period`: of a value that goes round, such as 360. Where no value
    lies between the ends all are visited; where none changes, all is in order.
    """
    begin, end = float(value_t[0]), float(value_t[-1])
    ahead_t, ahead_v, goal = (_ahead(np.asarray(x, float), begin, end, period) for x in (value_t, known_v, end))
    between_v = np.unique(ahead_v[(ahead_v >= 0) & (ahead_v <= goal)])
    visited = float(np.isin(between_v, ahead_t).mean()) if len(between_v) else 1.0
    moves_t = np.diff(ahead_t)
    moves_t = moves_t[moves_t != 0]
    return visited, float((moves_t > 0).mean()) if len(moves_t) else 1.0


def _ahead(value: np.ndarray, begin: float, end: float, period: float | None) -> np.ndarray:
    """How far from the beginning, counted towards the end: the shorter way round of a value that goes round."""
    if period is None:
        return np.asarray((value - begin) * (1 if end >= begin else -1))
    half = period / 2
    way = 1 if (end - begin + half) % period - half >= 0 else -1
    around = (way * (value - begin)) % period
    return np.asarray(np.where(around > period - 1e-9, 0.0, around))
