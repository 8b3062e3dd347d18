"""Paths between products as files: GIF, WebP, MP4, sheet, CSV, JSON."""

from looks_like.explorer.paths.film import MEDIA_TYPES, film, film_kind

__all__ = ["MEDIA_TYPES", "film", "film_kind"]
