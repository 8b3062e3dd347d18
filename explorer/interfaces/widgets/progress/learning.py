"""Pages that draw, in a workspace where no model can yet: the way to one, instead of an empty page."""

import streamlit as st

from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.progress import job_line
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.search import without_look
from looks_like.explorer.training import start_first_model

MINUTES = 10


def models_that_draw(lab: Lab, title: str) -> list[str]:
    """As `Lab.models_to_show`; where there is none, the page ends here, with a button that has one learn."""
    try:
        return lab.models_to_show(decodes=True)
    except RequestError:
        st.title(title)
        st.info(
            "The look of these products is known, and so is what is alike. To draw what lies between them, a model has "
            "to learn from their pictures.",
            icon=":material/draw:",
        )
        learning = any(job.words[0] == "train" for job in Jobs(lab.workspace.folder).active())
        words = f"Learn to draw them · {MINUTES} minutes"
        if st.button(words, type="primary", icon=":material/model_training:", disabled=learning):
            start_first_model(lab, MINUTES)
            st.rerun()
        job_line.show(lab, "")
        st.stop()


def key_of_choice(lab: Lab, models: list[str]) -> str:
    """Under which a model that draws is chosen. Beside a look it is a choice of its own: other pages, which ask what is
    alike, still ask the look.
    """
    return "model" if session.chosen().get("model") in models or without_look(lab) else "decoder"
