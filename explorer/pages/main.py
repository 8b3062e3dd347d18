"""What a browser runs: page settings and navigation. Where nothing is yet, the welcome stands in their place.

It stands among the pages, not above them: Streamlit takes every file of a folder `pages` beside its main script for
a page of its own and would serve them without this frame.
"""

from pathlib import Path

import streamlit as st

from explorer import session
from explorer.errors import MISTAKES
from explorer.lab import open_lab
from explorer.widgets import welcome

st.set_page_config(page_title="Looks Like", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(
    """<style>
    .stMainBlockContainer { padding: 4.2rem 1.6rem 1rem; max-width: 1600px; }
    [data-testid="stVerticalBlock"] { gap: .7rem; }
    h1 { font-size: 1.35rem !important; padding: 0 !important; }
    @media (max-width: 640px) { .stMainBlockContainer { padding: 4rem .8rem 1rem; } }
    </style>"""
)
session.chosen()
pages = {
    "map": ("Map", "scatter_plot"),
    "looks_like": ("Looks Like", "compare_arrows"),
    "dimensions": ("Dimensions", "tune"),
}
navigation = st.navigation(
    [
        st.Page(
            f"{name}.py",
            title=title,
            icon=f":material/{icon}:",
            url_path=name.replace("_", "-"),
            default=name == "map",
        )
        for name, (title, icon) in pages.items()
    ],
    position="top",
)


try:
    lab = open_lab()
    if welcome.needed(lab):
        welcome.show(lab)
    else:
        navigation.run()
except MISTAKES as mistake:
    st.error(str(mistake), icon=":material/error:")
