"""Deleting on pages: products that are selected, whatever bears a name, and the way back from either."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.selecting import Deletion, Selection, delete_products, deletion_log, undo_deletion, words


class _Done(NamedTuple):
    """The last deletion of this session."""

    number: int  # in the log
    words: str
    selection: str  # steps that it was made of; they are chosen again when it is undone


def offer(lab: Lab, chosen: Selection, rows_m: np.ndarray) -> None:
    """A button for all that is selected, which asks once."""
    many = f"{len(rows_m):,} product{'' if len(rows_m) == 1 else 's'}"
    with st.popover("Delete", icon=":material/delete:"):
        st.markdown(f"**Delete {many}?**")
        st.caption(
            "They are gone from the map, from every search and from exports, with their tags. Undo brings them back as "
            "they were, until the workspace is compacted."
        )
        if st.button(f"Delete {many}", type="primary", icon=":material/delete:", width="stretch"):
            steps = session.chosen().get("selection", "")
            if do(partial(delete_products, lab, rows_m, session.who(), words(lab, chosen)), selection=steps):
                session.choose("selection", None)
                session.choose("panel", "selection")  # where the way back stands
            st.rerun()


def do(delete: Callable[[], Deletion], selection: str = "") -> bool:
    """Does it, and says so with a way back; what is wrong with it is said too. -> whether it was done."""
    try:
        done = delete()
    except MISTAKES as mistake:
        session.note("deleted", _Done(0, str(mistake), ""))
        return False
    session.note("deleted", _Done(done.number, f"Deleted: {done.said()}", selection))
    return True


def said_before(lab: Lab, where: str) -> None:
    """What was deleted last in this session, with a button that undoes it; nothing once that was done elsewhere.

    `where`: on a page there may be several of these.
    """
    done: _Done | None = session.noted("deleted")
    if done is None:
        return
    stands = done.number in [entry.number for entry in deletion_log(lab).standing]
    if done.number and not stands:
        session.note("deleted", None)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"deleted line {where}"):
        st.caption(escape_markdown(done.words, 300), width="stretch")
        if stands and st.button("Undo", type="tertiary", icon=":material/undo:", key=f"undo deletion {where}"):
            bring_back(lab, done.number)
            if done.selection:
                session.choose("selection", done.selection)
            st.rerun()


def bring_back(lab: Lab, number: int) -> None:
    """Undoes a deletion of the log; what is wrong with that is said where deletions are."""
    try:
        undo_deletion(lab, session.who(), number)
        session.note("deleted", None)
    except MISTAKES as mistake:
        session.note("deleted", _Done(0, str(mistake), ""))
