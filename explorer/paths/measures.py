"""How smooth a path is and how real what it shows, step by step."""

from dataclasses import dataclass

import numpy as np

from looks_like.explorer.core import Lab, Space
from looks_like.model.metrics.space.reality_gap import reality_gap

_JUMP = 3.0  # times the median step: a picture that changes as much at once is a cliff
_STILL = 1e-3  # of the values' range: a median step below it is none
_CROWD, _CROWD_OF = 8, 500  # a place is as crowded as its eighth neighbour is near; products that say what is usual


@dataclass(frozen=True)
class PathMeasures:
    """Of T steps. Distances are in those from a product to the one most like it."""

    change_t: np.ndarray  # root mean square of the difference to the step before, of values from 0 to 1; 0 at the first
    cliff_t: np.ndarray  # bool: it changes more than three times as much as the steps usually do
    gap_t: np.ndarray  # from what the picture shows, encoded again, to the nearest product
    far_t: np.ndarray  # bool: further than 95 % of products are from the one most like them
    crowd_t: np.ndarray  # how crowded it is there: 1 = as around products usually, .5 = its neighbours twice as far
    again_td: np.ndarray  # codes of the decoded pictures, encoded again
    detour: float  # all that the picture changes on the way, over how much its ends differ: 1 is straight


def measure(lab: Lab, space: Space, z_td: np.ndarray, frames_thwc: np.ndarray) -> PathMeasures:
    """Some tens of milliseconds for 60 steps, most of them to encode what was decoded."""
    values_tp = frames_thwc.reshape(len(frames_thwc), -1).astype(np.float32) / 255
    change_t = np.zeros(len(values_tp))
    change_t[1:] = np.sqrt(np.square(np.diff(values_tp, axis=0)).mean(1))
    usual = max(float(np.median(change_t[1:])), _STILL)
    again_td = space.encode(frames_thwc)
    gap_t = reality_gap(again_td, space.neighbours, space.typical_distance)
    lonely = space.lonely_distance / space.typical_distance if space.typical_distance else np.inf
    reach_t = space.nearest(z_td, _CROWD)[1][:, -1].astype(np.float64)
    usual_reach = lab.cache.get_or_make(("usual reach", space), lambda: _usual_reach(space), max_size=16)
    crowd_t = np.minimum(usual_reach / np.maximum(reach_t, 1e-12), 10.0)
    apart = float(np.sqrt(np.square(values_tp[-1] - values_tp[0]).mean()))
    detour = float(change_t.sum()) / apart if apart > _STILL else float("nan")
    return PathMeasures(change_t, change_t > _JUMP * usual, gap_t, gap_t > lonely, crowd_t, again_td, detour)


def _usual_reach(space: Space) -> float:
    """The median distance from a product to its eighth neighbour."""
    count = len(space.z_nd)
    some = np.unique(np.linspace(0, count - 1, min(count, _CROWD_OF)).astype(int))
    return float(np.median(space.nearest(space.z_nd[some], _CROWD + 1)[1][:, -1]))
