"""What a browser runs: page settings and navigation. An empty workspace shows what to do instead of the pages.

It stands among the pages, not above them: Streamlit takes every file of a folder `pages` beside its main script for
a page of its own and would serve them without this frame.
"""

from pathlib import Path

import streamlit as st

from explorer import session
from explorer.errors import MISTAKES
from explorer.lab import open_lab

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


def advice() -> str:
    """What is missing before the pages have something to show, as the one command that mends it; "" = nothing."""
    status = open_lab().status()
    finished = [model for model in status.models if model["finished"]]
    if not status.products:
        return "This workspace has no products yet. Put some in:\n\n`looks-like import FOLDER-OR-TABLE`"
    if not finished:
        return f"{status.products:,} products, and no model of them yet. Train one:\n\n`looks-like train vae`"
    if all(model["products_without_code"] >= status.products for model in finished):
        return f"Model {finished[0]['name']} has not seen the catalogue yet. Encode it:\n\n`looks-like encode`"
    return ""


try:
    if missing := advice():
        st.title("Looks Like")
        st.info(missing, icon=":material/inventory_2:")
        st.caption("The pages appear here as soon as it is done: reload this one.")
    else:
        navigation.run()
except MISTAKES as mistake:
    st.error(str(mistake), icon=":material/error:")
