"""Pictures with a part erased: codes that explain what is known of one, and colours in the hole that meet it."""

from looks_like.model.geometry.holes.codes import codes_of_known
from looks_like.model.geometry.holes.seamless import membrane, seamless

__all__ = ["codes_of_known", "membrane", "seamless"]
