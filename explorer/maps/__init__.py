"""Maps: made, made again, extended by new products, coloured, judged, and drawn as small pictures."""

from looks_like.explorer.maps.color_by import CLUSTER, TRUTH, WORDS, colouring, ready, telling_attribute
from looks_like.explorer.maps.layout import map_methods, map_title, map_words
from looks_like.explorer.maps.make import make_map, refit
from looks_like.explorer.maps.placing import CatchUp, catch_up, followed
from looks_like.explorer.maps.quality import drift, map_quality
from looks_like.explorer.maps.sprites import atlases_of

__all__ = [
    "CLUSTER",
    "TRUTH",
    "WORDS",
    "CatchUp",
    "atlases_of",
    "catch_up",
    "colouring",
    "drift",
    "followed",
    "make_map",
    "map_methods",
    "map_quality",
    "map_title",
    "map_words",
    "ready",
    "refit",
    "telling_attribute",
]
