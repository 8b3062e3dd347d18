"""The panels of an upper, each a piece with a seam, and the layouts that shoes are built in."""

import numpy as np

from looks_like.data.sneakers.drawing import BLACK, WHITE, Colour, Drawing, Linear, lines, luma
from looks_like.data.sneakers.factors import PALETTE, Sneaker
from looks_like.data.sneakers.last import Last, joined, shifted, spline

_BELOW, _AHEAD, _BEHIND = -0.08, 1.06, -0.06  # beyond the outline, which cuts panels off


class Panels:
    """Draws pieces of one upper, cut to fit its last."""

    def __init__(self, drawing: Drawing, last: Last, sneaker: Sneaker) -> None:
        self.drawing, self.last, self.sneaker = drawing, last, sneaker
        self.colour = PALETTE[sneaker.upper_colour]
        self.second = PALETTE[sneaker.second_colour]
        self.lace = PALETTE[sneaker.lace_colour]
        self.unit = last.length / 200  # line widths grow with the shoe
        self.outline = last.at(last.outline)
        self.top, self.low = float(self.outline[:, 1].min()), float(self.outline[:, 1].max())

    def _lit(self, colour: Colour, up: float, down: float) -> Linear:
        """A colour lit from above."""
        return Linear(
            (0, self.top), (0, self.low), ((0, colour.mix(WHITE, up)), (0.45, colour), (1, colour.mix(BLACK, down)))
        )

    # -- the pieces --------------------------------------------------------------------------------------------------

    def _panel(self, edge_m2: np.ndarray, *corners: tuple[float, float], colour: Colour, stitched: bool = True) -> None:
        """A piece on top of the base: `edge_m2` is its seam, the corners close it beyond the outline."""
        last, unit = self.last, self.unit
        seam = last.at(edge_m2)
        outline = joined(seam, last.at(np.array(corners))) if corners else seam
        self.drawing.stroke(seam + (0.3 * unit, 0.9 * unit), colour=BLACK.at(0.20), width=1.9 * unit)
        self.drawing.fill(outline, paint=self._lit(colour, 0.14, 0.14))
        self.drawing.stroke(seam, colour=colour.mix(BLACK, 0.45).at(0.75), width=0.55 * unit)
        if stitched and self.drawing.shows(0.5 * unit):
            thread = colour.mix(BLACK, 0.40) if luma(colour) > 110 else colour.mix(WHITE, 0.35)
            inset = last.at(shifted(edge_m2, -0.0115))
            self.drawing.stroke(inset, colour=thread.at(0.8), width=0.5 * unit, dash=(1.9 * unit, 1.3 * unit))

    def _heel_counter(self, colour: Colour, tall: float = 0.62) -> None:
        h = self.last.collar
        edge = spline(
            (_BEHIND, tall * h), (0.05, tall * h), (0.13, 0.50 * tall * h + 0.03), (0.185, 0.05), (0.20, _BELOW)
        )
        self._panel(edge, (_BEHIND, _BELOW), colour=colour)

    def _heel_tab(self, colour: Colour) -> None:
        h = self.last.collar
        edge = spline((_BEHIND, 0.66 * h), (0.04, 0.68 * h), (0.075, 0.84 * h), (0.085, 1.2 * h))
        self._panel(edge, (_BEHIND, 1.2 * h), colour=colour)

    def _toe_cap(self, colour: Colour) -> None:
        edge = spline((0.715, _BELOW), (0.735, 0.05), (0.775, 0.115), (0.80, 0.30))
        self._panel(edge, (_AHEAD, 0.30), (_AHEAD, _BELOW), colour=colour)

    def _mudguard(self, colour: Colour) -> None:
        t = self.last.toe
        edge = spline(
            (0.52, _BELOW),
            (0.57, 0.045),
            (0.66, 0.064),
            (0.76, 0.042),
            (0.86, 0.50 * t),
            (0.93, 0.72 * t),
            (_AHEAD, 0.86 * t),
        )
        self._panel(edge, (_AHEAD, _BELOW), colour=colour)

    def _eyestay(self, colour: Colour) -> None:
        if not self.last.form.tongue:
            return
        inner = shifted(self.last.throat, -0.058)
        end = self.last.throat[-1]
        foot = spline(tuple(inner[-1]), (end[0] + 0.035, end[1] - 0.055), (end[0] + 0.045, end[1] + 0.03))
        self._panel(joined(inner, foot[1:]), *map(tuple, self.last.throat[::-1] + (0.03, 0.03)), colour=colour)

    def _saddle(self, colour: Colour) -> None:
        h = self.last.collar + 0.1
        front = spline((0.50, _BELOW), (0.515, 0.08), (0.50, 0.20), (0.47, h))
        back = spline((0.36, h), (0.355, 0.18), (0.335, 0.08), (0.30, _BELOW))
        self._panel(joined(front, back), colour=colour, stitched=False)
        if not self.drawing.shows(0.5 * self.unit):
            return
        seams = lines([self.last.at(shifted(front, 0.0115)), self.last.at(shifted(back, 0.0115))])
        dash = (1.9 * self.unit, 1.3 * self.unit)
        self.drawing.stroke(seams, colour=BLACK.at(0.35), width=0.5 * self.unit, dash=dash)

    def _ribs(self, colour: Colour, count: int = 4) -> None:
        for i in range(count):
            u = 0.30 + 0.085 * i
            line = spline((u, _BELOW), (u + 0.012, 0.06), (u + 0.045, 0.13), (u + 0.10, 0.24))
            self._panel(joined(line, shifted(line, 0.026)[::-1]), colour=colour, stitched=False)

    def _plain(self) -> None:
        self._eyestay(self.colour.mix(BLACK, 0.07))
        self._heel_tab(self.second)

    def _classic(self) -> None:
        self._toe_cap(self.colour.mix(WHITE, 0.10))
        self._mudguard(self.second)
        self._heel_counter(self.second)
        self._eyestay(self.second)

    def _saddled(self) -> None:
        self._saddle(self.second)
        self._eyestay(self.colour.mix(BLACK, 0.06))
        self._heel_tab(self.second)
        self._toe_cap(self.colour.mix(BLACK, 0.06))

    def _layered(self) -> None:
        self._ribs(self.second.mix(self.colour, 0.25))
        self._mudguard(self.second)
        self._heel_counter(self.second.mix(self.colour, 0.35), 0.75)
        self._eyestay(self.second)
        self._heel_tab(self.lace)

    def _cage(self) -> None:
        """A knitted sock held by straps."""
        last, unit = self.last, self.unit
        starts = last.on_throat(np.linspace(0.06, 0.92, 5), 0.012)
        feet = 0.24 + 0.115 * np.arange(len(starts))
        straps = [
            last.at(spline((u, v), (0.55 * u + 0.45 * foot + 0.02, 0.52 * v), (foot, _BELOW)))
            for (u, v), foot in zip(starts, feet, strict=True)
        ]
        self.drawing.stroke(lines(straps, 0, 0.9 * unit), colour=BLACK.at(0.22), width=3.9 * unit)
        self.drawing.stroke(lines(straps), colour=self.second, width=3.4 * unit)
        self.drawing.stroke(lines(straps, -0.5 * unit, -0.5 * unit), colour=WHITE.at(0.22), width=0.8 * unit)
        self._heel_counter(self.second, 0.45)


LAYOUTS = {
    "plain": Panels._plain,
    "classic": Panels._classic,
    "saddle": Panels._saddled,
    "layered": Panels._layered,
    "cage": Panels._cage,
}
