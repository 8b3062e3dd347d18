"""Ways from one code to another: curves of each kind, and the roads between like products that `dense` follows."""

from looks_like.model.geometry.paths.curves import CURVES, Curve, path_points
from looks_like.model.geometry.paths.roads import Roads

__all__ = ["CURVES", "Curve", "Roads", "path_points"]
