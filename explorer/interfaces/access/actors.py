"""For whom the server acts: the person whose page runs, or nobody in particular.

A page's script, its callbacks and its fragments run in threads of Streamlit's choosing, so nothing is remembered in
them: at each change Streamlit is asked whose run this is, and the file of roles what they may.
"""

import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

from looks_like.data.acting import Actor, Role, ask_actor_of
from looks_like.explorer.interfaces.access.roles import Access, read_access
from looks_like.explorer.interfaces.access.tokens import Tokens

_MASTER, _LOOKS_ON, _NOBODY = Actor("", Role.ADMIN), Actor("", Role.VIEWER), Actor("", Role.NOBODY)


class Understood(NamedTuple):
    """As `looks-like app` was told, by --access and --read-only."""

    access: Access | None
    read_only: bool


@cache
def understood() -> Understood:
    """From the environment of this process."""
    file = os.environ.get("LOOKS_LIKE_ACCESS", "")
    return Understood(read_access(Path(file)) if file else None, os.environ.get("LOOKS_LIKE_READ_ONLY") == "1")


def person() -> Actor:
    """Whose page this is; without a login whoever reaches it."""
    access, read_only = understood()
    if access is None:
        return _LOOKS_ON if read_only else _MASTER
    import streamlit as st

    address = str(st.user.get("email") or "").strip()
    verified = str(st.user.get("email_verified", True)).lower() == "true"  # who says nothing of it has no others
    if not st.user.is_logged_in or not address or not verified:
        return _NOBODY
    found = access.actor(address)
    return Actor(found.name, min(found.role, Role.VIEWER)) if read_only else found


def here_acts_the_person() -> None:
    """From now on each change in this process is by whose page runs; by nobody in particular where none does."""
    from streamlit import config
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    access, read_only = understood()
    if access is not None:  # its part [auth] is what Streamlit asks people to log in by
        config.set_option("secrets.files", [os.environ["LOOKS_LIKE_ACCESS"]])
    without = _MASTER if access is None and not read_only else _LOOKS_ON
    ask_actor_of(lambda: without if get_script_run_ctx(suppress_warning=True) is None else person())


def the_door() -> tuple[Tokens | None, Actor]:
    """What the middleware of the routes needs: who may sign, and who comes where nobody does."""
    access, read_only = understood()
    return (None if access is None else Tokens(access.secret)), _LOOKS_ON if read_only else _MASTER
