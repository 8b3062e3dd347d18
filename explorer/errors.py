"""The mistakes that pages, routes and commands answer with one clear line."""

from looks_like.data.errors import CatalogueError
from looks_like.model.errors import ModelError


class RequestError(ValueError):
    """An invalid request; the message says what is wrong and what is allowed."""


MISTAKES = (RequestError, CatalogueError, ModelError)
