"""What a model has learnt so far, while its training runs."""

import streamlit as st

from looks_like.explorer.check import Chart, Line, chart_svg
from looks_like.explorer.core import escape_markdown
from looks_like.explorer.training import SoFar

_SAYS = "Mean squared error of pictures rebuilt, logarithmic: it falls while there is something left to learn."
_POINTS_MAX = 300


def show(found: SoFar, *, beside: bool) -> None:
    """The pictures and the curve; `beside`: next to each other, where there is room."""
    st.markdown(f"**{escape_markdown(found.model, 120)}** at step {found.steps[-1]:,.0f}", help=_SAYS)
    left, right = st.columns([3, 2], gap="medium") if beside else (st.container(), st.container())
    if found.rebuilt_png:
        left.image(found.rebuilt_png, width="stretch", alt="Products, and below what the model makes of each")
        left.caption("Products it does not learn from, and below what it makes of each by now.")
    if len(found.steps) > 1:
        said = f"Error on products it does not learn from: {found.errors[0]:.3g} at first, {found.errors[-1]:.3g} now"
        right.image(chart_svg(_chart(found)), width="stretch", alt=said)
        right.caption(f"{said}.")


def _chart(found: SoFar) -> Chart:
    every = -(-len(found.steps) // _POINTS_MAX)
    line = Line("held out", found.steps[::every], [*found.errors[::every]])
    return Chart(
        kind="lines",
        title="Error on products it does not learn from",
        says=_SAYS,
        x_title="step",
        y_title="",  # its caption says it, and the numbers are long
        lines=[line],
        log_y=True,
    )
