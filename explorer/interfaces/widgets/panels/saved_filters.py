"""Filters saved by name, for everyone: applied with a click, saved, saved over, called otherwise, taken away."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.panels import deleting
from looks_like.explorer.search import Filter
from looks_like.explorer.selecting import View, delete_filter, rename_filter, save_filter, saved_filters

_APPLIED, _RENAMED, _SAID = "filter applied", "filter renamed", "filter said"  # notes of the session


def show(lab: Lab, chosen: Filter) -> None:
    """Those there are, and where something is asked, a field to save it."""
    saved = saved_filters(lab)
    if saved:
        st.caption("Saved filters, for everyone")
    for name, view in saved.items():
        if session.noted(_RENAMED) == name:
            field = f"new name of filter {name}"
            st.text_input(
                "New name", name, key=field, max_chars=60, on_change=_try, args=(partial(_rename, lab, name, field),)
            )
        else:
            _line(lab, view, chosen)
    if chosen.conditions:
        applied = session.noted(_APPLIED)
        if applied in saved and saved[applied].link != chosen.text():
            label = f"Save the changes to {escape_markdown(applied)}"
            st.button(label, on_click=_try, args=(partial(_save, lab, applied, chosen),), width="stretch")
        if chosen.text() not in [view.link for view in saved.values()]:
            _field(lab, chosen)
    if said := session.noted(_SAID):
        st.caption(f":red[{escape_markdown(said, 300)}]")
    deleting.said_before(lab, "filters")


def _line(lab: Lab, view: View, chosen: Filter) -> None:
    name = view.name
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"saved filter {name}"):
        st.button(
            escape_markdown(name),
            key=f"apply filter {name}",
            icon=":material/check:" if view.link == chosen.text() else ":material/filter_list:",
            help=escape_markdown(f"{_words(view.link)}. By {view.who}", 300),
            on_click=_apply,
            args=(name, view.link),
            width="stretch",
        )
        rename, drop = partial(session.note, _RENAMED, name), partial(_drop, lab, name)
        for icon, what, do in (("edit", "Rename", rename), ("delete", "Take away for everyone", drop)):
            label = f"{what}: {escape_markdown(name)}"
            st.button("", icon=f":material/{icon}:", key=f"{icon} filter {name}", help=label, on_click=do)


def _field(lab: Lab, chosen: Filter) -> None:
    """A name for what is asked now; Enter or the button saves it."""
    with st.form("save filter", border=False, clear_on_submit=True), st.container(horizontal=True, gap="small"):
        name = st.text_input(
            "Name", max_chars=60, placeholder="A name for this filter", label_visibility="collapsed", key="filter name"
        )
        if st.form_submit_button("Save") and name.strip():
            _try(partial(_save, lab, name, chosen))
            st.rerun(scope="fragment")


def _apply(name: str, link: str) -> None:
    session.choose("filter", link)
    session.note(_APPLIED, name)
    session.note(_SAID, "")


def _save(lab: Lab, name: str, chosen: Filter) -> None:
    session.note(_APPLIED, save_filter(lab, name, chosen, session.who()))


def _rename(lab: Lab, old: str, field: str) -> None:
    new = str(session.control(field) or "")
    session.note(_RENAMED, None)
    if new.strip() and new != old:
        kept = rename_filter(lab, old, new, session.who())
        if session.noted(_APPLIED) == old:
            session.note(_APPLIED, kept)


def _drop(lab: Lab, name: str) -> None:
    deleting.do(partial(delete_filter, lab, name, session.who()))


def _try(act: Callable[[], None]) -> None:
    """What is wrong with it is said."""
    session.note(_SAID, "")
    try:
        act()
    except MISTAKES as mistake:
        session.note(_SAID, str(mistake))


def _words(link: str) -> str:
    try:
        return Filter.from_text(link).words()
    except RequestError as mistake:
        return str(mistake)
