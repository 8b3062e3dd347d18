"""Mistakes that a person can mend, said in a sentence: what happened, to what, what to do."""


class CatalogueError(ValueError):
    """About a workspace, its tables or a source."""


class PictureError(ValueError):
    """Why one picture can't go in; it never stops an import."""
