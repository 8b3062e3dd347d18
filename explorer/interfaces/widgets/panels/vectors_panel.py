"""Vectors that others made come in: a file and a name; their map follows as a job."""

import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.search import VectorsRequest
from looks_like.explorer.selecting import VECTOR_ENDINGS, bring_vectors
from looks_like.explorer.training import start_map

UPLOAD_MB_MAX = 1000
_SAID, _WRONG = "vectors said", "vectors refused"
_HELP = (
    "NumPy (.npy): a row a product, in the order of the catalogue or of a list of ids beside it. Parquet: a column "
    "product_id and one of lists, or a column for each number."
)


def show(lab: Lab) -> None:
    """A line that opens; what was done, or what was wrong, stands in it."""
    said, wrong = session.noted(_SAID), session.noted(_WRONG)
    with st.expander("Bring your own vectors", icon=":material/hub:", expanded=bool(said or wrong)):
        st.caption(
            "What another program says is alike (CLIP, DINO, a recommender) becomes a look: maps, clusters and "
            "similar products come of it. Brought again under its name, new products are added."
        )
        if said:
            st.success(escape_markdown(said, 900), icon=":material/check:")
        if wrong:
            st.error(escape_markdown(wrong, 500), icon=":material/error:")
        with st.form(f"vectors {session.turn('vectors')}", border=False):
            files = st.file_uploader(
                "The vectors, and perhaps a list of their ids (.txt, .csv)",
                type=[*VECTOR_ENDINGS, ".txt", ".csv"],
                accept_multiple_files=True,
                max_upload_size=UPLOAD_MB_MAX,
                help=_HELP,
            )
            left, right = st.columns(2)
            name = left.text_input("Name", placeholder="clip", max_chars=40)
            by = right.selectbox("Near are those", ["that point the same way (cosine)", "a short distance apart"])
            some = st.checkbox("Leave out vectors of what is no product here")
            if st.form_submit_button("Bring them", type="primary", icon=":material/upload:"):
                distance = "cosine" if "cosine" in by else "euclidean"
                _bring(lab, name.strip(), [(file.name, file.getvalue()) for file in files], distance, some)


def _bring(lab: Lab, name: str, files: list[tuple[str, bytes]], distance: str, some: bool) -> None:
    session.note(_SAID, "")
    session.note(_WRONG, "")
    try:
        with st.spinner("Reading the vectors", show_time=True):
            done = bring_vectors(lab, name, files, VectorsRequest(distance=distance, some=some))
    except MISTAKES as mistake:
        session.note(_WRONG, str(mistake))
    else:
        start_map(Jobs(lab.workspace.folder), name, "umap", "UMAP")
        session.note(_SAID, f"{name}: {done.words()}. Its map is being made.")
        session.begin_anew("vectors")
    st.rerun()
