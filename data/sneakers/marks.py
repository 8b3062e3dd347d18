"""What lies on an upper: the motif on its side and the texture of its material."""

from collections.abc import Callable
from functools import cache

import numpy as np

from looks_like.data.sneakers.drawing import BLACK, UNITS, WHITE, Drawing, Pattern, packed, stacked
from looks_like.data.sneakers.last import joined

# -- motifs, around (0, 0), in lengths of the shoe -------------------------------------------------------------------


def _stripes() -> list[np.ndarray]:
    return [
        np.array([(x - 0.045, -0.095), (x - 0.018, -0.095), (x + 0.047, 0.075), (x + 0.020, 0.075)])
        for x in (-0.065, -0.012, 0.041)
    ]


def _wave() -> list[np.ndarray]:
    u = np.linspace(-0.16, 0.17, 22)
    middle = 0.030 * np.sin(u * 28 + 0.6) + 0.10 * (u + 0.02)
    thick = 0.024 * np.sin(np.linspace(0.15, np.pi - 0.05, 22)) ** 0.7
    return [joined(np.column_stack([u, middle + thick]), np.column_stack([u, middle - thick])[::-1])]


def _chevron() -> list[np.ndarray]:
    return [
        np.array(
            [(x, -0.085), (x + 0.034, -0.085), (x + 0.105, -0.004), (x + 0.034, 0.077), (x, 0.077), (x + 0.071, -0.004)]
        )
        for x in (-0.125, -0.055, 0.015)
    ]


def _dots() -> list[np.ndarray]:
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    return [
        ring * (0.0235 - 0.0032 * column) + (-0.115 + 0.062 * column, row * 0.056 - 0.012)
        for column in range(5)
        for row in (-1, 0, 1)
    ]


MOTIFS: dict[str, Callable[[], list[np.ndarray]]] = {
    "stripes": _stripes,
    "wave": _wave,
    "chevron": _chevron,
    "dots": _dots,
}

# -- materials -------------------------------------------------------------------------------------------------------


_BAND = 8.0  # textures are kept in bands this high, so that a low shoe is not covered like a boot


@cache
def _holes(band: int) -> Pattern:
    """Small squares, every other row shifted by half a step."""
    step, hole = 5.2, np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * 2.1
    rows, across = np.arange(30, 226, step), np.arange(14, UNITS - 14, step)
    shown = [(i, y) for i, y in enumerate(rows) if y // _BAND == band]
    return packed(*(hole + (x + (i % 2) * step / 2, y) for i, y in shown for x in across))


@cache
def _grains(seed: int, band: int) -> Pattern:
    rng, grain = np.random.default_rng(seed), np.array([(0, 0), (1, 0.3), (0.2, 1)])
    places, sizes = rng.uniform((14, 30), (242, 226), (700, 2)), rng.uniform(1.2, 2.8, 700)
    shown_n = places[:, 1] // _BAND == band
    return packed(*(grain * size + at for at, size in zip(places[shown_n], sizes[shown_n], strict=True)))


@cache
def _zigzags(band: int) -> Pattern:
    x = np.arange(12, UNITS - 10, 3.4)
    rows = [
        np.column_stack([x, y + 1.1 * (np.arange(len(x)) % 2)]) for y in np.arange(30, 228, 4.2) if y // _BAND == band
    ]
    return packed(*(joined(row - (0, 0.5), (row + (0, 0.5))[::-1]) for row in rows))


def _mesh(drawing: Drawing, bands: range) -> None:
    drawing.fill(stacked(map(_holes, bands)), paint=BLACK.at(0.28))


def _suede(drawing: Drawing, bands: range) -> None:
    drawing.fill(stacked(_grains(1, band) for band in bands), paint=BLACK.at(0.10))
    drawing.fill(stacked(_grains(2, band) for band in bands), paint=WHITE.at(0.14))


def _knit(drawing: Drawing, bands: range) -> None:
    drawing.fill(stacked(map(_zigzags, bands)), paint=BLACK.at(0.18))


def _smooth(drawing: Drawing, bands: range) -> None:
    """Leather and patent leather show in the light alone."""


def texture(drawing: Drawing, material: str, top: float, low: float) -> None:
    """The surface of a material between two heights of the canvas."""
    _TEXTURES[material](drawing, range(int(top // _BAND), int(low // _BAND) + 1))


_TEXTURES: dict[str, Callable[[Drawing, range], None]] = {
    "leather": _smooth,
    "mesh": _mesh,
    "suede": _suede,
    "knit": _knit,
    "patent": _smooth,
}
