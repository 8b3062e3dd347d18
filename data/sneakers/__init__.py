"""A procedural sneaker: side view on white, every factor known. The demo catalogue is made of these.

Reading order: factors (what can differ), last (the shape), upper, sole, drawing (the pen), samplers (which sneakers).
"""

import numpy as np

from looks_like.data.sneakers.drawing import UNITS, Drawing
from looks_like.data.sneakers.factors import Sneaker
from looks_like.data.sneakers.last import Last
from looks_like.data.sneakers.sole import Sole
from looks_like.data.sneakers.upper import Upper


def render(sneaker: Sneaker, edge_px: int) -> np.ndarray:
    """(edge, edge, 3) uint8; the same sneaker gives the same pixels."""
    drawing, last = Drawing(edge_px), Last(sneaker)
    sole = Sole(drawing, last, sneaker)
    sole.shadow()
    Upper(drawing, last, sneaker).draw()
    sole.draw()
    return drawing.pixels(_camera(sneaker))


def _camera(sneaker: Sneaker) -> np.ndarray:
    """(2, 3): seen a little from the side (shorter) and tilted, about the middle of the canvas."""
    angle = np.radians(3.0) * sneaker.pitch
    shorter = 1 - 0.05 * (sneaker.yaw + 1) / 2
    turn_22 = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([shorter, 1.0])
    middle_2 = np.full(2, UNITS / 2)
    return np.column_stack([turn_22, middle_2 - turn_22 @ middle_2])
