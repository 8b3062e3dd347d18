"""A path as a file: animations, a video, a sheet, frames, tables."""

from looks_like.explorer.paths.files.film import MEDIA_TYPES, check_film, film, film_kind, write_film
from looks_like.explorer.paths.files.frames import fitting, font, pictures_of
from looks_like.explorer.paths.files.style import SHAPES, FilmStyle
from looks_like.explorer.paths.files.tables import step_measures

__all__ = [
    "MEDIA_TYPES",
    "SHAPES",
    "FilmStyle",
    "check_film",
    "film",
    "film_kind",
    "fitting",
    "font",
    "pictures_of",
    "step_measures",
    "write_film",
]
