"""Whether two pictures are of one photograph: saved again, at another size, framed a little anew, mirrored, brighter.

The second is laid over the first by least squares (scale, shift and gain: Lucas & Kanade 1981), then what is left
must be as small everywhere as saving leaves it. Two photographs of like products differ in outline or in folds.
"""

from dataclasses import dataclass

import numpy as np

EDGE_PX = 64  # of the pictures compared
_COARSE_PX = 32
# Measured on 6,000 clothes and 300 copies of some of them (docs/log.md)
_BEGIN, _COARSE, _COARSE_CELL = 0.8, 0.95, 14.0  # correlation before it is laid over; after; largest mean of 4 x 4 px
_DETAIL, _CELL, _COLOUR = 0.86, 12.5, 8.0  # correlation of what is finer than 5 px; largest means of 4 x 4 and 8 x 8 px
_GAIN = (0.88, 1.14)
_SCALE = (0.75, 1.33)
_DRAWN = 14.0  # from the ground: here is the product
_FRAMED = 0.02  # of scale or place: framed anew
_YCC = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)
_AT_ONCE = 512


@dataclass(frozen=True)
class Compared:
    """Of pairs of pictures."""

    same_p: np.ndarray  # bool: of one photograph
    mirrored_p: np.ndarray  # bool
    framed_p: np.ndarray  # bool: scaled or moved


@dataclass
class _Laid:
    """How the second pictures lie over the first: at s x + t, in halves of the edge."""

    s_p: np.ndarray
    x_p: np.ndarray
    y_p: np.ndarray

    def some(self, which: np.ndarray) -> "_Laid":
        return _Laid(self.s_p[which], self.x_p[which], self.y_p[which])

    def where(self, better_p: np.ndarray, other: "_Laid") -> "_Laid":
        pairs = ((other.s_p, self.s_p), (other.x_p, self.x_p), (other.y_p, self.y_p))
        return _Laid(*[np.where(better_p, new, old).astype(np.float32) for new, old in pairs])


def compare(a_phwc: np.ndarray, b_phwc: np.ndarray) -> Compared:
    """Pairs of pictures uint8 (P, 64, 64, 3). Most that are not the same are told apart at half the size."""
    parts = [
        _compare(a_phwc[i : i + _AT_ONCE] @ _YCC.T, b_phwc[i : i + _AT_ONCE] @ _YCC.T)
        for i in range(0, len(a_phwc), _AT_ONCE)
    ]
    if not parts:
        none_p = np.zeros(0, bool)
        return Compared(none_p, none_p, none_p)
    return Compared(
        *[np.concatenate([getattr(part, name) for part in parts]) for name in ("same_p", "mirrored_p", "framed_p")]
    )


