"""Two products between which there is something to see: far apart, and with real products all the way."""

from collections.abc import Callable

import numpy as np

from looks_like.explorer.core import Lab, Space

_DRAWN, _PAIRS, _STOPS = 48, 12, 9  # products drawn, the farthest pairs of them that are walked, points looked at
_FAR = 0.6  # share of the pairs that are nearer
_LOOKED_AT = 20_000  # products among which neighbours on the way are looked for


def example_anchors(lab: Lab, model: str, seed: int, row: int | None = None) -> tuple[int, int] | None:
    """-> catalogue rows of a pair, another one for each seed; `row`: a product that it has to begin with. None where
    fewer than two products have a code.
    """
    space = lab.space(model)
    key = ("example of a path", space, seed, row)
    return lab.cache.get_or_make(key, lambda: _pair(space, seed, row), max_size=16)


def _pair(space: Space, seed: int, row: int | None) -> tuple[int, int] | None:
    rng, known = np.random.default_rng(seed), space.one_of_each
    drawn = np.sort(rng.permutation(known)[:_DRAWN])
    first = space.positions(np.array([row])) if row is not None else drawn
    if len(drawn) < 2 or not len(first):
        return None
    apart_fd = np.linalg.norm(space.z_nd[first][:, None] - space.z_nd[drawn][None], axis=2)
    if not (apart_fd > 0).any():
        return None
    far_2 = np.argwhere((apart_fd > 0) & (apart_fd >= np.quantile(apart_fd[apart_fd > 0], _FAR)))
    pairs = [(int(first[i]), int(drawn[j])) for i, j in far_2]
    chosen = [pairs[at] for at in rng.permutation(len(pairs))[:_PAIRS]]
    return min(((int(space.rows_n[a]), int(space.rows_n[b])) for a, b in chosen), key=_gap(space, rng))


def _gap(space: Space, rng: np.random.Generator) -> Callable[[tuple[int, int]], float]:
    """How far the way between two products leads from the nearest real one, at most, for how long it is."""
    among = np.sort(rng.permutation(space.rows_n)[:_LOOKED_AT])

    def gap(pair: tuple[int, int]) -> float:
        z_td = space.path_codes([space.code(row) for row in pair], _STOPS, "linear")
        _, distance_t1 = space.nearest(z_td[1:-1], 1, among)
        return float(distance_t1.max() / max(float(np.linalg.norm(z_td[-1] - z_td[0])), 1e-9))

    return gap
