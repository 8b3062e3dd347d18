"""One model's latent space with the products in it: decode, encode, walk, find the nearest. Arrays only."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from looks_like.explorer.core.knn_graph import KnnGraph
from looks_like.explorer.core.requests import CODE_MAX
from looks_like.model.device import Device, pick_device
from looks_like.model.disk.card import Card
from looks_like.model.errors import ModelError
from looks_like.model.family import Family
from looks_like.model.geometry import (
    CURVES,
    DECODER,
    ROADS,
    Axes,
    Ground,
    Mixture,
    NearestNeighbours,
    Roads,
    codes_of_known,
    find_axes,
    fit_mixture,
    own_axes,
    path_points,
)
from looks_like.model.images import Pictures, to_float, to_uint8
from looks_like.model.metrics.codes.active_dimensions import active_in

KNN_K = 15  # nearest others of a product that say what it is like
KNN_GRAPH_MAX = 200_000  # products of which all neighbours are found: the work grows with their square, a minute here
_BATCH = 128
_DECODED_AT_ONCE = 32  # who asks for one picture waits for no more than these of a long path
_LOOKED_AT, _LOOKED_AT_PX = 3200, 64  # pictures by which axes are found, of this size at most
_EXPLAINED_IN, _EXPLAINED_WITHIN = 40, (12, 60)  # steps for 64 px: more change the hole by less than can be seen
_BEGUN_WITH_OF, _LIKE_IT = 400, 10  # products, evenly drawn, and those that are to be like it
_LIKE_MAX = 1000  # products asked for their neighbours at once: of a catalogue of 1,000,000 that takes seconds


@dataclass(frozen=True)
class Dimension:
    """What a slider moves: an axis of the space, or a number of the code where no axes were found."""

    number: int  # from 1, those that change or carry most first
    step_d: list[float]  # what one standard deviation adds to a code
    read_d: list[float]  # times (code - mean): where that stands, in standard deviations
    effect: float | None  # colour difference (CIE 1976 ΔE) of one, mean over the picture; None where it is not known
    carries: float | None  # its share of what codes tell of pictures; None for a family without a posterior


class _InTurn:
    """A lock that goes to who has waited longest: Python's own may go to the same thread again and again."""

    def __init__(self) -> None:
        self._lock, self._held = threading.Lock(), False
        self._gates: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._lock:
            if not self._held:
                self._held = True
                return
            gate = threading.Lock()
            gate.acquire()
            self._gates.append(gate)
        gate.acquire()

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            if self._gates:
                self._gates.popleft().release()  # held goes over with it
            else:
                self._held = False


