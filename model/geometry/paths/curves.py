"""Curves between anchors: each takes two codes and times in [0, 1], and gives the points of the path.

A new curve is a function here with `@registered`: the page's menu, the command's help and `path_points` have it then.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.geometry.paths.roads import Roads

_OPPOSITE = -0.9  # cosine below which ends are too opposite for a way round the origin
_ANGLE_MIN = 1e-4  # radians; below it (and close to opposite) the great circle is not defined
Points = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # (D,), (D,), (T,) in [0, 1] -> (T, D)


@dataclass(frozen=True)
class Curve:
    """A way from code to code, as menus and helps tell it."""

    title: str  # of a menu's line, with a hint in brackets
    sentence: str  # how it bends, for people
    points: Points
    follows_roads: bool = False  # from product to like product where they are known; `points` where they are not

    def on(self, roads: Roads | None, through: float = 1.0) -> Points:
        """Its points in a space with these roads; `through`: the share of the way from straight to through products."""
        if roads is None or not self.follows_roads:
            return self.points
        return roads.curve if through == 1 else _partly(roads, through)

    def __call__(self, a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
        return self.points(a_d, b_d, t_t)


def _partly(roads: Roads, through: float) -> Points:
    def points(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
        straight_td = linear(a_d, b_d, t_t)
        return np.asarray(straight_td + through * (roads.curve(a_d, b_d, t_t) - straight_td))

    return points


CURVES: dict[str, Curve] = {}  # by the name of the function, in the order of the menu


def registered(title: str, sentence: str, *, follows_roads: bool = False) -> Callable[[Points], Points]:
    """Makes a curve of a function, under the function's name. TypeError when there is one of that name."""

    def register(points: Points) -> Points:
        name = points.__name__
        if name in CURVES:
            raise TypeError(f"two curves are called {name!r}")
        CURVES[name] = Curve(title, sentence, points, follows_roads)
        return points

    return register


@registered(
    "Dense (through products)",
    "From product to like product, by the shortest such way, rounded: no step is far from a real product.",
    follows_roads=True,
)
def dense(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    """Along `Roads`; straight where no products are known."""
    return linear(a_d, b_d, t_t)


@registered(
    "Matched (every step as likely as the ends)",
    "Each point is as likely under the prior as the two products are.",
)
def matched(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    """Each point is as likely under the Gaussian prior as the ends are (Agustsson 2019).

    Their formula is for independent ends. Two products that look alike are not: it would lead 41 % too far out
    between them. So the ends' cosine stands in it as their correlation; at 0 it is theirs, and from a product to
    itself nothing moves.
    """
    norms = np.linalg.norm(a_d) * np.linalg.norm(b_d)
    alike = float(np.clip(np.dot(a_d, b_d) / norms, _OPPOSITE, 1)) if norms > 0 else 0.0
    t_t1 = t_t[:, None]
    variance_t1 = (1 - t_t1) ** 2 + t_t1**2 + 2 * alike * t_t1 * (1 - t_t1)
    return np.asarray(linear(a_d, b_d, t_t) / np.sqrt(variance_t1))


@registered("Linear (straight)", "Straight from one code to the other, nearer to the middle than any product is.")
def linear(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    """Straight: passes closer to the origin than any product does when there are many dimensions."""
    t_t1 = t_t[:, None]
    return np.asarray((1 - t_t1) * a_d + t_t1 * b_d)


@registered("Spherical (great circle)", "Round the middle, at the distance of the two products from it.")
def spherical(a_d: np.ndarray, b_d: np.ndarray, t_t: np.ndarray) -> np.ndarray:
    """Along the great circle (White 2016); the ends keep their norms and those between are interpolated."""
    norm_a, norm_b = np.linalg.norm(a_d), np.linalg.norm(b_d)
    if min(norm_a, norm_b) == 0:
        return linear(a_d, b_d, t_t)
    angle = np.arccos(np.clip(np.dot(a_d / norm_a, b_d / norm_b), -1, 1))
    if angle < _ANGLE_MIN or np.pi - angle < _ANGLE_MIN:
        return linear(a_d, b_d, t_t)
    t_t1 = t_t[:, None]
    turned_td = np.sin((1 - t_t1) * angle) * a_d / norm_a + np.sin(t_t1 * angle) * b_d / norm_b
    return np.asarray(turned_td / np.sin(angle) * ((1 - t_t1) * norm_a + t_t1 * norm_b))


def path_points(
    anchors_ad: Sequence[np.ndarray],
    steps: int,
    curve: str = "matched",
    roads: Roads | None = None,
    through: float = 1.0,
) -> np.ndarray:
    """(steps, D) along the curve through all anchors in order; each anchor is a step of its own, exactly.

    `roads`: those of the space, for curves that follow them; `through`: how far they do, 0 (straight) .. 1. The A - 1
    pieces take the same share of the steps, give or take one. ModelError for an unknown curve, fewer than two anchors,
    or fewer steps than anchors.
    """
    if curve not in CURVES:
        raise ModelError(f"unknown curve {curve!r}; there are: {', '.join(CURVES)}")
    if len(anchors_ad) < 2 or steps < len(anchors_ad):
        raise ModelError(
            f"a path needs two anchors or more and a step for each, got {len(anchors_ad)} and {steps} steps"
        )
    stops_a = np.round(np.linspace(0, steps - 1, len(anchors_ad))).astype(int)
    points_td = np.empty((steps, len(anchors_ad[0])), np.float32)
    for piece, (begin, end) in enumerate(itertools.pairwise(stops_a)):
        a_d, b_d, t_t = anchors_ad[piece], anchors_ad[piece + 1], np.linspace(0, 1, end - begin + 1)
        stays = np.array_equal(a_d, b_d)  # from a product to itself nothing moves
        bent = linear if stays else CURVES[curve].on(roads, through)
        points_td[begin : end + 1] = bent(a_d, b_d, t_t)
    points_td[stops_a] = anchors_ad
    return points_td
