"""Curves between anchors: each takes two codes, times in [0, 1] and what is known of the space, and gives points.

A new curve is a function here with `@registered`: the page's menu, the command's help and `path_points` have it then.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.geometry.paths.geodesic import geodesic_points
from looks_like.model.geometry.paths.ground import NOWHERE, Ground

_OPPOSITE = -0.9  # cosine below which ends are too opposite for a way round the origin
_ANGLE_MIN = 1e-4  # radians; below it (and close to opposite) the great circle is not defined
Points = Callable[[np.ndarray, np.ndarray, np.ndarray, Ground], np.ndarray]  # (D,), (D,), (T,) in [0, 1] -> (T, D)
ROADS, DECODER = "roads", "decode"  # what of the ground a curve may follow
EASINGS = {"even": "Even", "gentle": "Gentle (slow at products)"}  # how time passes between two anchors


@dataclass(frozen=True)
class Curve:
    """A way from code to code, as menus and helps tell it."""

    title: str  # of a menu's line, with a hint in brackets
    sentence: str  # how it bends, for people
    points: Points
    follows: str = ""  # what of the ground it needs: ROADS, DECODER or nothing; straight where that is not known
    bends: bool = False  # whether it can also go a part of the way from straight

    def __call__(self, a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground = NOWHERE) -> np.ndarray:
        if self.follows and getattr(ground, self.follows) is None:
            return _straight(a_d, b_d, t_t)
        return self.points(a_d, b_d, t_t, ground)


CURVES: dict[str, Curve] = {}  # by the name of the function, in the order of the menu


def registered(title: str, sentence: str, *, follows: str = "", bends: bool = False) -> Callable[[Points], Points]:
    """Makes a curve of a function, under the function's name. TypeError when there is one of that name."""

    def register(points: Points) -> Points:
        name = points.__name__
        if name in CURVES:
            raise TypeError(f"two curves are called {name!r}")
        CURVES[name] = Curve(title, sentence, points, follows, bends)
        return points

    return register


@registered(
    "Dense (through products)",
    "From product to like product, by the shortest such way, rounded: no step is far from a real product.",
    follows=ROADS,
    bends=True,
)
def dense(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground) -> np.ndarray:
    """Along the ground's roads, or a share of the way from straight to there."""
    assert ground.roads is not None
    road_td = ground.roads.curve(a_d, b_d, t_t)
    if ground.through == 1:
        return road_td
    straight_td = _straight(a_d, b_d, t_t)
    return np.asarray(straight_td + ground.through * (road_td - straight_td))


@registered(
    "Graph (every stop a real product)",
    "From product to like product, by the shortest such way, with its corners: every stop is a real product.",
    follows=ROADS,
)
def graph(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground) -> np.ndarray:
    """Along the ground's roads, as they are; where there are steps enough each of its products is one."""
    assert ground.roads is not None
    return ground.roads.stepping_stones(a_d, b_d, t_t)


@registered(
    "Geodesic (least change)",
    "The way on which the picture changes least, at an even speed. It takes some seconds.",
    follows=DECODER,
)
def geodesic(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground) -> np.ndarray:
    """Shortest by the distances of decoded pictures."""
    return geodesic_points(a_d, b_d, t_t, ground)


@registered(
    "Matched (every step as likely as the ends)",
    "Each point is as likely under the prior as the two products are.",
)
def matched(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground = NOWHERE) -> np.ndarray:
    """Each point is as likely under the Gaussian prior as the ends are (Agustsson 2019).

    Their formula is for independent ends. Two products that look alike are not: it would lead 41 % too far out
    between them. So the ends' cosine stands in it as their correlation; at 0 it is theirs, and from a product to
    itself nothing moves.
    """
    norms = np.linalg.norm(a_d) * np.linalg.norm(b_d)
    alike = float(np.clip(np.dot(a_d, b_d) / norms, _OPPOSITE, 1)) if norms > 0 else 0.0
    t_t1 = t_t[:, None]
    variance_t1 = (1 - t_t1) ** 2 + t_t1**2 + 2 * alike * t_t1 * (1 - t_t1)
    return np.asarray(_straight(a_d, b_d, t_t) / np.sqrt(variance_t1))


@registered("Linear (straight)", "Straight from one code to the other, nearer to the middle than any product is.")
def linear(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground = NOWHERE) -> np.ndarray:
    """Straight: passes closer to the origin than any product does when there are many dimensions."""
    return _straight(a_d, b_d, t_t)


@registered("Spherical (great circle)", "Round the middle, at the distance of the two products from it.")
def spherical(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray, ground: Ground = NOWHERE) -> np.ndarray:
    """Along the great circle (White 2016); the ends keep their norms and those between are interpolated."""
    norm_a, norm_b = np.linalg.norm(a_d), np.linalg.norm(b_d)
    if min(norm_a, norm_b) == 0:
        return _straight(a_d, b_d, t_t)
    angle = np.arccos(np.clip(np.dot(a_d / norm_a, b_d / norm_b), -1, 1))
    if angle < _ANGLE_MIN or np.pi - angle < _ANGLE_MIN:
        return _straight(a_d, b_d, t_t)
    t_t1 = t_t[:, None]
    turned_td = np.sin((1 - t_t1) * angle) * a_d / norm_a + np.sin(t_t1 * angle) * b_d / norm_b
    return np.asarray(turned_td / np.sin(angle) * ((1 - t_t1) * norm_a + t_t1 * norm_b))


def path_points(
    anchors_ad: Sequence[np.ndarray] | np.ndarray,
    steps: int,
    curve: str = "matched",
    ground: Ground = NOWHERE,
    easing: str = "even",
) -> np.ndarray:
    """(steps, D) along the curve through all anchors in order; each anchor is a step of its own, exactly.

    `ground`: what is known of the space, for curves that follow it; `easing`: one of EASINGS. The A - 1 pieces take
    the same share of the steps, give or take one. ModelError for an unknown curve or easing, fewer than two anchors, or
    fewer steps than anchors.
    """
    for what, asked, there in (("curve", curve, CURVES), ("easing", easing, EASINGS)):
        if asked not in there:
            raise ModelError(f"unknown {what} {asked!r}; there are: {', '.join(there)}")
    if len(anchors_ad) < 2 or steps < len(anchors_ad):
        raise ModelError(
            f"a path needs two anchors or more and a step for each, got {len(anchors_ad)} and {steps} steps"
        )
    stops_a = np.round(np.linspace(0, steps - 1, len(anchors_ad))).astype(int)
    points_td = np.empty((steps, len(anchors_ad[0])), np.float32)
    for piece, (begin, end) in enumerate(itertools.pairwise(stops_a)):
        a_d, b_d, t_t = anchors_ad[piece], anchors_ad[piece + 1], _eased(end - begin + 1, easing)
        stays = np.array_equal(a_d, b_d)  # from a product to itself nothing moves
        points_td[begin : end + 1] = _straight(a_d, b_d, t_t) if stays else CURVES[curve](a_d, b_d, t_t, ground)
    points_td[stops_a] = anchors_ad
    return points_td


def _straight(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    t_t1 = t_t[:, None]
    return np.asarray((1 - t_t1) * a_d + t_t1 * b_d)


def _eased(steps: int, easing: str) -> np.ndarray:
    """(T,) times from 0 to 1, evenly or slow at both ends (smoothstep)."""
    t_t = np.linspace(0, 1, steps)
    return t_t if easing == "even" else t_t**2 * (3 - 2 * t_t)
