"""A file per reusable piece of a page; each takes plain data and gives plain data back.

A widget with code in the browser is a folder: `__init__.py`, `<name>.js` with the modules that it is made of, and
`<name>.css`. What widgets share (elements, requests, product cards) stands in `shared/`. Text of the catalogue is
always data, set with `textContent`, never part of the code.
"""

from typing import Any

import streamlit as st

from looks_like.explorer.interfaces.browser_code import module_address, stylesheet

# Streamlit takes text, and imports it from an address of its own making: so the text says where the module is
_LOADER = """const { default: mount } = await import(new URL("ADDRESS", location.href));
export default mount;
"""


def browser_widget(name: str) -> Any:
    """Registers the widget in the folder `name`, perhaps within another; call the answer to put it on the page."""
    loader = _LOADER.replace("ADDRESS", module_address(f"{name}/{name.rpartition('/')[2]}.js"))
    return st.components.v2.component(f"looks_like_{name.replace('/', '_')}", js=loader, css=stylesheet(name))
