"""A photograph beside what a model makes of it: so that people see whether the model understands it."""

import base64

import streamlit as st

_STYLE = """<style>
.seen { display: flex; gap: 10px; }
.seen figure { margin: 0; width: min(160px, 50% - 5px); }
.seen img { width: 100%; aspect-ratio: 1; object-fit: contain; background: #fff; border-radius: 6px; }
.seen figcaption { font-size: 12.5px; opacity: .62; }
</style>"""


def show(picture: bytes, rebuilt: bytes) -> None:
    """Both JPEG or PNG of our own making, enlarged smoothly; `rebuilt` is b"" where nothing rebuilds it."""
    both = [(picture, "Your photograph"), *([(rebuilt, "As the model rebuilds it")] if rebuilt else [])]
    figures = "".join(
        f'<figure><img alt="{words}" src="data:image;base64,'
        f'{base64.b64encode(content).decode()}"><figcaption>{words}</figcaption></figure>'
        for content, words in both
    )
    st.html(f"{_STYLE}<div class='seen'>{figures}</div>")
