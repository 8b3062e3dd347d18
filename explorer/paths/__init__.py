"""The way from product to product: through what, decoded, matched and measured; and the files of it."""

from looks_like.explorer.paths.anchors import Anchor, find_anchor, selection_anchor
from looks_like.explorer.paths.examples import example_anchors
from looks_like.explorer.paths.files import (
    MEDIA_TYPES,
    SHAPES,
    FilmStyle,
    check_film,
    film,
    film_kind,
    step_measures,
    write_film,
)
from looks_like.explorer.paths.grids import EDGE_MAX, EDGE_MIN, DecodedGrid, GridRequest, lay_grid, write_grid
from looks_like.explorer.paths.requests import LOOPS, SLOTS, STEPS_MAX, THROUGH_MAX, PathRequest
from looks_like.explorer.paths.walking import DecodedPath, require_path, shared_attributes, walk
from looks_like.model.geometry import EASINGS

__all__ = [
    "EASINGS",
    "EDGE_MAX",
    "EDGE_MIN",
    "LOOPS",
    "MEDIA_TYPES",
    "SHAPES",
    "SLOTS",
    "STEPS_MAX",
    "THROUGH_MAX",
    "Anchor",
    "DecodedGrid",
    "DecodedPath",
    "FilmStyle",
    "GridRequest",
    "PathRequest",
    "check_film",
    "example_anchors",
    "film",
    "film_kind",
    "find_anchor",
    "lay_grid",
    "require_path",
    "selection_anchor",
    "shared_attributes",
    "step_measures",
    "walk",
    "write_film",
    "write_grid",
]
