"""The sole of a sneaker and the shadow under it."""

import numpy as np

from looks_like.data.sneakers.drawing import BLACK, WHITE, Colour, Drawing, Linear, Radial, lines, luma, packed
from looks_like.data.sneakers.factors import PALETTE, Sneaker
from looks_like.data.sneakers.last import Last, joined, spline

_U = np.linspace(0, 1, 41)


class Sole:
    """Draws the sole of one sneaker: the wall, what is on it, the tread below it."""

    def __init__(self, drawing: Drawing, last: Last, sneaker: Sneaker) -> None:
        self.drawing, self.last, self.sneaker = drawing, last, sneaker
        self.colour, self.second = PALETTE[sneaker.sole_colour], PALETTE[sneaker.second_colour]
        self.unit = last.length / 200
        flare = last.form.flare
        heel, toe = -0.010 - 0.4 * flare, 1.004
        self.u = heel + _U * (toe - heel)
        # the ground meets the tread behind the top's edge at the toe, and under or behind it at the heel
        tread = (heel + 0.016 - flare) + _U * (toe - 0.052 - heel - 0.016 + flare)
        self.bottom = np.column_stack([tread, last.bottom(tread)])
        wall = 0.012 if sneaker.outsole in ("cup", "flat") else 0.006
        tip = 0.012 * np.clip((self.u - 0.92) / 0.08, 0, 1) * (sneaker.outsole in ("cup", "lug", "flat"))
        corner = np.clip((np.abs(self.u - 0.5) - 0.462) / 0.05, 0, 1)  # the wall's upper edge is round at its ends
        edge = last.bite(np.clip(self.u, 0, 1)) + wall + tip - 0.014 * (1 - np.sqrt(1 - corner**2))
        self.top = np.column_stack([self.u, edge])
        if last.form.block:
            self.bottom[:, 1] += 0.034 * _bump((self.bottom[:, 0] - 0.285) / 0.22)
        self.side = last.standing(self._walls(self.top, self.bottom))

    def _walls(self, top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
        """Closed, with round ends at toe and heel."""
        return joined(
            top, _round(top[-1], bottom[-1], 0.012)[1:-1], bottom[::-1], _round(bottom[0], top[0], -0.009)[1:-1]
        )

    def shadow(self) -> None:
        """Soft, on the ground: before anything else."""
        drawing, last = self.drawing, self.last
        ground = last.ground + 0.6 * self.unit
        for u, wide, tall, dark in ((0.48, 0.58, 0.062, 0.34), (0.40, 0.44, 0.028, 0.42), (0.16, 0.22, 0.02, 0.3)):
            x, r = last.left + u * last.length, wide * last.length
            box = np.array([(x - r, -1), (x + r, -1), (x + r, 1), (x - r, 1)]) * (1, tall * last.length) + (0, ground)
            flat = tall / wide
            stops = ((0, BLACK.at(dark)), (0.55, BLACK.at(0.36 * dark)), (1, BLACK.at(0)))
            drawing.fill(box, paint=Radial((x, ground), r, stops, flat))

    def draw(self) -> None:
        """Over the lower edge of the upper: last."""
        low, high = self.side[:, 1].max(), self.side[:, 1].min()
        _TREADS[self.sneaker.outsole][0](self)
        shade = ((0, self.colour.mix(WHITE, 0.25)), (0.4, self.colour), (1, self.colour.mix(BLACK, 0.20)))
        self.drawing.fill(self.side, paint=Linear((0, high), (0, low), shade))
        with self.drawing.inside(self.side):
            _TREADS[self.sneaker.outsole][1](self)
            self._round_ends()
        self.drawing.stroke(self.side, colour=BLACK.at(0.30), width=0.8 * self.unit, closed=True)
        top = self.last.standing(self.top)
        self.drawing.stroke(top[1:-1], colour=BLACK.at(0.26), width=0.9 * self.unit)
        self.drawing.stroke(top[2:-2] + (0, 1.3 * self.unit), colour=WHITE.at(0.4), width=0.8 * self.unit)

    def _round_ends(self) -> None:
        left, right = self.side[:, 0].min(), self.side[:, 0].max()
        box = np.array([(left, 0), (right, 0), (right, 256), (left, 256)])
        ends = ((0, BLACK.at(0.30)), (0.10, BLACK.at(0)), (0.92, BLACK.at(0)), (1, BLACK.at(0.22)))
        self.drawing.fill(box, paint=Linear((left, 0), (right, 0), ends))

    # -- lines along the wall, at shares of its height ---------------------------------------------------------------

    def _level(self, share: float) -> np.ndarray:
        """(M, 2) on the canvas: a line along the wall, 0 at the ground, 1 at the top."""
        return self.last.standing(self.bottom + (self.top - self.bottom) * share)

    def _band(self, low: float, high: float, colour: Colour) -> None:
        self.drawing.fill(joined(self._level(high), self._level(low)[::-1]), paint=colour)

    def _line(self, share: float, colour: Colour, width: float, dash: tuple[float, float] | None = None) -> None:
        self.drawing.stroke(self._level(share), colour=colour, width=width * self.unit, dash=dash)

    # -- the five profiles: what stands below the wall, what is on it -------------------------------------------------

    def _nothing(self) -> None:
        pass

    def _foxing(self) -> None:
        """A flat rubber band, a thin stripe round it."""
        self._line(0.70, self.second, 1.7)
        self._band(-0.1, 0.16, self.colour.mix(BLACK, 0.22))

    def _cup(self) -> None:
        """A stitched cup on a darker tread."""
        thread = self.colour.mix(BLACK, 0.35)
        if self.drawing.shows(0.6 * self.unit):
            self._line(0.80, thread.at(0.8), 0.6, (2.2 * self.unit, 1.5 * self.unit))
        self._band(-0.1, 0.24, self._tread())
        self._line(0.24, BLACK.at(0.3), 0.6)

    def _waved(self) -> None:
        """Two foams that meet in a wave."""
        high = 0.46 + 0.17 * np.sin(_U * 9.5 + 0.4)
        seam = self.last.standing(self.bottom + (self.top - self.bottom) * high[:, None])
        below = joined(seam, self._level(-0.1)[::-1])
        self.drawing.fill(below, paint=self.second.mix(self.colour, 0.35))
        self.drawing.stroke(seam, colour=BLACK.at(0.28), width=0.9 * self.unit)
        self.drawing.stroke(seam - (0, 1.1 * self.unit), colour=WHITE.at(0.35), width=0.8 * self.unit)
        self._band(-0.1, 0.12, self._tread())

    def _lugs(self) -> None:
        teeth = []
        for u in np.linspace(0.0, 0.955, 15):
            low = self.last.bottom(np.array([u, u + 0.045]))
            teeth.append(
                np.array(
                    [
                        (u - 0.006, low[0] + 0.02),
                        (u + 0.004, low[0] - 0.017),
                        (u + 0.036, low[1] - 0.017),
                        (u + 0.046, low[1] + 0.02),
                    ]
                )
            )
        self.drawing.fill(packed(*(self.last.standing(tooth) for tooth in teeth)), paint=self._tread().mix(BLACK, 0.25))

    def _lugged(self) -> None:
        self._band(-0.1, 0.34, self._tread())
        self._line(0.34, BLACK.at(0.35), 0.7)
        at = self.bottom + (self.top - self.bottom) * 0.34 + (0.01, 0)
        grooves = np.stack([self.bottom, at], axis=1)[3:-2:3]
        self.drawing.stroke(
            lines([self.last.standing(groove) for groove in grooves]), colour=BLACK.at(0.35), width=0.9 * self.unit
        )

    def _pods(self) -> None:
        """Cushions that can be seen through the wall."""
        self._band(-0.1, 0.15, self._tread())
        turn = np.linspace(0, 2 * np.pi, 18, endpoint=False)
        round_pod, pods = np.column_stack([np.cos(turn), np.sin(turn)]), []
        for u in (0.06, 0.16, 0.26, 0.36):
            i = int(np.abs(self.u - u).argmin())
            middle = self.last.standing(self.bottom[i : i + 1] * 0.48 + self.top[i : i + 1] * 0.52)
            tall = 0.27 * (self.top[i, 1] - self.bottom[i, 1])
            pods.append(middle + round_pod * (0.042 * self.last.length, tall * self.last.length))
        low, high = pods[0][:, 1].max(), pods[0][:, 1].min()
        glass = Linear((0, high), (0, low), ((0, self.second.mix(WHITE, 0.5)), (1, self.second)))
        self.drawing.fill(packed(*pods), paint=glass)
        self.drawing.stroke(packed(*pods), colour=BLACK.at(0.4), width=0.7 * self.unit)
        self._line(0.86, self.colour.mix(BLACK, 0.25).at(0.6), 0.8)

    def _tread(self) -> Colour:
        """Rubber under the sole: gum under pale soles, dark under the rest."""
        return PALETTE["gum"].mix(self.colour, 0.25) if luma(self.colour) > 200 else self.colour.mix(BLACK, 0.45)


def _round(start_2: np.ndarray, end_2: np.ndarray, bulge: float) -> np.ndarray:
    """From one corner of the wall to the other, bellied by `bulge`."""
    (u, h), (u2, h2) = start_2, end_2
    return spline(
        (u, h),
        (u + 0.25 * (u2 - u) + 0.85 * bulge, h + 0.18 * (h2 - h)),
        (u + 0.55 * (u2 - u) + bulge, h + 0.55 * (h2 - h)),
        (u + 0.85 * (u2 - u) + 0.5 * bulge, h + 0.92 * (h2 - h)),
        (u2, h2),
    )


def _bump(x: np.ndarray) -> np.ndarray:
    """0 outside 0..1, 1 in the middle, steep on the heel's side."""
    inside = np.clip(x, 0, 1)
    return np.where((x > 0) & (x < 1), np.minimum(1, 6 * inside) * np.minimum(1, 2.2 * (1 - inside)), 0.0)


_TREADS = {
    "flat": (Sole._nothing, Sole._foxing),
    "cup": (Sole._nothing, Sole._cup),
    "wave": (Sole._nothing, Sole._waved),
    "lug": (Sole._lugs, Sole._lugged),
    "pods": (Sole._nothing, Sole._pods),
}
