"""The mistakes that pages, routes and commands answer with one clear line."""

from looks_like.data.errors import CatalogueError
from looks_like.model.errors import ModelError


class RequestError(ValueError):
    """A question that can't be answered as it was put."""


MISTAKES = (RequestError, CatalogueError, ModelError)
