"""Roads between products: shortest paths on the graph of nearest neighbours, smoothed.

A straight line between two codes crosses places where no product is, and the decoder, which never learnt them, shows
two ghosts there. A road goes from product to like product, as manifolds are walked since Isomap (Tenenbaum 2000).
"""

import numpy as np

from looks_like.model.geometry.neighbours import KnnArrays

_SAMPLES = 64  # of a road, evenly along it, while it is smoothed
_PASSES = 60  # of a binomial filter (1, 2, 1) / 4: corners at products are gone, turns remain
_NOWHERE = -1


class Roads:
    """The graph of the k nearest others of each code (N, D); an edge is as long as its two codes are apart."""

    def __init__(self, z_nd: np.ndarray, near: KnnArrays) -> None:
        self._z_nd = np.asarray(z_nd, np.float32)
        self._first_n, self._to_e, self._length_e = _both_ways(near)

    def stops(self, a: int, b: int) -> np.ndarray:
        """Places of the codes along the shortest path from `a` to `b`, both included; only those two where none is."""
        low, high = min(a, b), max(a, b)  # the way back is the way there, whichever of equal ways is found first
        if a == b:
            return np.array([a])
        from looks_like.model.geometry.paths.shortest_path import meet

        met, before_n, after_n = meet(self._first_n, self._to_e, self._length_e, low, high)
        if met == _NOWHERE:
            return np.array([a, b])
        way = [*_walked(before_n, met)[::-1], met, *_walked(after_n, met)]
        return np.array(way if a == low else way[::-1])

    def curve(self, a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
        """(T, D) along the smoothed road between two codes, at the shares `t_t` of its length; the ends exactly.

        A code that is no product's joins the road at the product nearest to it.
        """
        way_sd = _along(self._corners(a_d, b_d), np.linspace(0, 1, _SAMPLES))
        for _ in range(_PASSES):
            way_sd[1:-1] = (way_sd[:-2] + 2 * way_sd[1:-1] + way_sd[2:]) / 4
        return _along(way_sd, t_t)

    def stepping_stones(self, a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
        """(T, D) along the road as it is. Where times are enough each of its products is met exactly at one of them,
        the one nearest to its share of the length.
        """
        corners_sd, t_t = self._corners(a_d, b_d), np.asarray(t_t)
        share_s = _shares(corners_sd)
        at_s = np.abs(t_t[None] - share_s[:, None]).argmin(1)
        met_s = np.r_[True, np.diff(at_s) > 0]  # of two at one time the first
        met_s[-1] = True
        return np.stack([np.interp(t_t, t_t[at_s[met_s]], value_s[met_s]) for value_s in corners_sd.T], axis=1)

    def _corners(self, a_d: np.ndarray, b_d: np.ndarray) -> np.ndarray:
        """(S, D) both ends, and the products of the road between them that are neither."""
        stops_sd = self._z_nd[self.stops(self._place(a_d), self._place(b_d))]
        corners_sd = np.concatenate([np.asarray(a_d)[None], stops_sd, np.asarray(b_d)[None]]).astype(np.float64)
        return np.asarray(corners_sd[np.r_[True, (np.diff(corners_sd, axis=0) != 0).any(1)]])

    def _place(self, z_d: np.ndarray) -> int:
        """Of the code nearest to this one."""
        return int(np.square(self._z_nd - np.asarray(z_d, np.float32)).sum(1).argmin())


def _along(corners_sd: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    """(T, D) at shares of the length of a polyline."""
    share_s = _shares(corners_sd)
    return np.stack([np.interp(np.asarray(t_t), share_s, values_s) for values_s in corners_sd.T], axis=1)


def _shares(corners_sd: np.ndarray) -> np.ndarray:
    """(S,) of the length of a polyline, at each of its corners: from 0 to 1."""
    length_s = np.concatenate([[0], np.linalg.norm(np.diff(corners_sd, axis=0), axis=1).cumsum()])
    return np.asarray(length_s / max(length_s[-1], np.finfo(np.float64).tiny))


def _both_ways(near: KnnArrays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-> (first_n, to_e, length_e): edges e of code n are first_n[n] .. first_n[n + 1]; each goes both ways, once."""
    from scipy.sparse import csr_matrix

    count, k = near.index_nk.shape
    length_e = np.maximum(near.distance_nk.ravel(), np.finfo(np.float32).tiny)  # a twin is an edge too
    one_way = csr_matrix((length_e, near.index_nk.ravel(), np.arange(count + 1) * k), (count, count))
    both = one_way.maximum(one_way.T).tocsr()
    both.sort_indices()
    return both.indptr.astype(np.int64), both.indices.astype(np.int32), both.data.astype(np.float32)


def _walked(previous_n: np.ndarray, place: int) -> list[int]:
    """From a place to where the search began, itself not among them."""
    way = []
    while (place := int(previous_n[place])) != _NOWHERE:
        way.append(place)
    return way
