"""Exact nearest neighbours of very many codes, on the device in tiles, beside an exact search on the processor."""

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.gpu.form import Figure, Form, finished
from benchmarks.measure import by_turns, seconds_of
from benchmarks.speed.codes import clustered_codes
from looks_like.model.device import Device
from looks_like.model.geometry.neighbours import NearestNeighbours

_K = 16  # a code itself and its 15 nearest
_SPARE = 8  # more candidates than asked for: expanded squares are off by 1e-3, so the last ones are measured again
_BLOCK = 1024  # codes that share a minimum
_QUERIES = 60
_LIMIT_S = 60.0
Search = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]


class Tiles:
    """Answers for codes (N, D) that lie on a device; no approximation."""

    def __init__(self, z_nd: np.ndarray, device: str, tile_bytes: int) -> None:
        spare = -len(z_nd) % _BLOCK
        self.z_nd = F.pad(torch.from_numpy(z_nd).to(device), (0, 0, 0, spare))
        self.square_n = self.z_nd.square().sum(1)
        self.square_n[len(z_nd) :] = torch.inf  # rows that only fill the last block are never near
        self.tile = max(1, tile_bytes // (4 * len(self.z_nd)))

    def nearest(self, z_md: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """-> (index_mk, distance_mk), nearest first."""
        found = [self._of_tile(tile_md, k) for tile_md in z_md.split(self.tile)]
        return torch.cat([index_mk for index_mk, _ in found]), torch.cat([distance_mk for _, distance_mk in found])

    def _of_tile(self, z_md: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """The c nearest lie in the c blocks with the least minima, so only those are searched one by one."""
        candidates = min(k + _SPARE, len(self.z_nd) // _BLOCK)
        apart_mbc = torch.addmm(self.square_n, z_md, self.z_nd.T, alpha=-2).view(len(z_md), -1, _BLOCK)
        block_mk = apart_mbc.amin(2).topk(candidates, largest=False).indices
        inside_mkc = apart_mbc.gather(1, block_mk[:, :, None].expand(-1, -1, _BLOCK))
        place_mk = inside_mkc.flatten(1).topk(min(k + _SPARE, candidates * _BLOCK), largest=False).indices
        index_mk = block_mk.gather(1, place_mk // _BLOCK) * _BLOCK + place_mk % _BLOCK
        distance_mk, order_mk = (self.z_nd[index_mk] - z_md[:, None]).square().sum(2).sqrt().sort(dim=1, stable=True)
        return index_mk.gather(1, order_mk)[:, :k], distance_mk[:, :k]


def neighbours(form: Form, device: Device) -> Iterator[Figure]:
    """60 queries, and the 15 nearest of every code; how far both answers agree is told."""
    z_nd = clustered_codes(form.codes)
    room = torch.cuda.mem_get_info()[0] // 4 if device.is_gpu else form.tile_bytes
    tiles, (beside, search) = Tiles(z_nd, device.name, min(room, form.tile_bytes)), _on_processor(z_nd)
    queries_md = z_nd[:: len(z_nd) // _QUERIES][:_QUERIES]

    def ours() -> tuple[np.ndarray, np.ndarray]:
        index_mk, distance_mk = tiles.nearest(torch.from_numpy(queries_md).to(device.name), _K)
        return index_mk.cpu().numpy(), distance_mk.cpu().numpy()

    taken = by_turns(ours, lambda: search(queries_md, _K), rounds=form.rounds, warm=1)
    (index_mk, distance_mk), (their_mk, their_distance_mk) = ours(), search(queries_md, _K)
    agree = {
        "same_neighbours": float((index_mk == their_mk).mean()),
        "largest_difference_of_distance": float(np.abs(distance_mk - their_distance_mk).max()),
    }
    ours_ms, theirs_ms = (1000 * median(mine) for mine in taken)
    yield Figure(f"{_QUERIES} exact queries of {form.codes:,} codes x 32", ours_ms, "ms", beside, theirs_ms, agree)
    ours_s, done = _all_rows(tiles, form, device)
    theirs_s = seconds_of(lambda: search(z_nd[: form.searched], _K)) * form.codes / form.searched
    what = f"the 15 nearest of each of {form.codes:,} codes x 32"
    what += "" if done == form.codes else f" (extrapolated from {done:,})"
    said = f"{beside}, extrapolated from {form.searched:,}"
    yield Figure(what, ours_s, "s", said, theirs_s, {"tile": tiles.tile, "done": done})


def _all_rows(tiles: Tiles, form: Form, device: Device) -> tuple[float, int]:
    """-> (seconds for all codes, how many of them were done before the time was up)."""
    kept, done, started = [], 0, time.perf_counter()
    while done < form.codes and time.perf_counter() - started < _LIMIT_S:
        rows = slice(done, min(done + tiles.tile, form.codes))
        finished(lambda rows=rows: kept.append(tiles.nearest(tiles.z_nd[rows], _K)), device)()
        done = rows.stop
    return (time.perf_counter() - started) * form.codes / done, done


def _on_processor(z_nd: np.ndarray) -> tuple[str, Search]:
    """faiss, or scikit-learn where it is not installed."""
    try:
        found = NearestNeighbours(z_nd)
    except ModuleNotFoundError:
        from sklearn.neighbors import NearestNeighbors

        slow = NearestNeighbors(algorithm="brute").fit(z_nd)
        return "scikit-learn, brute, CPU (faiss is not here)", lambda z_md, k: slow.kneighbors(z_md, k)[::-1]
    return "faiss, IndexFlat, CPU", found.nearest
