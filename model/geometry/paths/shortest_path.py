"""The search of `roads`, compiled. Imported when the first road is asked for: numba takes half a second to read."""

import heapq

import numpy as np
from numba import njit


def meet(
    first_n: np.ndarray, to_e: np.ndarray, length_e: np.ndarray, a: int, b: int
) -> tuple[int, np.ndarray, np.ndarray]:
    """Dijkstra from both ends (Pohl 1971) -> (where they meet or -1; who comes before each, from either end)."""
    met, before_n, after_n = _meet(first_n, to_e, length_e, a, b)
    return int(met), before_n, after_n


@njit(nogil=True, cache=True)
def _meet(first_n, to_e, length_e, a, b):  # type: ignore[no-untyped-def]
    count = len(first_n) - 1
    far = np.float32(np.inf)
    reached_2n = np.full((2, count), far, np.float32)
    previous_2n = np.full((2, count), -1, np.int32)
    done_2n = np.zeros((2, count), np.bool_)
    reached_2n[0, a] = reached_2n[1, b] = np.float32(0)
    queues = ([(np.float32(0), np.int32(a))], [(np.float32(0), np.int32(b))])
    best, met = far, -1
    while len(queues[0]) > 0 and len(queues[1]) > 0:
        if queues[0][0][0] + queues[1][0][0] >= best:
            break
        side = 0 if len(queues[0]) <= len(queues[1]) else 1
        queue = queues[side]
        length, place = heapq.heappop(queue)
        if done_2n[side, place]:
            continue
        done_2n[side, place] = True
        for e in range(first_n[place], first_n[place + 1]):
            other = to_e[e]
            whole = np.float32(length + length_e[e])
            if whole < reached_2n[side, other]:
                reached_2n[side, other] = whole
                previous_2n[side, other] = place
                heapq.heappush(queue, (whole, other))
                joined = np.float32(whole + reached_2n[1 - side, other])
                if joined < best:
                    best, met = joined, other
    return met, previous_2n[0], previous_2n[1]
