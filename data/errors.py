"""Errors for the user: one sentence with what happened, to what, and what to do about it."""


class CatalogueError(ValueError):
    """About a workspace, its tables or a source."""


class PictureError(ValueError):
    """Why one picture can't go in; it never stops an import."""