def _compare(a_phwc: np.ndarray, b_phwc: np.ndarray) -> Compared:
    small_a, small_b = (_means(each_phwc, EDGE_PX // _COARSE_PX) for each_phwc in (a_phwc, b_phwc))
    laid, left_p = _Laid(*np.zeros((3, len(a_phwc)), np.float32)), np.full(len(a_phwc), np.inf)
    mirrored_p = np.zeros(len(a_phwc), bool)
    here_p4, there_p4 = _box(small_a), _box(small_b)
    for turn in (False, True):  # a garment's outline is the same in a mirror: only what is left tells
        b_phw = small_b[..., 0][:, :, ::-1] if turn else small_b[..., 0]
        there_p4 = there_p4 * ((-1, 1, 1, 1) if turn else (1, 1, 1, 1))
        begun, alike_p = _begin(small_a[..., 0], b_phw, here_p4, there_p4)
        at = np.flatnonzero(alike_p > _BEGIN)
        now = _lay(small_a[at, ..., 0], b_phw[at], begun.some(at), 5)
        light_mhw, seen_mhw = _sampled(b_phw[at], now)
        left_m = _left(small_a[at, ..., 0], light_mhw, seen_mhw)[0]
        left_m[_correlation(small_a[at, ..., 0], light_mhw, seen_mhw) < _COARSE] = np.inf
        better_m = left_m < left_p[at]
        at, now = at[better_m], now.some(better_m)
        left_p[at], mirrored_p[at] = left_m[better_m], turn
        laid.s_p[at], laid.x_p[at], laid.y_p[at] = now.s_p, now.x_p, now.y_p
    at = np.flatnonzero(left_p < _COARSE_CELL)
    b_mhwc = _turned(b_phwc[at], mirrored_p[at])
    fine = _lay(a_phwc[at, ..., 0], b_mhwc[..., 0], laid.some(at), 3)
    same_p, framed_p = np.zeros((2, len(a_phwc)), bool)
    same_p[at] = _is_same(a_phwc[at], b_mhwc, fine)
    framed_p[at] = (np.abs(fine.s_p - 1) > _FRAMED) | (np.maximum(np.abs(fine.x_p), np.abs(fine.y_p)) > 2 * _FRAMED)
    return Compared(same_p, mirrored_p & same_p, framed_p & same_p)


def _is_same(a_mhwc: np.ndarray, b_mhwc: np.ndarray, laid: _Laid) -> np.ndarray:
    """bool (M,)"""
    b_mhwc, seen_mhw = _sampled(b_mhwc, laid)
    light_mhw = a_mhwc[..., 0]
    cell_m, gain_m = _left(light_mhw, b_mhwc[..., 0], seen_mhw)
    colour_mhwc = (b_mhwc[..., 1:] - a_mhwc[..., 1:]) * seen_mhw[..., None]
    detail_m = _correlation(light_mhw - _smooth(light_mhw), b_mhwc[..., 0] - _smooth(b_mhwc[..., 0]), seen_mhw)
    same_m = (detail_m > _DETAIL) & (cell_m < _CELL) & (np.abs(_means(colour_mhwc, 8)).max((1, 2, 3)) < _COLOUR)
    return np.asarray(same_m & (gain_m > _GAIN[0]) & (gain_m < _GAIN[1]))


def _begin(a_phw: np.ndarray, b_phw: np.ndarray, here_p4: np.ndarray, there_p4: np.ndarray) -> tuple[_Laid, np.ndarray]:
    """-> (the better of two ways to lay one over the other, its correlation): as it is, or box over box."""
    as_it_is = _Laid(*np.array([[1], [0], [0]], np.float32) * np.ones(len(a_phw), np.float32))
    s_p = np.sqrt(there_p4[:, 2] * there_p4[:, 3] / (here_p4[:, 2] * here_p4[:, 3])).clip(*_SCALE)
    boxed = _Laid(s_p, there_p4[:, 0] - s_p * here_p4[:, 0], there_p4[:, 1] - s_p * here_p4[:, 1])
    alike_p, boxed_p = (_correlation(a_phw, *_sampled(b_phw, laid)) for laid in (as_it_is, boxed))
    return as_it_is.where(boxed_p > alike_p, boxed), np.maximum(alike_p, boxed_p)


def _box(ycc_phwc: np.ndarray) -> np.ndarray:
    """float32 (P, 4): middle and half of the width and height of what is not ground, in halves of the edge."""
    edge = ycc_phwc.shape[1]
    border = [ycc_phwc[:, 0], ycc_phwc[:, -1], ycc_phwc[:, :, 0], ycc_phwc[:, :, -1]]
    ground_pc = np.median(np.concatenate(border, 1), axis=1)
    drawn_phw = np.abs(ycc_phwc - ground_pc[:, None, None]).max(3) > _DRAWN
    at, found = np.linspace(-1, 1, edge, dtype=np.float32), []
    for axis in (1, 2):  # along x, then y
        there_pe = drawn_phw.sum(axis) > 1
        first_p, last_p = there_pe.argmax(1), edge - 1 - there_pe[:, ::-1].argmax(1)
        first_p[~there_pe.any(1)] = 0
        found.append(((at[first_p] + at[last_p]) / 2, np.maximum(at[last_p] - at[first_p], 0.1) / 2))
    (x_p, wide_p), (y_p, high_p) = found
    return np.stack([x_p, y_p, wide_p, high_p], 1)


def _lay(a_phw: np.ndarray, b_phw: np.ndarray, laid: _Laid, times: int) -> _Laid:
    """Laid better by least squares: what a little scale, shift and gain would change is the slope of luma."""
    edge, pairs = a_phw.shape[1], len(a_phw)
    at = np.linspace(-1, 1, edge, dtype=np.float32)
    for _ in range(times if pairs else 0):
        over_phw, seen_phw = _sampled(b_phw, laid)
        down_phw, right_phw = np.gradient(over_phw, 2 / (edge - 1), axis=(1, 2))
        per_p = 1 / laid.s_p[:, None, None]
        grows_phw = (right_phw * at[None, None] + down_phw * at[None, :, None]) * per_p
        ways = (grows_phw, right_phw * per_p, down_phw * per_p, over_phw, np.ones_like(over_phw))
        ways_pxm = np.stack([(way * seen_phw).reshape(pairs, -1) for way in ways], 1).astype(np.float32)
        square_pxx = (ways_pxm @ ways_pxm.transpose(0, 2, 1)).astype(np.float64)
        square_pxx += 1e-6 * np.trace(square_pxx, axis1=1, axis2=2)[:, None, None] * np.eye(len(ways))
        wanted_px1 = ways_pxm @ (a_phw * seen_phw).reshape(pairs, -1, 1)
        step_px = np.linalg.solve(square_pxx + 1e-9 * np.eye(len(ways)), wanted_px1.astype(np.float64))[..., 0]
        gain_p = np.where(np.abs(step_px[:, 3]) < 0.2, 1, step_px[:, 3])
        grows_p, x_p, y_p = (np.clip(step_px[:, i] / gain_p, -0.1, 0.1) for i in range(3))
        laid = _Laid((laid.s_p + grows_p).clip(*_SCALE), laid.x_p + x_p, laid.y_p + y_p)
    return laid


def _sampled(b_phwx: np.ndarray, laid: _Laid) -> tuple[np.ndarray, np.ndarray]:
    """-> (the second pictures as they lie over the first, bilinear; float32 (P, H, W): 1 where they reach)"""
    pairs, edge = b_phwx.shape[:2]
    at, pair_p1 = np.linspace(-1, 1, edge, dtype=np.float32), np.arange(pairs)[:, None]
    out_phwx, reach = b_phwx, []
    for axis, shift_p in ((1, laid.y_p), (2, laid.x_p)):
        there_pe = (laid.s_p[:, None] * at + shift_p[:, None] + 1) * (edge - 1) / 2
        reach.append((there_pe > -0.5) & (there_pe < edge - 0.5))
        there_pe = there_pe.clip(0, edge - 1.001)
        low_pe = there_pe.astype(np.int64)
        share_pe = (there_pe - low_pe).astype(np.float32).reshape(pairs, edge, *[1] * (b_phwx.ndim - 2))
        turned = out_phwx if axis == 1 else np.swapaxes(out_phwx, 1, 2)
        turned = turned[pair_p1, low_pe] * (1 - share_pe) + turned[pair_p1, low_pe + 1] * share_pe
        out_phwx = turned if axis == 1 else np.swapaxes(turned, 1, 2)
    return out_phwx, (reach[0][:, :, None] & reach[1][:, None, :]).astype(np.float32)


def _left(a_phw: np.ndarray, b_phw: np.ndarray, seen_phw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (the largest mean of 4 x 4 px of what is left when gain and brightness are made equal, the gain)"""
    a_phw, b_phw = _centred(a_phw, seen_phw), _centred(b_phw, seen_phw)
    gain_p = (a_phw * b_phw).sum((1, 2)) / np.maximum((b_phw**2).sum((1, 2)), 1e-6)
    return np.abs(_means(gain_p[:, None, None] * b_phw - a_phw, 4)).max((1, 2), initial=0), gain_p


def _correlation(a_phw: np.ndarray, b_phw: np.ndarray, seen_phw: np.ndarray) -> np.ndarray:
    a_phw, b_phw = _centred(a_phw, seen_phw), _centred(b_phw, seen_phw)
    lengths_p = (a_phw**2).sum((1, 2)) * (b_phw**2).sum((1, 2))
    return np.asarray((a_phw * b_phw).sum((1, 2)) / np.sqrt(np.maximum(lengths_p, 1e-6)))


def _centred(values_phw: np.ndarray, seen_phw: np.ndarray) -> np.ndarray:
    mean_p = (values_phw * seen_phw).sum((1, 2)) / np.maximum(seen_phw.sum((1, 2)), 1)
    return np.asarray((values_phw - mean_p[:, None, None]) * seen_phw)


def _turned(b_mhwx: np.ndarray, mirrored_m: np.ndarray) -> np.ndarray:
    """The same, those mirrored that are said to be."""
    return np.where(mirrored_m.reshape(-1, *[1] * (b_mhwx.ndim - 1)), b_mhwx[:, :, ::-1], b_mhwx)


def _smooth(values_phw: np.ndarray) -> np.ndarray:
    """Means of 5 x 5 px around each."""
    for axis in (1, 2):
        wide = np.pad(values_phw, [(2, 2) if axis == each else (0, 0) for each in range(3)], mode="edge")
        count = values_phw.shape[axis]
        values_phw = np.mean([np.take(wide, np.arange(i, i + count), axis) for i in range(5)], axis=0)
    return values_phw


def _means(values_phwx: np.ndarray, edge: int) -> np.ndarray:
    """Means of squares of `edge` px."""
    pairs, size = values_phwx.shape[:2]
    return np.asarray(
        values_phwx.reshape(pairs, size // edge, edge, size // edge, edge, *values_phwx.shape[3:]).mean((2, 4))
    )
