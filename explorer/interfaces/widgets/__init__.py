"""A file per reusable piece of a page; each takes plain data and gives plain data back.

A widget with code in the browser is a folder: `__init__.py`, `<name>.js` with what it is made of in further `.js`
files beside it, `<name>.css`. What widgets share (product cards, fetching) stands in `shared.js` and `shared.css`,
which are laid in front of each. Text of the catalogue is always data, set with `textContent`, never part of the code.
"""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def browser_widget(name: str) -> Any:
    """Registers the widget in the folder `name`; call the answer to put it on the page."""
    last = _HERE / name / f"{name}.js"
    parts = sorted(file for file in last.parent.glob("*.js") if file != last)  # by name: the same order everywhere
    css = [_HERE / "shared.css", _HERE / name / f"{name}.css"]
    return st.components.v2.component(
        f"looks_like_{name}",
        js="\n".join(file.read_text("utf-8") for file in (_HERE / "shared.js", *parts, last)),
        css="\n".join(file.read_text("utf-8") for file in css),
    )
