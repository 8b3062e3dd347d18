"""The dSprites re-render: all its pictures on disk."""

import itertools
from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Bench, Result, by_turns, compared
from looks_like.data.dsprites import COUNT, EDGE_PX, SCALES, TURNS, factors_of, outline, packed_file, render

_GOAL_S = 60.0


def rendering(bench: Bench) -> Iterator[Result]:
    """All 737,280 pictures of the dSprites re-render into a file, beside NumPy picture by picture.

    Theirs asks every pixel whether it is inside and packs the answers in memory; it is timed on a sample and
    extrapolated to all. How far the pictures of both differ is told.
    """
    count, numbers = bench.of(4000, 400), itertools.count()
    sample = np.random.default_rng(0).choice(COUNT, count, replace=False)
    plain = _Plain()

    def ours() -> None:
        folder = bench.folder / f"dsprites-{next(numbers)}"
        packed_file(folder)
        for file in folder.iterdir():  # 377 MB
            file.unlink()

    samples = by_turns(ours, lambda: [plain.render(row) for row in sample], rounds=3, warm=0)
    samples[1] = [seconds * COUNT / count for seconds in samples[1]]
    apart = np.bitwise_count(render(sample) ^ np.stack([plain.render(row) for row in sample])).sum(axis=1)
    yield compared(
        f"draw {COUNT:,} dSprites re-renders",
        "s",
        "NumPy per picture, extrapolated",
        samples,
        goal=_GOAL_S,
        more={"their_sample": count, "pixels_apart_mean": float(apart.mean()), "pixels_apart_most": int(apart.max())},
    )


class _Plain:
    """A picture at a time, a pixel at a time: closed forms, and for the heart its radius by angle."""

    def __init__(self) -> None:
        self.y_px, self.x_px = np.mgrid[:EDGE_PX, :EDGE_PX].astype(np.float64)
        x_v, y_v = outline(2)[: len(outline(2)) // 2].T  # the right half
        self.angles, self.radii = np.arctan2(y_v + 1, x_v), np.hypot(x_v, y_v + 1)

    def render(self, row: int) -> np.ndarray:
        """(512,) uint8, packed."""
        shape, scale, turn, x, y = factors_of(np.array([row]))[0]
        across, down = (
            (self.x_px - 15.5 - 32 * x / 31) / SCALES[scale],
            (self.y_px - 15.5 - 32 * y / 31) / SCALES[scale],
        )
        c, s = np.cos(TURNS[turn]), np.sin(TURNS[turn])
        u, w = c * across - s * down, s * across + c * down
        if shape == 0:
            inside = (np.abs(u) <= 9.6) & (np.abs(w) <= 9.6)
        elif shape == 1:
            inside = (u / 12.8) ** 2 + (w / 7.2) ** 2 <= 1
        else:
            inside = np.hypot(u, w + 1) <= np.interp(np.arctan2(w + 1, np.abs(u)), self.angles, self.radii)
        return np.packbits(inside)
