"""Paths between products as files: GIF, WebP, MP4, sheet, CSV, JSON; and which are worth seeing first."""

from looks_like.explorer.paths.examples import example_anchors
from looks_like.explorer.paths.film import MEDIA_TYPES, check_film, film, film_kind, write_film

__all__ = ["MEDIA_TYPES", "check_film", "example_anchors", "film", "film_kind", "write_film"]
