"""Find on the map: by what is typed, by a photograph, by a product that looks like it."""

import numpy as np
import streamlit as st

from looks_like.data.errors import PictureError
from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.gallery import Action
from looks_like.explorer.interfaces.widgets.panels import find_box
from looks_like.explorer.interfaces.widgets.panels.selection_panel import MORE, keep
from looks_like.explorer.search import Found, photograph, square_photograph
from looks_like.explorer.selecting import FOUND_TEXT_MAX, Selection, SelectionStep
from looks_like.model.errors import ModelError

ACTIONS = (Action("only", "Select it"), Action("like", f"Select it and {MORE} like it", f"+ {MORE} like it"))
KEY = "find"


def menu(lab: Lab, chosen: Selection) -> None:
    """A popover; what is found becomes the selection, or the filter."""
    with st.popover("Find", icon=":material/search:"):
        found = find_box.ask(lab, KEY)
        if found is not None:
            _acts(found)
            picked = find_box.show(lab, found, ACTIONS, KEY)
            if picked:
                like = [SelectionStep("+", "like", MORE)] if picked.action == "like" else []
                take(SelectionStep("=", "product", picked.product_id), *like)
        file = session.upload_photograph("Or a photograph of something like it", "find photograph")
        if file is not None and session.noted("photograph found") != file.file_id:
            session.note("photograph found", file.file_id)
            take_photograph(lab, chosen, file.name, file.getvalue())


def take_photograph(lab: Lab, chosen: Selection, name: str, content: bytes) -> None:
    """Selects what is nearest to a stranger's picture; what is wrong with it is said."""
    try:
        z_d = photograph(lab, chosen.context.model, square_photograph(lab, content)).z_d
    except (PictureError, ModelError) as mistake:  # ModelError: what can take no photographs
        st.error(f"{escape_markdown(name, 80)}: {escape_markdown(str(mistake), 200)}", icon=":material/error:")
        return
    take(SelectionStep("=", "near", (_rounded(z_d), MORE)))


def take(*steps: SelectionStep) -> None:
    """They are the selection now, and shown."""
    keep(*steps)
    session.choose("panel", "selection")
    st.rerun(scope="fragment")


def _acts(found: Found) -> None:
    """How many, and both ways to go on with all of them."""
    count = len(found.all_m)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="find acts"):
        st.caption(f"**{find_box.count_words(found)}**", width="stretch")
        if not count:
            return
        find_box.offer_filter(found)
        label = f"Select all {count:,}" if count > 1 else "Select it"
        text = find_box.typed(KEY)
        if st.button(label, icon=":material/select_all:", disabled=len(text) > FOUND_TEXT_MAX, type="primary"):
            corrected = tuple(sorted(find_box.corrections(KEY).items()))
            take(SelectionStep("=", "found", (text, corrected)))


def _rounded(z_d: np.ndarray) -> tuple[float, ...]:
    """Three decimals: finer than anyone sees, and short enough for a link."""
    return tuple(round(float(value), 3) for value in z_d)
