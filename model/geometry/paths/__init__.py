"""Ways from one code to another: curves of each kind, and the roads between like products that some follow."""

from looks_like.model.geometry.paths.curves import CURVES, DECODER, EASINGS, ROADS, Curve, path_points
from looks_like.model.geometry.paths.ground import NOWHERE, Ground
from looks_like.model.geometry.paths.roads import Roads

__all__ = ["CURVES", "DECODER", "EASINGS", "NOWHERE", "ROADS", "Curve", "Ground", "Roads", "path_points"]
