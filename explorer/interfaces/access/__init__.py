"""Who is let in and what they may: logins, roles, tokens for what pages and scripts ask."""

from looks_like.explorer.interfaces.access.actors import here_acts_the_person, person, the_door, understood
from looks_like.explorer.interfaces.access.door import Door
from looks_like.explorer.interfaces.access.roles import Access, read_access
from looks_like.explorer.interfaces.access.tokens import TOKEN_S, Tokens

__all__ = [
    "TOKEN_S",
    "Access",
    "Door",
    "Tokens",
    "here_acts_the_person",
    "person",
    "read_access",
    "the_door",
    "understood",
]
