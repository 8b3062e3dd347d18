"""The filter: a menu with what can be asked of each attribute, and a line that says what is asked, to take away."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown, number
from looks_like.explorer.interfaces import session
from looks_like.explorer.search import NOT_GIVEN, Condition, Filter, FilterOption, Value, choices, mask


def menu(lab: Lab, tags: Sequence[str]) -> None:
    """A popover with a control for each attribute; every change is in the session's filter at once."""
    session.drop_invalid_choices(lab)
    chosen, offered = session.chosen_filter(), choices(lab)
    session.take_filter_from_link()
    count = len(chosen.conditions)
    with st.popover(f"Filter · {count}" if count else "Filter", icon=":material/filter_list:"):
        _control("", "holds", chosen, lambda **it: st.text_input("Words in name, id or text", **it))
        asked = [tag for c in chosen.conditions if c.op == "tagged" for tag in map(str, c.values)]
        tags = list(dict.fromkeys([*tags, *asked]))  # a link may ask for one that nobody carries any more
        if tags:
            _control("", "tagged", chosen, lambda value, **it: st.multiselect("Tagged", tags, value, **it))
        _control("", "untagged", chosen, lambda **it: st.checkbox("Without any tag", **it))
        for choice in offered:
            _attribute(choice, chosen)
        if count:
            st.button("Clear the filter", on_click=session.choose, args=("filter", None), width="stretch")
    session.note("filter offered", offered)


def line(lab: Lab, *, can_hide: bool = False) -> None:
    """What is asked, each with a button that takes it away, and how many products pass of how many.

    `can_hide`: those that do not pass are there too, and may be hidden.
    """
    chosen = session.chosen_filter()
    if not chosen.conditions:
        return
    shown, total = int(mask(lab, chosen).sum()), len(lab.catalogue())
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="filter line"):
        st.caption(f"**{shown:,}** of {total:,}", width="content")
        for place, condition in enumerate(chosen.conditions):
            st.button(
                f"{escape_markdown(condition.words())} ✕",
                key=f"drop {place} {condition.words()}",
                help="Take this condition away",
                type="tertiary",
                on_click=session.choose,
                args=("filter", chosen.without(place).text()),
            )
        if can_hide:
            hidden = st.toggle("Hide the others", value=session.chosen().get("hide") == "1", key="hide others")
            session.choose("hide", "1" if hidden else None)


# -- one control each -------------------------------------------------------------------------------------------------


def _attribute(choice: FilterOption, chosen: Filter) -> None:
    name = choice.attribute
    title = name.replace("_", " ").capitalize()
    if choice.kind == "values":
        asked = next((c.values for c in chosen.conditions if (c.attribute, c.op) == (name, "is")), ())
        options = list(
            dict.fromkeys(_to_word(value) for value in (*choice.values, *asked))
        )  # a link may ask for others
        _control(name, "is", chosen, lambda value, **it: st.multiselect(title, options, value, **it))
    elif choice.kind in ("numbers", "dates"):
        if len(choice.values) > 1:
            _range(choice, title, chosen)
    else:
        _control(name, "holds", chosen, lambda **it: st.text_input(f"Words in {name}", **it))


def _range(choice: FilterOption, title: str, chosen: Filter) -> None:
    """From one stop to another; a value of a link is a stop too."""
    asked = next((c for c in chosen.conditions if (c.attribute, c.op) == (choice.attribute, "between")), None)
    stops = sorted({*choice.values, *(v for v in (asked.values if asked else ()) if v is not None)}, key=_rank)
    _control(
        choice.attribute,
        "between",
        chosen,
        lambda **it: st.select_slider(title, stops, format_func=_said, **it),
        (stops[0], stops[-1]),
    )


def _rank(value: Value) -> tuple[float, str]:
    return (value, "") if isinstance(value, int | float) else (0.0, str(value))


def _said(value: Value) -> str:
    return number(value) if isinstance(value, int | float) else str(value)


def _control(attribute: str, op: str, chosen: Filter, draw: Callable[..., object], ends: Any = None) -> None:
    """Draws it as the filter has it."""
    now = _to_control(next((c for c in chosen.conditions if (c.attribute, c.op) == (attribute, op)), None), op, ends)
    draw(value=now, key=_key(op, attribute), on_change=_read)


def _key(op: str, attribute: str) -> str:
    return f"filter {session.turn('filter')} {op} {attribute}"


def _to_control(condition: Condition | None, op: str, ends: Any) -> Any:
    """What the control shows for a condition; None = there is none."""
    if op == "between":
        if condition is None:
            return ends
        return tuple(end if value is None else value for value, end in zip(condition.values, ends, strict=True))
    if op == "is":
        return [_to_word(value) for value in condition.values] if condition else []
    if op == "tagged":
        return [str(value) for value in condition.values] if condition else []
    if op == "untagged":
        return condition is not None
    return str(condition.values[0]) if condition else ""


def _to_word(value: Value) -> str:
    return "(not given)" if value is NOT_GIVEN else str(value)


def _read() -> None:
    """The controls, as a filter, into the session."""
    conditions = [c for c in (_general("holds"), _general("tagged"), _general("untagged")) if c]
    for choice in session.noted("filter offered") or []:
        if condition := _asked(choice):
            conditions.append(condition)
    session.choose_filter_by_controls(Filter(tuple(conditions)).text())


def _general(op: str) -> Condition | None:
    value = session.control(_key(op, ""))
    if op == "untagged":
        return Condition("", op, ("",)) if value else None
    if op == "tagged":
        return Condition("", op, tuple(value)) if value else None
    return Condition("", op, (value.strip(),)) if value and value.strip() else None


def _asked(choice: FilterOption) -> Condition | None:
    op = {"values": "is", "numbers": "between", "dates": "between", "text": "holds"}[choice.kind]
    value = session.control(_key(op, choice.attribute))
    if op == "holds":
        return Condition(choice.attribute, op, (value.strip(),)) if value and value.strip() else None
    if op == "is":
        back = {_to_word(each): each for each in choice.values}
        values = tuple(back.get(word, word) for word in value or [])
        return Condition(choice.attribute, op, values) if values else None
    if value is None:
        return None
    low, high = value
    open_ends = (None if low == choice.values[0] else low, None if high == choice.values[-1] else high)
    return Condition(choice.attribute, op, open_ends) if open_ends != (None, None) else None