class Space:
    """`rows` says which catalogue row each code belongs to; both are of one catalogue version."""

    first_of_rows: Callable[[], np.ndarray] | None = None  # Copies.first_n of its catalogue; None = no copies

    def __init__(
        self,
        net: Family,
        card: Card,
        z_nd: np.ndarray,
        rows_n: np.ndarray,
        *,
        mixture: Mixture | None = None,
        axes: Axes | None = None,
    ) -> None:
        for name, kept in (("mixture", mixture), ("axes", axes)):
            if kept is not None and kept.latent != net.settings.latent:
                raise ModelError(
                    f"{name}.safetensors of model {card.name!r} has {kept.latent} dimensions, the model has "
                    f"{net.settings.latent}. Delete the file: the program goes on without it"
                )
        self.net, self.card, self.z_nd, self.rows_n = net, card, z_nd, rows_n
        self._stored_mixture, self._stored_axes = mixture, axes
        self.device: Device = pick_device()
        self._busy = _InTurn()  # one net serves all threads; two at once only fight over the cores

    @property
    def latent(self) -> int:
        return int(self.net.settings.latent)

    @property
    def size(self) -> int:
        return int(self.net.settings.size)

    @cached_property
    def neighbours(self) -> NearestNeighbours:
        self.require_codes()
        return NearestNeighbours(self.z_nd)

    def require_codes(self) -> None:
        """ModelError when no product has a code yet."""
        if not len(self.z_nd):
            raise ModelError(f"no product has a code of model {self.card.name!r} yet: {self._brings_codes}")

    @property
    def _brings_codes(self) -> str:
        name = self.card.name
        return f"looks-like encode {name}" if self.encodes else f"looks-like look add {name} --vectors FILE"

    @property
    def decodes(self) -> bool:
        """Whether it can draw what a code stands for; a look can't."""
        return self.net.decodes

    @property
    def encodes(self) -> bool:
        """Whether a picture gives a code; where vectors were brought, none does."""
        return self.net.encodes

    def require_decoder(self) -> None:
        """ModelError for a look."""
        if not self.decodes:
            raise ModelError(
                f"{self.card.name!r} is a look: it knows what is alike, and draws nothing. Train a model for that: "
                "looks-like train beta-vae"
            )

    @cached_property
    def picture_n(self) -> np.ndarray:
        """int64 (N,): for each code, where among `one_of_each` its picture stands; the same for all copies."""
        if self.first_of_rows is None:
            return np.arange(len(self.rows_n))
        return np.unique(self.first_of_rows()[self.rows_n], return_inverse=True)[1]

    @cached_property
    def one_of_each(self) -> np.ndarray:
        """int64 (U,): the place of the first code of each picture."""
        return self.one_of_each_among(np.arange(len(self.z_nd)))

    def one_of_each_among(self, places_m: np.ndarray) -> np.ndarray:
        """int64 (U,): of these places of codes, ascending, the first of each picture; in the order of pictures."""
        return np.asarray(places_m[np.unique(self.picture_n[places_m], return_index=True)[1]])

    @cached_property
    def _unlike(self) -> NearestNeighbours:
        """Among codes of different pictures."""
        neighbours = self.neighbours
        alone = len(self.one_of_each) == len(self.z_nd)
        return neighbours if alone else NearestNeighbours(self.z_nd[self.one_of_each])

    @cached_property
    def typical_distance(self) -> float:
        return self._unlike.typical_distance()

    @cached_property
    def knn(self) -> KnnGraph:
        """The KNN_K nearest others of every code, none of them a copy of it and of copies one."""
        self.require_codes()
        return KnnGraph(self._unlike, KNN_K, self.one_of_each, self.picture_n)

    @cached_property
    def roads(self) -> Roads:
        """Between its products; of more than KNN_GRAPH_MAX, between as many of them, evenly drawn.

        The first time the nearest of each are found: two seconds of 30,000.
        """
        self.require_codes()
        if len(self.z_nd) <= KNN_GRAPH_MAX:
            return Roads(self.z_nd, self.knn.all_of())
        drawn_m = np.linspace(0, len(self.one_of_each) - 1, KNN_GRAPH_MAX).astype(np.int64)
        drawn_md = self.z_nd[self.one_of_each[drawn_m]]
        return Roads(drawn_md, NearestNeighbours(drawn_md).graph(KNN_K))

    @cached_property
    def far_distance(self) -> float:
        """The 99th percentile of the distance from a product to its nearest other product."""
        return self._unlike.typical_distance(share=0.99)

    @cached_property
    def lonely_distance(self) -> float:
        """Within it 95 % of products have another one."""
        return self._unlike.typical_distance(share=0.95)

    @cached_property
    def _place_n(self) -> np.ndarray:
        """Where the code of each catalogue row stands in `z_nd`, up to the last row that has one; -1 without one."""
        place_n = np.full(int(self.rows_n.max(initial=-1)) + 1, -1, np.int64)
        place_n[self.rows_n] = np.arange(len(self.rows_n))
        return place_n

    def _places(self, rows_m: np.ndarray) -> np.ndarray:
        """int64 (M,): where the codes of catalogue rows stand in `z_nd`, in the order asked; -1 without one."""
        rows_m = np.asarray(rows_m, np.int64)
        known_m = (rows_m >= 0) & (rows_m < len(self._place_n))
        place_m = np.full(len(rows_m), -1, np.int64)
        place_m[known_m] = self._place_n[rows_m[known_m]]
        return place_m

    def has(self, row: int) -> bool:
        return bool(self._places(np.array([row]))[0] >= 0)

    def code(self, row: int) -> np.ndarray:
        """(D,) of the product in a catalogue row. ModelError when it was not encoded."""
        if not self.has(row):
            raise ModelError(f"this product has no code of model {self.card.name!r} yet: {self._brings_codes}")
        return np.asarray(self.z_nd[self._place_n[row]])

    def codes(self, rows_m: Sequence[int] | np.ndarray) -> np.ndarray:
        """(M, D) of the products in catalogue rows. ModelError when one was not encoded."""
        return np.stack([self.code(int(row)) for row in rows_m])

    @torch.inference_mode()
    def decode(self, z_td: np.ndarray) -> np.ndarray:
        """(T, D) -> uint8 (T, S, S, 3). ModelError for a look."""
        self.require_decoder()
        z = torch.as_tensor(np.ascontiguousarray(z_td, dtype=np.float32)).to(self.device.name)
        parts = []
        for i in range(0, len(z), _DECODED_AT_ONCE):
            with self._busy, self.device.autocast() if len(z) > 1 else torch.autocast("cpu", enabled=False):
                parts.append(to_uint8(self.net.decode(z[i : i + _DECODED_AT_ONCE])))
        return np.concatenate(parts)

    @torch.inference_mode()
    def encode(self, pixels_nhwc: np.ndarray) -> np.ndarray:
        """uint8 (N, S, S, 3) -> (N, D) float32. ModelError where vectors were brought."""
        if not self.encodes:
            raise ModelError(
                f"{self.card.name!r} has vectors that were brought, and a photograph has none: choose another look or "
                "model for it"
            )
        with self._busy:
            return encode_pixels(self.net, pixels_nhwc, self.device)

    def codes_of_known(self, pixels_hwc: np.ndarray, known_hw: np.ndarray, start_kd: np.ndarray) -> np.ndarray:
        """(K, D): codes that explain the known part of a picture, uint8 (S, S, 3), each from its start; the first
        is the likeliest. ModelError for a look. One or two seconds of 64 px on two cores.
        """
        self.require_decoder()
        x_chw = to_float(pixels_hwc[None], self.device.name, self.net.settings.channels)[0]
        steps = int(np.clip(_EXPLAINED_IN * (_LOOKED_AT_PX / self.size) ** 2, *_EXPLAINED_WITHIN))
        with torch.enable_grad():
            return codes_of_known(self._decode_in_turn, x_chw, known_hw, start_kd, self.mixture, steps)

    def path_codes(
        self,
        anchors_ad: Sequence[np.ndarray] | np.ndarray,
        steps: int,
        curve: str,
        through: float = 1.0,
        easing: str = "even",
    ) -> np.ndarray:
        """(steps, D) through these codes; `through`: the share of the way from straight to through products."""
        return path_points(anchors_ad, steps, curve, self.ground(curve, through), easing)

    def ground(self, curve: str, through: float = 1.0) -> Ground:
        """What the curve of this name follows here."""
        follows = CURVES[curve].follows if curve in CURVES else ""
        if follows == DECODER:
            self.require_decoder()
            return Ground(decode=self._decode_in_turn, device=self.device.name)
        return Ground(self.roads if follows == ROADS else None, through)

    def _decode_in_turn(self, z_td: torch.Tensor) -> torch.Tensor:
        """Float pictures that gradients pass; between two of them others may decode."""
        with self._busy:
            return self.net.decode(z_td.to(self.device.name))

    def nearest(self, z_td: np.ndarray, k: int = 1, rows_m: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """-> (catalogue rows (T, k), distances (T, k)), nearest first; `rows_m`: only among these."""
        among_p = None if rows_m is None else self.positions(rows_m)
        index_tk, distance_tk = self.neighbours.nearest(z_td, k, among_p)
        return self.rows_n[index_tk], distance_tk

    def nearest_outside(self, rows_m: np.ndarray, k: int) -> np.ndarray:
        """Catalogue rows of the k products nearest to any of these, which are left out; nearest first.

        Above _LIKE_MAX rows, an evenly spaced sample of that size stands in for all of them.
        """
        self.require_codes()
        of = self.positions(rows_m)
        others = np.delete(np.arange(len(self.z_nd)), of)
        if not len(of) or not len(others):
            return np.empty(0, np.int64)
        speakers_nd = self.z_nd[of[:: -(-len(of) // _LIKE_MAX)]]
        distance_n = NearestNeighbours(speakers_nd).nearest(self.z_nd[others], 1)[1][:, 0]
        return np.asarray(self.rows_n[others[np.argsort(distance_n, kind="stable")[:k]]])

    def distances_from_mean(self, rows_m: np.ndarray) -> np.ndarray:
        """float32 (M,): how far the code of each catalogue row is from the mean of theirs; inf where it has none."""
        place_m = self._places(rows_m)
        distance_m = np.full(len(rows_m), np.inf, np.float32)
        z_md = self.z_nd[place_m[place_m >= 0]]
        if len(z_md):
            distance_m[place_m >= 0] = np.linalg.norm(z_md - z_md.mean(0), axis=1)
        return distance_m

    def restricted_to(self, rows_m: np.ndarray) -> "Space":
        """The same with the codes of these catalogue rows alone. ModelError where none of them has one."""
        p = self.positions(rows_m)
        if not len(p):
            raise ModelError(f"none of these {len(rows_m):,} products has a code of model {self.card.name!r}")
        part = Space(self.net, self.card, self.z_nd[p], self.rows_n[p], axes=self._stored_axes)
        part.first_of_rows = self.first_of_rows
        return part

    def positions(self, rows_m: np.ndarray) -> np.ndarray:
        """Where the codes of catalogue rows stand in `z_nd`, ascending; rows without a code are left out."""
        place_m, asked_n = self._places(rows_m), np.zeros(len(self.z_nd), bool)
        asked_n[place_m[place_m >= 0]] = True
        return np.flatnonzero(asked_n)

    @cached_property
    def axes(self) -> Axes:
        """Those kept beside the weights; for a model made before there were any, the active numbers of its code."""
        if self._stored_axes is not None:
            return self._stored_axes
        self.require_codes()
        return own_axes(self.z_nd, self._active_by_weight)

    @property
    def has_axes(self) -> bool:
        """Whether axes were found after the training."""
        return self._stored_axes is not None

    @cached_property
    def _active_by_weight(self) -> np.ndarray:
        """(A,) the active numbers of the code, those that carry most first."""
        active = np.flatnonzero(active_in(self.z_nd))
        kl_d = np.asarray(self.card.kl_nats)
        weight_d = kl_d if len(kl_d) == self.latent else self.z_nd.std(0)
        return np.asarray(active[np.argsort(-weight_d[active], kind="stable")])

    @cached_property
    def dimensions(self) -> list[Dimension]:
        """Those that change or carry most first."""
        axes = self.axes
        effects: list[float | None] = axes.effect_a.tolist() or [None] * len(axes)
        carried: list[float | None] = [None] * len(axes)
        if len(self.card.kl_nats) == self.latent and len(self.z_nd):
            carried = list(axes.carried(self.z_nd, np.asarray(self.card.kl_nats)).tolist())
        return [
            Dimension(a + 1, axes.steps_ad[a].tolist(), axes.reads_da[:, a].tolist(), effects[a], carried[a])
            for a in range(len(axes))
        ]

    @cached_property
    def mean_code(self) -> np.ndarray:
        """(D,) mean of all codes."""
        self.require_codes()
        return np.asarray(self.z_nd.mean(0))

    @cached_property
    def example_row(self) -> int:
        """The catalogue row of a product to begin with: one as far from the mean as is usual, since what is nearest to
        it is a pale mixture of all; of those the one whose like are nearest. ModelError where none has a code.
        """
        self.require_codes()
        away_n = np.linalg.norm(self.z_nd - self.mean_code, axis=1)
        usual = np.argsort(away_n, kind="stable")[len(away_n) // 3 : 2 * len(away_n) // 3 + 1]
        some = usual[np.linspace(0, len(usual) - 1, min(len(usual), _BEGUN_WITH_OF)).astype(np.int64)]
        _, distance_mk = self.neighbours.nearest(self.z_nd[some], min(_LIKE_IT, len(self.z_nd)))
        return int(self.rows_n[some[distance_mk.mean(1).argmin()]])

    @cached_property
    def mixture(self) -> Mixture:
        """The one kept beside the weights; fitted on the codes for a model made before there was one."""
        if self._stored_mixture is not None:
            return self._stored_mixture
        self.require_codes()
        return fit_mixture(self.z_nd)

    def sample_code(self, seed: int | None = None) -> np.ndarray:
        """(D,) a random code, sampled from the mixture fitted on the products' codes."""
        return np.asarray(self.mixture.sample(1, seed)[0])


def encode_pixels(net: Family, pixels_nhwc: np.ndarray | Pictures, device: Device | None = None) -> np.ndarray:
    """uint8 (N, S, S, 3) -> (N, D) float32, in batches; on the device of this process unless said.

    ModelError where the weights give what is no code.
    """
    return encode_finely(net, pixels_nhwc, device)[0]


@torch.inference_mode()
def encode_finely(
    net: Family, pixels_nhwc: np.ndarray | Pictures, device: Device | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The same, and int8 (N, F): a look's fine numbers; of all others F is 0."""
    device, codes, fines = device or pick_device(), [np.empty((0, net.settings.latent), np.float32)], []
    for i in range(0, len(pixels_nhwc), _BATCH):
        with device.autocast():
            x_nchw = to_float(pixels_nhwc[i : i + _BATCH], device.name, net.settings.channels)
            code_bd, fine_bk = net.encode_fine(x_nchw)
        codes.append(code_bd.float().cpu().numpy())
        fines.append(fine_bk.cpu().numpy())
    z_nd = np.concatenate(codes)
    if not (np.abs(z_nd) < CODE_MAX).all():  # NaN is below nothing
        raise ModelError(
            "the encoder makes codes that are not finite numbers below a million, of which no map could be made: its "
            "weights are broken. Train the model again, or copy it again from where it came"
        )
    return z_nd, np.concatenate([np.empty((0, net.fine), np.int8), *fines])


def axes_of(net: Family, z_nd: np.ndarray, seed: int = 0, share: float = 1.0) -> Axes:
    """Found by decoding around some of the codes (N, D), on the device of this process: some seconds.

    The larger its pictures, the fewer are looked at; a quarter of them finds axes as good. `share`: as `find_axes`.
    """
    device, pictures = pick_device(), int(_LOOKED_AT * min(1.0, (_LOOKED_AT_PX / net.settings.size) ** 2))

    def decode(z_md: torch.Tensor) -> torch.Tensor:
        return net.decode(z_md.to(device.name))

    return find_axes(decode, z_nd, active_in(z_nd), pictures=pictures, seed=seed, share=share)
