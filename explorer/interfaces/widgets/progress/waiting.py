"""What a page says while something is being found beside it; it draws itself anew as soon as that is there."""

from collections.abc import Callable

import streamlit as st

LOOKS_EVERY_S = 0.7


def until(ready: Callable[[], bool], words: str) -> None:
    """The words, until `ready` says yes."""

    def look() -> None:
        if ready():
            st.rerun()
        st.caption(f":material/hourglass_top: {words}")

    st.fragment(look, run_every=LOOKS_EVERY_S)()
