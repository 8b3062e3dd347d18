"""Maps: made, made again, extended by new products, coloured, judged, and drawn as small pictures."""

from looks_like.explorer.maps.color_by import CLUSTER, RECALL, WORDS, colouring, legible_attribute, ready, set_colour
from looks_like.explorer.maps.growing.many_machines import EncodingProgress, encode_there
from looks_like.explorer.maps.growing.placing import CatchUpProgress, catch_up, followed
from looks_like.explorer.maps.growing.update import ABSENT_MAX, UpdateProgress, UpdateRequest, update
from looks_like.explorer.maps.growing.update_log import UpdateReport, updates
from looks_like.explorer.maps.layout import map_methods, map_title, map_words, tells_little
from looks_like.explorer.maps.make import MapRequest, make_map, refit
from looks_like.explorer.maps.quality import map_quality, staleness
from looks_like.explorer.maps.sprites import sprite_sheets_of
from looks_like.explorer.maps.telling import default_colour_attribute

__all__ = [
    "ABSENT_MAX",
    "CLUSTER",
    "RECALL",
    "WORDS",
    "CatchUpProgress",
    "EncodingProgress",
    "MapRequest",
    "UpdateProgress",
    "UpdateReport",
    "UpdateRequest",
    "catch_up",
    "colouring",
    "default_colour_attribute",
    "encode_there",
    "followed",
    "legible_attribute",
    "make_map",
    "map_methods",
    "map_quality",
    "map_title",
    "map_words",
    "ready",
    "refit",
    "set_colour",
    "sprite_sheets_of",
    "staleness",
    "tells_little",
    "update",
    "updates",
]
