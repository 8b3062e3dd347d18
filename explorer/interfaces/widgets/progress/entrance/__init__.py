"""Who is let in: the door of a page where people log in, and what the browser shows at the routes behind it."""

import time

import streamlit as st

from looks_like.data.acting import Role
from looks_like.explorer.core import escape_markdown
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.access import TOKEN_S, person, the_door, understood
from looks_like.explorer.interfaces.widgets import browser_widget

_widget = browser_widget("progress/entrance")
_MAY = {
    Role.VIEWER: "you look, and change nothing",
    Role.EDITOR: "you change what can be undone",
    Role.ADMIN: "you may do everything",
}
_NOTE, _HELD = "pass given", "pass held"


def passed() -> bool:
    """Whether the page may be drawn; where not, what stands in its place is drawn already."""
    if understood().access is None:
        return True
    who = person()
    if who.role >= Role.VIEWER:
        _give_pass()
        return bool(session.noted(_HELD))
    _take_pass_away()
    with st.container(key="entrance", width=560):
        st.title("Looks Like")
        if not st.user.is_logged_in:
            st.markdown("This catalogue is open to people who are known. Log in to see it.")
            st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
            return False
        name = escape_markdown(who.name or "Whoever you are", 100)
        st.markdown(f"**{name}** is on no list of this app. Ask whoever runs it to add the address, then log in again.")
        st.button("Log out", icon=":material/logout:", on_click=st.logout)
    return False


def who_is_here() -> None:
    """A quiet line under the page: who has logged in, and the way out; or that nothing can be changed here."""
    access, read_only = understood()
    if access is None:
        if read_only:
            st.caption("Read-only: you look, and change nothing.")
        return
    who = person()
    if who.role < Role.VIEWER:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="who is here"):
        said = f"{escape_markdown(who.name, 100)} · {who.role.name.lower()}: {_MAY[who.role]}"
        st.caption(said, width="content")
        st.button("Log out", type="tertiary", icon=":material/logout:", on_click=st.logout, key="log out")


@st.fragment(run_every=TOKEN_S / 3)
def _give_pass() -> None:
    """A token for what the page asks for, in a cookie of this browser; a new one before it is too old."""
    tokens, _ = the_door()
    assert tokens is not None
    given = session.noted(_NOTE)
    if given is None or time.monotonic() - given[1] > TOKEN_S / 4:
        given = (tokens.give(person()), time.monotonic())
        session.note(_NOTE, given)

    data = {"cookie": tokens.cookie, "token": given[0], "seconds": TOKEN_S, "held": bool(session.noted(_HELD))}
    result = _widget(data=data, key="pass", on_held_change=lambda: None)
    if result.held and not session.noted(_HELD):
        session.note(_HELD, True)
        st.rerun()


def _take_pass_away() -> None:
    """Whoever has logged out leaves nothing to the next one at this browser."""
    tokens, _ = the_door()
    assert tokens is not None
    session.note(_NOTE, None)
    session.note(_HELD, None)
    _widget(data={"cookie": tokens.cookie, "token": "", "seconds": 0, "held": True}, key="no pass")
