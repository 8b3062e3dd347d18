"""Who acts, and what they may: asked wherever something is about to change, whatever page or command leads there.

A command is the master of its workspace. A server says whom it acts for (`explorer/interfaces/access`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

from looks_like.data.errors import CatalogueError


class Role(IntEnum):
    """What somebody may; each may what those before it may."""

    NOBODY = 0
    VIEWER = 1  # looks
    EDITOR = 2  # changes what can be undone: tags, names, clusters, views; imports; starts jobs
    ADMIN = 3  # deletes products and models, gives disk space back


@dataclass(frozen=True)
class Actor:
    name: str
    role: Role


class AccessError(CatalogueError):
    """Somebody may not do this; the message says who may."""


_MASTER = Actor("", Role.ADMIN)
_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def _master() -> Actor:
    return _MASTER


_source: Callable[[], Actor] = _master


def ask_actor_of(source: Callable[[], Actor]) -> None:
    """Whom this process acts for where nobody is said: asked at each change."""
    global _source  # one for the process, as the server that sets it is
    _source = source


@contextmanager
def acting_for(actor: Actor) -> Iterator[None]:
    """Within, in this thread or task, it is this one who acts."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)


def actor_now() -> Actor:
    """Who acts here."""
    return _acting.get() or _source()


def require_role(role: Role, what: str) -> None:
    """AccessError for one who may not. `what`: "delete products", for people."""
    actor = actor_now()
    if actor.role < role:
        said = f"{actor.name} is" if actor.name else "whoever is not logged in is"
        needs = f"{'an' if role.name[0] in 'AE' else 'a'} {role.name.lower()}"
        raise AccessError(f"{said} here as {actor.role.name.lower()}; to {what} one has to be {needs}")
