"""The upper of a sneaker, from the inside out: lining, tongue, base, panels, motif, collar, light, laces."""

import numpy as np

from looks_like.data.sneakers.drawing import BLACK, WHITE, Colour, Linear, Radial, lines, luma, packed
from looks_like.data.sneakers.last import joined, shifted, spline
from looks_like.data.sneakers.marks import MOTIFS, texture
from looks_like.data.sneakers.panels import LAYOUTS, Panels

_GLOSS = {"leather": 0.30, "mesh": 0.14, "suede": 0.06, "knit": 0.10, "patent": 0.72}


class Upper(Panels):
    """Draws the upper of one sneaker."""

    def draw(self) -> None:
        """All layers, the farthest first."""
        self._lining()
        self._tongue()
        self.drawing.fill(self.outline, paint=self._lit(self.colour, 0.10, 0.16))
        with self.drawing.inside(self.outline):
            texture(self.drawing, self.sneaker.material, self.outline[:, 1].min(), self.outline[:, 1].max())
            LAYOUTS[self.sneaker.layout](self)
            self._motif()
            self._collar()
            self._light()
        self.drawing.stroke(self.outline, colour=BLACK.at(0.30), width=0.9 * self.unit, closed=True)
        if self.last.form.tongue:
            self._laces()
        else:
            self._elastic()

    # -- what shows behind ---------------------------------------------------------------------------------------

    def _lining(self) -> None:
        """The far side of the collar, seen from a little above."""
        line = self.last.collar_line
        far = line + np.column_stack([np.full(len(line), 0.004), 0.026 * np.sin(np.linspace(0.25, 2.9, len(line)))])
        inner = self.second.mix(BLACK, 0.25) if luma(self.second) > 60 else self.second.mix(WHITE, 0.10)
        hole = self.last.at(joined(far, line[::-1]))
        self.drawing.fill(hole, paint=inner)
        self.drawing.stroke(self.last.at(far), colour=inner.mix(WHITE, 0.28), width=1.1 * self.unit)

    def _tongue(self) -> None:
        form, last = self.last.form, self.last
        front, high = form.front[0], last.collar + form.front[1]
        if not form.tongue:
            return
        edge = shifted(last.throat, 0.016)
        tip = [
            (front - 0.075, high - 0.03),
            (front - 0.055, high + 0.75 * form.tongue),
            (front - 0.02, high + form.tongue),
        ]
        outline = joined(
            spline(*tip, (front + 0.018, high + 0.62 * form.tongue), tuple(edge[2])), edge[3:], last.throat[::-1]
        )
        colour = self.colour.mix(self.second, 0.0 if self.sneaker.layout in ("plain", "cage") else 0.35)
        placed = last.at(outline)
        self.drawing.fill(placed, paint=self._lit(colour, 0.0, 0.26))
        self.drawing.stroke(placed, colour=BLACK.at(0.28), width=0.7 * self.unit, closed=True)

    def _collar(self) -> None:
        """The padded edge."""
        line = self.last.collar_line
        depth = 0.030 + 0.012 * (self.sneaker.silhouette in ("skate", "basketball"))
        colour = self.second if self.sneaker.layout == "layered" else self.colour.mix(BLACK, 0.10)
        inner = shifted(line, -depth)
        self.drawing.fill(self.last.at(joined(line + (0, 0.02), inner[::-1])), paint=colour)
        self.drawing.stroke(self.last.at(inner), colour=BLACK.at(0.28), width=0.6 * self.unit)
        self.drawing.stroke(self.last.at(shifted(line, -0.4 * depth)), colour=WHITE.at(0.22), width=1.6 * self.unit)

    # -- the motif on the side -----------------------------------------------------------------------------------

    def _motif(self) -> None:
        if self.sneaker.motif == "none":
            return
        behind_the_saddle = self.sneaker.layout == "saddle"
        colour = self.colour if self.sneaker.layout == "layered" else self.second  # on ribs of the second colour
        reach = (0.42 if behind_the_saddle else 0.65) + 0.55 * self.sneaker.motif_size * (
            0.6 if behind_the_saddle else 1
        )
        at = (0.205, 0.105) if behind_the_saddle else (0.405, 0.118)
        placed = [self.last.at(outline * reach + at) for outline in MOTIFS[self.sneaker.motif]()]
        shadow, marks = packed(*(outline + (0.2 * self.unit, 0.8 * self.unit) for outline in placed)), packed(*placed)
        self.drawing.fill(shadow, paint=BLACK.at(0.18))
        self.drawing.fill(marks, paint=colour)
        self.drawing.stroke(marks, colour=colour.mix(BLACK, 0.5).at(0.5), width=0.45 * self.unit)

    # -- light ---------------------------------------------------------------------------------------------------

    def _light(self) -> None:
        drawing, last, gloss = self.drawing, self.last, _GLOSS[self.sneaker.material]
        (left, top), (right, low) = self.outline.min(0), self.outline.max(0)
        box = np.array([(left, top), (right, top), (right, low), (left, low)])
        clear, wide = BLACK.at(0), right - left
        drawing.fill(
            box,
            paint=Linear((left, 0), (left + 0.16 * wide, 0), ((0, BLACK.at(0.34)), (0.5, BLACK.at(0.10)), (1, clear))),
        )
        drawing.fill(box, paint=Linear((right - 0.13 * wide, 0), (right, 0), ((0, clear), (1, BLACK.at(0.26)))))
        bite = last.at(np.column_stack([np.linspace(-0.02, 1.02, 24), np.zeros(24)]))
        for width, dark in ((15, 0.07), (9, 0.09), (4, 0.14)):
            drawing.stroke(bite, colour=BLACK.at(dark), width=width * self.unit)
        self._shine(0.845, 0.66 * last.toe, 0.135, 0.6, gloss)
        self._shine(0.14, 0.60 * last.collar, 0.085, 1.7, 0.8 * gloss)
        self._shine(0.42, 0.17, 0.17, 0.55, 0.5 * gloss)
        rim = last.at(shifted(joined(last.throat, last.toe_line[1:-4]), -0.014))
        drawing.stroke(rim, colour=WHITE.at(0.10 + 0.35 * gloss), width=(1.4 + 1.2 * gloss) * self.unit)
        if self.sneaker.material == "patent":
            self._streaks()

    def _shine(self, u: float, v: float, radius: float, flat: float, strength: float) -> None:
        (x, y), r = self.last.at(np.array([(u, v)]))[0], radius * self.last.length
        box = np.array([(x - r, y - r * flat), (x + r, y - r * flat), (x + r, y + r * flat), (x - r, y + r * flat)])
        glow = ((0, WHITE.at(strength)), (0.4, WHITE.at(0.45 * strength)), (1, WHITE.at(0)))
        self.drawing.fill(box, paint=Radial((x, y), r, glow, flat))

    def _streaks(self) -> None:
        last, t = self.last, self.last.toe
        for line, width in (
            (spline((0.72, 0.80 * t), (0.80, 0.80 * t), (0.88, 0.66 * t)), 3.2),
            (spline((0.24, 0.19), (0.34, 0.165), (0.46, 0.17)), 2.4),
            (spline((0.05, 0.35 * last.collar), (0.06, 0.55 * last.collar), (0.075, 0.75 * last.collar)), 2.2),
        ):
            self.drawing.stroke(last.at(line), colour=WHITE.at(0.55), width=width * self.unit)

    # -- what closes it ------------------------------------------------------------------------------------------

    def _laces(self) -> None:
        last, unit, count = self.last, self.unit, self.last.form.eyelets
        shares = np.linspace(0.05, 0.93, count)
        holes, over = last.on_throat(shares, 0.030), last.on_throat(np.clip(shares - 0.035, 0, 1), -0.019)
        dark = self.lace.mix(BLACK, 0.45) if luma(self.lace) > 70 else BLACK
        bars = list(np.stack([last.at(holes), last.at(over)], axis=1))
        self.drawing.stroke(lines(bars, 0, 0.9 * unit), colour=BLACK.at(0.30), width=4.0 * unit)
        self.drawing.stroke(lines(bars), colour=dark, width=3.7 * unit)
        self.drawing.stroke(lines(bars), colour=self.lace, width=2.7 * unit)
        self.drawing.stroke(lines(bars, -0.4 * unit, -0.5 * unit), colour=WHITE.at(0.25), width=0.7 * unit)
        self._bow(last.at(over[:1])[0], dark)

    def _bow(self, at_2: np.ndarray, dark: Colour) -> None:
        unit = self.unit
        loop = spline((0, 0), (7, -6), (13, -4), (12, 2), (5, 2), (0, 0)) * unit + at_2 + (0.5 * unit, 0)
        end = spline((0, 0), (5, 5), (8, 11)) * unit + at_2
        self.drawing.stroke(lines([end, loop]), colour=dark, width=2.9 * unit)
        self.drawing.stroke(lines([end, loop]), colour=self.lace, width=2.0 * unit)

    def _elastic(self) -> None:
        """The gore of a slip-on, in the colour that laces would have."""
        last, front = self.last, self.last.form.front[0]
        top = last.collar + last.form.front[1]
        gore = spline((front + 0.005, top - 0.004), (front + 0.015, 0.72 * top), (front - 0.02, 0.42 * top))
        gore = joined(gore, spline((front - 0.045, 0.45 * top), (front - 0.05, 0.7 * top), (front - 0.04, top - 0.03)))
        placed = last.at(gore)
        self.drawing.fill(placed, paint=self.lace)
        for i in range(1, 5):
            share = i / 5
            rib = placed[len(placed) // 2 :][::-1] * share + placed[: len(placed) // 2] * (1 - share)
            self.drawing.stroke(rib, colour=BLACK.at(0.25), width=0.6 * self.unit)
        self.drawing.stroke(placed, colour=BLACK.at(0.5), width=0.6 * self.unit, closed=True)
