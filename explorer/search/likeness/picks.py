"""Some of many products, by how they look: typical ones, unusual ones, or as different ones as can be.

Of copies of one picture one is picked. The same products give the same picks.
"""

from collections.abc import Callable

import numpy as np

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.errors import ModelError
from looks_like.model.geometry import NearestNeighbours

PICKS = {"typical": "most typical", "unusual": "most unusual", "diverse": "as different as can be"}
PICKS_MAX = 10_000
_NEIGHBOURS = 10  # whose mean distance says how unusual a product is
_CROWD_MAX = 50  # whose mean distance says how typical; fewer of few: a tenth
_HELD_MAX = 20_000  # of more, so many speak for all: evenly drawn
_ODD_SHARE = 0.05  # the most unusual, which are left out of a diverse sample: they would be all of it
_AT_ONCE = 4096
_ITSELF = 1e-6


def pick(lab: Lab, model: str, kind: str, count: int, rows_m: np.ndarray) -> np.ndarray:
    """int64 (count,): catalogue rows of those picked of these, the best first; fewer where there are fewer pictures.

    typical: where they are densest, each for the crowd around it, which is not asked again. unusual: farthest from the
    nearest of them. diverse: a typical one, then always the farthest from all before (Gonzalez 1985), without the most
    unusual. Those without a code are never picked. RequestError for an unknown kind or count.
    """
    if kind not in PICKS:
        raise RequestError(f"{kind[:40]!r} can't be picked; there are: {', '.join(PICKS)}")
    if not 1 <= count <= PICKS_MAX:
        raise RequestError(f"between 1 and {PICKS_MAX:,} can be picked, got {count:,}")
    space = lab.space(model)
    places = space.one_of_each_among(space.positions(rows_m))
    if not len(places):
        raise ModelError(f"none of these {len(rows_m):,} products has a code of model {model!r}")
    return np.asarray(space.rows_n[places[_OF[kind](space.z_nd[places], count)]])


def _typical(z_md: np.ndarray, count: int) -> np.ndarray:
    held = np.arange(0, len(z_md), -(-len(z_md) // _HELD_MAX))
    near_hk, apart_h = _nearest(z_md[held], z_md[held], min(_CROWD_MAX, len(held) // 10))
    in_order, gone_h, first = np.argsort(apart_h, kind="stable"), np.zeros(len(held), bool), list[int]()
    for at in in_order.tolist():
        if not gone_h[at] and len(first) < count:
            first.append(at)
            gone_h[near_hk[at]] = True
    rest = np.setdiff1d(in_order, first, assume_unique=True)  # keeps the order
    return held[np.concatenate([first, rest])[:count].astype(np.int64)]


def _unusual(z_md: np.ndarray, count: int) -> np.ndarray:
    return np.argsort(-_oddness(z_md), kind="stable")[:count]


def _diverse(z_md: np.ndarray, count: int) -> np.ndarray:
    odd = int(_ODD_SHARE * len(z_md))
    odd *= len(z_md) - odd >= count
    kept = np.sort(np.argsort(_oddness(z_md), kind="stable")[: len(z_md) - odd]) if odd else np.arange(len(z_md))
    z_kd = z_md[kept]
    square_k, apart_k = (z_kd**2).sum(1), np.full(len(z_kd), np.inf, np.float32)
    picked = [int(_typical(z_kd, 1)[0])]
    while len(picked) < min(count, len(z_kd)):
        apart_k = np.minimum(apart_k, square_k - 2 * (z_kd @ z_kd[picked[-1]]) + square_k[picked[-1]])
        apart_k[picked[-1]] = -np.inf
        picked.append(int(np.argmax(apart_k)))
    return kept[picked]


def _oddness(z_md: np.ndarray) -> np.ndarray:
    """float (M,): mean distance to the nearest others of them, of very many to those of as many as are held."""
    return _nearest(z_md, z_md[:: -(-len(z_md) // _HELD_MAX)], _NEIGHBOURS)[1]


def _nearest(z_md: np.ndarray, held_hd: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """-> (which of those held are nearest to each, perhaps itself (M, K); mean distance to the others (M,))"""
    count = min(max(1, count) + 1, len(held_hd))
    neighbours, near, apart = NearestNeighbours(held_hd), [], []
    for i in range(0, len(z_md), _AT_ONCE):
        index_ak, distance_ak = neighbours.nearest(z_md[i : i + _AT_ONCE], count)
        itself_a1 = distance_ak[:, :1] < _ITSELF
        near.append(index_ak)
        apart.append(np.where(itself_a1, distance_ak[:, 1:], distance_ak[:, :-1]).sum(1) / max(1, count - 1))
    return np.concatenate(near), np.concatenate(apart)


_OF: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "typical": _typical,
    "unusual": _unusual,
    "diverse": _diverse,
}
