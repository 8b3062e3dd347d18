"""A button that opens a filter: values of one attribute, a range of one number."""

import math

import streamlit as st

from explorer import session
from explorer.errors import AskError
from explorer.lab import Lab
from explorer.narrowing import Choice, Conditions, choices, conditions, conditions_text, conditions_words

_EACH = ("is", "between")


def show(lab: Lab) -> Conditions:
    """-> the conditions that now hold, of the link or as just chosen. They are kept under `filter`."""
    try:
        said = conditions(session.chosen().get("filter", ""))
    except AskError as mistake:
        session.choose("filter", None)
        st.warning(str(mistake), icon=":material/filter_alt_off:")
        said = []
    offered = {choice.attribute: choice for choice in choices(lab)}
    if not offered:
        return said
    label = f"Filter: {conditions_words(said)}" if said else "Filter"
    with st.popover(label if len(label) <= 60 else f"{label[:59]}…", icon=":material/filter_alt:", width="stretch"):
        for op in _EACH:
            _one(op, [choice for choice in offered.values() if bool(choice.values) == (op == "is")], said)
        st.button("Clear the filter", disabled=not said, on_click=_clear)
    return said


def _clear() -> None:
    session.choose("filter", None)
    for key in [key for key in map(str, st.session_state) if key.startswith("narrow ")]:
        del st.session_state[key]


def _one(op: str, offered: list[Choice], said: Conditions) -> None:
    """One attribute of a kind, and what is asked of it."""
    if not offered:
        return
    now = next((condition for condition in said if condition[1] == op), None)
    names = [choice.attribute for choice in offered]
    place = names.index(now[0]) if now and now[0] in names else 0
    words = "Attribute" if op == "is" else "Number"
    name = st.selectbox(words, names, place, format_func=lambda name: name.replace("_", " "), key=f"narrow {op}")
    choice, key = offered[names.index(name)], f"narrow {op} {name}"
    kept = now[2] if now and now[0] == name else []

    def changed() -> None:
        value = st.session_state[key]
        chosen = list(value) if op == "is" or tuple(value) != (choice.low, choice.high) else []
        rest = [condition for condition in said if condition[1] != op]
        session.choose("filter", conditions_text([*rest, (name, op, chosen)] if chosen else rest))

    if op == "is":
        default = [value for value in kept if value in choice.values]
        st.multiselect("Values", choice.values, default, key=key, on_change=changed, placeholder="Any")
    else:
        ends = sorted(float(v) for v in kept if isinstance(v, int | float) and math.isfinite(v))
        low, high = ends if len(ends) == 2 else (choice.low, choice.high)
        inside = (min(max(low, choice.low), choice.high), max(min(high, choice.high), choice.low))
        st.slider("Range", choice.low, choice.high, inside, key=key, on_change=changed)
