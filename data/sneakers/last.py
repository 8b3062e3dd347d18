"""The last: what a shoemaker builds a shoe around. Where heel, collar, throat, toe and sole are, for each silhouette.

Points of the upper are (u, v): u along the shoe, 0 at the heel and 1 at the toe; v above the line where upper meets
sole, both in lengths of the shoe. So a panel is drawn once and fits every sole.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from looks_like.data.sneakers.drawing import UNITS
from looks_like.data.sneakers.factors import Sneaker

_SAMPLES = 6  # points of a curve between two knots
_LENGTH = 0.87  # of the canvas, at the largest scale


@dataclass(frozen=True)
class Form:
    """What makes a silhouette; heights in lengths of the shoe."""

    collar: tuple[float, float]  # lowest and highest back of the collar
    dip: float  # how far the collar falls at the ankle
    tongue: float  # how far the tongue stands out
    front: tuple[float, float]  # where the collar ends in front, u, and how much higher than its back
    vamp: tuple[float, float]  # the lower end of the throat, (u, v)
    toe: tuple[float, float]  # height of the toe box, slim and round
    sole: tuple[float, float]  # thickness at the heel
    spring: float  # how far the toe stands off the ground
    flare: float  # how far the sole reaches behind the heel
    lean: float = 0.02  # how far the collar's back leans forward
    eyelets: int = 6
    block: bool = False  # a heel apart from the sole


FORMS: dict[str, Form] = {
    "runner": Form(
        (0.26, 0.33), 0.065, 0.055, (0.345, 0.045), (0.66, 0.165), (0.085, 0.135), (0.10, 0.19), 0.052, 0.035
    ),
    "court": Form(
        (0.25, 0.31), 0.045, 0.050, (0.335, 0.050), (0.65, 0.185), (0.105, 0.160), (0.075, 0.135), 0.026, 0.0
    ),
    "skate": Form(
        (0.225, 0.285), 0.035, 0.075, (0.335, 0.055), (0.63, 0.195), (0.105, 0.158), (0.060, 0.105), 0.016, 0.0
    ),
    "basketball": Form(
        (0.37, 0.52), 0.055, 0.070, (0.35, 0.045), (0.63, 0.215), (0.11, 0.165), (0.095, 0.165), 0.036, 0.012, 0.035, 8
    ),
    "trail": Form((0.28, 0.36), 0.045, 0.045, (0.345, 0.04), (0.65, 0.18), (0.10, 0.152), (0.12, 0.20), 0.050, 0.022),
    "slip-on": Form((0.20, 0.25), 0.03, 0.0, (0.345, 0.04), (0.46, 0.225), (0.095, 0.148), (0.055, 0.105), 0.018, 0.0),
    "chukka": Form(
        (0.36, 0.44), 0.022, 0.045, (0.37, 0.025), (0.545, 0.255), (0.10, 0.152), (0.06, 0.105), 0.024, 0.006, 0.03, 3
    ),
    "boot": Form(
        (0.52, 0.66),
        0.015,
        0.05,
        (0.375, 0.02),
        (0.62, 0.225),
        (0.11, 0.168),
        (0.105, 0.165),
        0.030,
        0.012,
        0.045,
        9,
        True,
    ),
}


_T = np.linspace(0, 1, _SAMPLES, endpoint=False)[:, None]
_BASIS = 0.5 * np.hstack([2 * _T**2 - _T - _T**3, 2 - 5 * _T**2 + 3 * _T**3, _T + 4 * _T**2 - 3 * _T**3, _T**3 - _T**2])
_FOUR = np.arange(4)


def spline(*knots: tuple[float, float]) -> np.ndarray:
    """(M, 2): a Catmull-Rom curve through the knots, both ends included."""
    (u, v), (u2, v2) = knots[:2]
    (u3, v3), (u4, v4) = knots[-2:]
    padded_k2 = np.array([(2 * u - u2, 2 * v - v2), *knots, (2 * u4 - u3, 2 * v4 - v3)])
    curve = np.matmul(_BASIS, padded_k2[np.arange(len(knots) - 1)[:, None] + _FOUR])
    return np.concatenate([curve.reshape(-1, 2), padded_k2[-2:-1]])


def joined(*parts: np.ndarray | tuple[float, float]) -> np.ndarray:
    return np.concatenate([np.atleast_2d(np.asarray(part, dtype=np.float64)) for part in parts])


def shifted(line_m2: np.ndarray, by: float) -> np.ndarray:
    """The line moved to its left by `by`, seen along it with v upwards."""
    along_m2 = np.empty_like(line_m2)
    along_m2[1:-1] = line_m2[2:] - line_m2[:-2]
    along_m2[0], along_m2[-1] = line_m2[1] - line_m2[0], line_m2[-1] - line_m2[-2]
    along_m2 *= by / np.maximum(np.sqrt((along_m2 * along_m2).sum(1)), 1e-9)[:, None]
    return line_m2 + along_m2[:, ::-1] * (-1, 1)


def _between(low_high: tuple[float, float], share: float) -> float:
    return low_high[0] + (low_high[1] - low_high[0]) * share


def _smooth(x: np.ndarray, low: float, high: float) -> np.ndarray:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


_TABLE_U = np.linspace(-0.1, 1.1, 121)  # where the line between upper and sole is known; straight in between
_HEEL_TO_FORE = _smooth(_TABLE_U, 0.15, 0.72)
_FLOOR = np.column_stack([np.linspace(0.95, 0.05, 19), np.full(19, -0.03)])  # inside the sole, along its curve
_TIP = 0.010 * _smooth(_TABLE_U, 0.9, 1.0)


class Last:
    """The last of one sneaker: its lines, and how the shoe's measures lie on the canvas."""

    def __init__(self, sneaker: Sneaker) -> None:
        self.form = form = FORMS[sneaker.silhouette]
        self.collar = _between(form.collar, sneaker.collar_height)
        self.toe = _between(form.toe, sneaker.toe_shape)
        self.round = sneaker.toe_shape
        self.heel = _between(form.sole, sneaker.sole_thickness)
        self.fore = max(0.035, self.heel - 0.06 * sneaker.heel_drop)
        self.length = UNITS * _LENGTH * (0.9 + 0.1 * sneaker.scale)
        thick = self.heel + (self.fore - self.heel) * _HEEL_TO_FORE
        self._bite = thick + 0.9 * self.bottom(np.clip(_TABLE_U, 0.1, 1)) + _TIP
        self.top = self.collar + form.front[1] + form.tongue  # highest point of the upper
        self.left = (UNITS - self.length * (1 + form.flare)) / 2 + self.length * form.flare
        self.ground = UNITS / 2 + self.length * (self.top + self.heel) / 2

    # -- from the shoe's measures to the canvas --------------------------------------------------------------------

    def bottom(self, u: np.ndarray) -> np.ndarray:
        """How far the sole stands off the ground."""
        toe = self.form.spring * np.clip((u - 0.66) / 0.34, 0, 1.1) ** 2
        return toe + 0.012 * np.clip((0.10 - u) / 0.10, 0, 1.3) ** 2

    def bite(self, u: np.ndarray) -> np.ndarray:
        """The height above the ground where upper meets sole."""
        return np.asarray(np.interp(u, _TABLE_U, self._bite))

    def at(self, uv_m2: np.ndarray) -> np.ndarray:
        """(u, v) of the upper -> canvas units."""
        standing_m2 = uv_m2.copy()
        standing_m2[:, 1] += self.bite(uv_m2[:, 0])
        return self.standing(standing_m2)

    def standing(self, uh_m2: np.ndarray) -> np.ndarray:
        """(u, height above the ground) -> canvas units."""
        return np.asarray(uh_m2 * (self.length, -self.length) + (self.left, self.ground))

    # -- the lines of the upper ------------------------------------------------------------------------------------

    @cached_property
    def back(self) -> np.ndarray:
        """From the sole up the heel to the back of the collar."""
        h, lean = self.collar, self.form.lean
        knots = [(0.022, -0.02), (0.002, 0.05), (0.0, 0.11), (0.018, 0.55 * h + 0.035)]
        if h > 0.36:
            knots.append((0.025 + 0.3 * lean, 0.78 * h))
        return spline(*knots, (0.012 + lean, h))

    @cached_property
    def collar_line(self) -> np.ndarray:
        """From the back of the collar to its front."""
        h, lean, dip = self.collar, self.form.lean, self.form.dip
        front, rise = self.form.front
        return spline(
            (0.012 + lean, h),
            (0.05 + lean, h + 0.002),
            (0.10 + lean, h - 0.55 * dip),
            (0.175 + lean, h - dip),
            (front - 0.055, h + 0.45 * rise - 0.25 * dip),
            (front, h + rise),
        )

    @cached_property
    def throat(self) -> np.ndarray:
        """From the front of the collar down to the vamp: where the laces are."""
        front, rise = self.form.front
        (u, v), high = self.form.vamp, self.collar + rise
        v = v + 0.5 * (self.toe - 0.11)
        if high > 0.36:
            ankle = 0.30 + 0.10 * max(0.0, high - 0.40)
            shaft = [(front + 0.018, 0.5 * (high + ankle) + 0.01), (front + 0.062, ankle)]
            return spline((front, high), *shaft, (0.5 * (front + 0.05 + u) + 0.02, 0.52 * ankle + 0.5 * v), (u, v))
        return spline((front, high), (0.5 * (front + u), 0.5 * (high + v) + 0.003), (u, v))

    @cached_property
    def toe_line(self) -> np.ndarray:
        """From the vamp over the toe to the sole."""
        (u, v), toe = self.throat[-1], self.toe
        knots = [(u, v), (0.5 * (u + 0.85), 0.44 * v + 0.60 * toe), (0.85, toe)]
        tip = 0.935 + 0.022 * self.round
        return spline(*knots, (tip, 0.80 * toe), (0.980, 0.52 * toe), (0.991, 0.22 * toe), (0.984, -0.025))

    @cached_property
    def outline(self) -> np.ndarray:
        return joined(self.back, self.collar_line[1:], self.throat[1:], self.toe_line[1:], _FLOOR)

    def on_throat(self, share: np.ndarray, inwards: float = 0.0) -> np.ndarray:
        """(M, 2): points at shares of the throat's length, moved into the shoe by `inwards`."""
        line_m2 = shifted(self.throat, -inwards)
        way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(self.throat, axis=0), axis=1))])
        return np.column_stack([np.interp(share * way[-1], way, line_m2[:, i]) for i in (0, 1)])
