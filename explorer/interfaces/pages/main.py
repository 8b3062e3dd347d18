"""What a browser runs: page settings and navigation. Where nothing is yet, the welcome stands in their place.

It stands among the pages, not above them: Streamlit takes every file of a folder `pages` beside its main script for
a page of its own and would serve them without this frame.
"""

from pathlib import Path

import streamlit as st

from looks_like.explorer.core import escape_markdown, open_lab
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.pages import PAGES
from looks_like.explorer.interfaces.widgets.progress import entrance, welcome

st.set_page_config(page_title="Looks Like", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
st.html(
    """<style>
    .stMainBlockContainer { padding: 4.2rem 1.6rem 1rem; max-width: 1600px; }
    [data-testid="stVerticalBlock"] { gap: .7rem; }
    [data-testid="stCaptionContainer"] { color: inherit !important; opacity: .76; }  /* legible: 4.5 to 1 and more */
    h1 { font-size: 1.35rem !important; padding: 0 0 .5rem !important; }
    .st-key-entrance { margin: 16dvh auto 0; }
    .st-key-entrance h1 { font-size: 2rem !important; }
    .st-key-welcome { max-width: 1200px; margin: 6dvh auto 0; }
    .st-key-welcome h1 { font-size: 2rem !important; padding: 0 0 .5rem !important; }
    .st-key-welcome h3 { font-size: 1.15rem !important; padding: 1.2rem 0 .4rem !important; }
    .st-key-phone-pages { display: none; }
    @media (max-width: 767px) {  /* where Streamlit folds its row of pages away behind an arrow */
      .st-key-phone-pages { display: flex; justify-content: space-between; gap: 0 !important; margin-bottom: -.3rem; }
      .st-key-phone-pages { flex-wrap: wrap !important; justify-content: flex-start; }
      .st-key-phone-pages a { padding: .45rem .3rem; min-height: 40px; }
      .st-key-phone-pages a { column-gap: 0 !important; }
      .st-key-phone-pages a > :has([data-testid=stIconMaterial]):not(:has(p)) { display: none; }
      .stMainBlockContainer { padding-top: .5rem; }
      .stAppHeader { display: none; }
    }
    @media (max-width: 640px) { .stMainBlockContainer { padding: .5rem .8rem 1rem; } .st-key-welcome { margin: 0; } }
    </style>"""
)
session.chosen()


def page(name: str) -> st.Page:
    """A page of the table as Streamlit takes it."""
    said, address, first = PAGES[name], name.replace("_", "-"), next(iter(PAGES))
    icon = f":material/{said.icon}:"
    return st.Page(f"{name}.py", title=said.title, icon=icon, url_path=address, default=name == first)


try:
    if not entrance.passed():
        st.stop()
    lab = open_lab()
    nothing_yet = welcome.needed(lab)
    for model, problem in lab.problems().items():
        said = f"Model **{escape_markdown(model, 60)}** is left out: {escape_markdown(problem, 300)}."
        st.warning(f"{said} The page Catalogue can delete it.", icon=":material/report:")
    pages = [page(name) for name in PAGES]
    navigation = st.navigation(pages, position="hidden" if nothing_yet else "top")
    if nothing_yet and navigation.url_path != "catalogue":
        welcome.show(lab)
        if lab.version() or lab.problems():  # whoever has imported the wrong file, or has a broken model, gets there
            st.page_link(pages[list(PAGES).index("catalogue")], label="What is there, and what can be deleted")
    elif nothing_yet:
        st.page_link(pages[0], label="Back", icon=":material/arrow_back:")
        navigation.run()
    else:
        with st.container(horizontal=True, key="phone pages"):
            for each in pages:
                st.page_link(each, width="content")
        navigation.run()
except MISTAKES as mistake:
    st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
entrance.who_is_here()
