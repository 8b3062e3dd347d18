"""Codes made by a formula on a grid of factors, from one that is perfect to one that is all noise."""

import numpy as np

SIZES = (3, 6, 10, 8, 8)
VIEWS = 20  # of each combination of factors, that differ in noise
DIMENSIONS = 8


def factors() -> np.ndarray:
    """(230400, 5) int: every combination of values, VIEWS times."""
    grid = np.unravel_index(np.arange(np.prod(SIZES)), SIZES)
    return np.stack(grid, 1).repeat(VIEWS, axis=0)


def made_up_codes() -> dict[str, np.ndarray]:
    """Float32 (230400, 8) by name."""
    rng = np.random.default_rng(20)
    level_nf = factors() / (np.array(SIZES) - 1) * 2 - 1
    shape, scale, turn, x, y = level_nf.T
    nothing = np.zeros_like(x)
    angle = np.pi * turn
    placed = {
        "apart": ((shape, scale, turn, x, y, nothing, nothing, nothing), 0.1),
        "turned": ((shape, scale, turn, (x + y) / 2**0.5, (x - y) / 2**0.5, nothing, nothing, nothing), 0.15),
        "doubled": ((shape, scale, turn, x, y, x, y, scale), 0.2),
        "curved": ((shape, np.abs(scale), np.sin(angle), np.cos(angle), x**3, y + x**2, shape * scale, nothing), 0.15),
        "mixed": (tuple((level_nf @ rng.normal(0, 0.5, (5, DIMENSIONS))).T), 0.3),
        "faint": ((0.5 * shape, 0.3 * scale, 0.2 * turn, 0.4 * x, 0.1 * y, nothing, nothing, nothing), 1.0),
    }
    noise_nd = rng.standard_normal((len(level_nf), DIMENSIONS))
    noise_nd[:, -1] *= 0.02  # one dimension that is all but dead, except in "doubled", "mixed"
    return {
        name: (np.stack(columns, 1) + deviation * noise_nd).astype(np.float32)
        for name, (columns, deviation) in placed.items()
    }
