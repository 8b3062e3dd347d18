"""What the catalogue holds, and where products come in."""

import streamlit as st

from looks_like.explorer.core import Lab, Status, escape_markdown, open_lab, status_of
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.panels import import_panel
from looks_like.explorer.interfaces.widgets.progress import job_line

lab = open_lab()


def page() -> None:
    """How much there is, then the door."""
    try:
        status = status_of(lab)
        _holds(lab, status)
        job_line.show(lab, lab.models_to_show()[0] if lab.models() else "")
        st.subheader("Add products")
        st.caption("New ones come onto every map, and nothing on it moves; those that changed are updated.")
        import_panel.show(lab)
    except MISTAKES as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
    session.show_link("upload")


def _holds(lab: Lab, status: Status) -> None:
    st.title("Catalogue")
    tags = len(lab.tag_state().carried) if status.products else 0
    attributes = len(lab.catalogue().attributes) if status.products else 0
    facts = (
        ("Products", status.products),
        ("Attributes", attributes),
        ("Tags", tags),
        ("Models", sum(model["finished"] for model in status.models)),
    )
    with st.container(horizontal=True, gap="large"):
        for label, value in facts:
            st.metric(label, f"{value:,}", width="content")


page()
