"""Find on the map: by name, by a photograph, by a product that looks like it."""

import numpy as np
import streamlit as st

from looks_like.data.errors import PictureError
from looks_like.explorer.core import Lab, escape_markdown, product_json
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import gallery
from looks_like.explorer.interfaces.widgets.gallery import Action
from looks_like.explorer.interfaces.widgets.panels.selection_panel import MORE, keep
from looks_like.explorer.search import photograph, search, square_photograph
from looks_like.explorer.selecting import Selection, SelectionStep
from looks_like.model.errors import ModelError

ACTIONS = (Action("only", "Select it"), Action("like", f"Select it and {MORE} like it", f"+ {MORE} like it"))
FOUND_MAX = 12


def menu(lab: Lab, chosen: Selection) -> None:
    """A popover; what is found becomes the selection."""
    with st.popover("Find", icon=":material/search:"):
        text = st.text_input("Name or id", key="find text", placeholder="a part of it is enough", max_chars=200)
        if text.strip():
            products = [product_json(product) for product in search(lab, text, FOUND_MAX)]
            picked = gallery.show(
                products,
                actions=ACTIONS,
                key="find found",
                empty="No product has that in its name or id.",
                compact=True,
            )
            if picked:
                like = [SelectionStep("+", "like", MORE)] if picked.action == "like" else []
                _take(chosen, SelectionStep("=", "product", picked.product_id), *like)
        file = session.upload_photograph("Or a photograph of something like it", "find photograph")
        if file is not None and session.noted("photograph found") != file.file_id:
            try:
                z_d = photograph(lab, chosen.context.model, square_photograph(lab, file.getvalue())).z_d
            except (PictureError, ModelError) as mistake:
                st.error(f"{escape_markdown(file.name)}: {escape_markdown(str(mistake), 200)}", icon=":material/error:")
                return
            session.note("photograph found", file.file_id)
            _take(chosen, SelectionStep("=", "near", (_rounded(z_d), MORE)))


def _take(chosen: Selection, *steps: SelectionStep) -> None:
    keep(*steps)
    session.choose("panel", "selection")
    st.rerun(scope="fragment")


def _rounded(z_d: np.ndarray) -> tuple[float, ...]:
    """Three decimals: finer than anyone sees, and short enough for a link."""
    return tuple(round(float(value), 3) for value in z_d)
