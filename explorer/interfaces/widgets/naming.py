"""Naming on pages: what was just named or taken away, with the way back."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.tags import NamingEntry, drop_attribute, naming_log, undo_naming

_NOTE = "named"


class _Done(NamedTuple):
    number: int  # in the log; 0 = it was a mistake
    words: str


def do(act: Callable[[], NamingEntry], known: Collection[str] = ()) -> bool:
    """Does it, and says so with a way back; what is wrong with it is said too. -> whether it was done.

    `known`: names that meant something before.
    """
    try:
        entry = act()
    except MISTAKES as mistake:
        session.note(_NOTE, _Done(0, str(mistake)))
        return False
    said = [
        f"“{name}” means something else now; what it meant before comes back by Undo."
        if name in known
        else f"“{name}” is an attribute now: colour the map by it, filter, sort, export."
        for name in entry.given
    ]
    said += [f"“{name}” is taken away." for name in entry.taken if not entry.given]
    session.note(_NOTE, _Done(entry.number, " ".join(said)))
    return True


def said_before(lab: Lab) -> None:
    """What was done last in this session, with a button that undoes it; nothing once somebody else changed it."""
    done: _Done | None = session.noted(_NOTE)
    if done is None:
        return
    log = naming_log(lab)
    entry = next((each for each in log.entries if each.number == done.number), None)
    stands = entry is not None and not {*entry.given, *entry.taken} & log.touched_since(done.number)
    if done.number and not stands:
        session.note(_NOTE, None)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="named line"):
        colour = "" if done.number else ":red"
        text = escape_markdown(done.words, 300)
        st.caption(f"{colour}[{text}]" if colour else text, width="content")
        if done.number and st.button("Undo", type="tertiary", icon=":material/undo:", key="undo naming"):
            if do(partial(undo_naming, lab, done.number, session.who())):
                session.note(_NOTE, None)
            st.rerun()


def without_slider(lab: Lab, names: Sequence[str]) -> None:
    """Visual attributes that no product with a code here has a score of: why, and the way to be rid of them."""
    for name in names:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"without slider {name}"):
            st.caption(
                f"“{escape_markdown(name)}”: no product has a score of it. What it was read from is gone or was made "
                "anew, or a column of that name was imported.",
                width="content",
            )
            if st.button("Take away", type="tertiary", key=f"take away {name}"):
                do(partial(drop_attribute, lab, name, session.who()))
                st.rerun()
