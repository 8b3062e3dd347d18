"""The filter: a menu with what can be asked of each attribute, and a line that says what is asked, to take away."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from looks_like.explorer.core import Lab, attribute_titles, escape_markdown
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.panels import saved_filters
from looks_like.explorer.search import (
    NOT_GIVEN,
    Condition,
    Filter,
    FilterOption,
    Value,
    choices,
    end_text,
    mask,
    read_end,
)

_ENDS = ("from", "to")
_MANY = 8  # values that nobody reads one by one
_IN_RANGE, _OR_MISSING, _ONLY_MISSING = "in range", "or not given", "only not given"
STYLE = """<style>
[data-testid=stPopoverBody] .stSegmentedControl { margin-top: -14px; }
[class*="st-key-typed-"] { margin-top: -18px; }
</style>"""


def menu(lab: Lab, tags: Sequence[str]) -> None:
    """A popover with a control for each attribute; every change is in the session's filter at once."""
    session.drop_invalid_choices(lab)
    chosen, offered = session.chosen_filter(), choices(lab)
    session.take_filter_from_link()
    count = len(chosen.conditions)
    st.html(STYLE)
    with st.popover(f"Filter · {count}" if count else "Filter", icon=":material/filter_list:"):
        # What comes and goes stands in containers: fields below would else be new ones, and lose what is being typed.
        with st.container():
            saved_filters.show(lab, chosen)
        _control("", "holds", chosen, lambda **it: st.text_input("Words in name, id or text", **it))
        asked = [tag for c in chosen.conditions if c.op == "tagged" for tag in map(str, c.values)]
        tags = list(dict.fromkeys([*tags, *asked]))  # a link may ask for one that nobody carries any more
        if tags:
            _control("", "tagged", chosen, lambda value, **it: st.multiselect("Tagged", tags, value, **it))
        _control("", "untagged", chosen, lambda **it: st.checkbox("Without any tag", **it))
        _attributes(offered, chosen)
        if count:
            st.button("Clear the filter", on_click=session.choose, args=("filter", None), width="stretch")
    session.note("filter offered", (session.turn("filter"), offered))


def line(lab: Lab, *, can_hide: bool = False) -> None:
    """What is asked, each with a button that takes it away, and how many products pass of how many.

    `can_hide`: those that do not pass are there too, and may be hidden.
    """
    chosen = session.chosen_filter()
    if not chosen.conditions:
        return
    shown, total, units = int(mask(lab, chosen).sum()), lab.catalogue().count, lab.catalogue().units
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="filter line"):
        st.caption(f"**{shown:,}** of {total:,}", width="content")
        for place, condition in enumerate(chosen.conditions):
            st.button(
                f"{escape_markdown(condition.words(units))} ✕",
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


def _attributes(offered: Sequence[FilterOption], chosen: Filter) -> None:
    """Those that people ask for, then a fold with the others; it is open where something is asked of them."""
    titles = attribute_titles([choice.attribute for choice in offered])
    usual = [choice for choice in offered if not choice.technical] or offered
    others = [choice for choice in offered if choice not in usual]
    for choice in usual:
        _attribute(choice, escape_markdown(titles[choice.attribute]), chosen)
    if others:
        asked = {condition.attribute for condition in chosen.conditions}
        names = ", ".join(titles[choice.attribute] for choice in others)
        with st.expander(f"More · {len(others)}", expanded=any(choice.attribute in asked for choice in others)):
            st.caption(f"Seldom asked for: {escape_markdown(names, 200)}.")
            for choice in others:
                _attribute(choice, escape_markdown(titles[choice.attribute]), chosen)


def _attribute(choice: FilterOption, title: str, chosen: Filter) -> None:
    with st.container():
        _controls(choice, title, chosen)


def _controls(choice: FilterOption, title: str, chosen: Filter) -> None:
    name = choice.attribute
    if choice.kind == "values":
        _values(choice, title, chosen)
    elif choice.kind in ("numbers", "dates"):
        if choice.newest:
            _newest(choice, title, chosen)
        if len(choice.values) > 1:
            _range(choice, title, chosen)
        if choice.missing:
            _missing(choice, title, chosen)
    else:
        _control(name, "holds", chosen, lambda **it: st.text_input(f"Words in {title}", **it))
        if choice.missing:
            label = f"{title} not given ({choice.missing:,})"
            _draw(_key("missing", name), _only_missing(name, chosen), lambda **it: st.checkbox(label, **it))


def _values(choice: FilterOption, title: str, chosen: Filter) -> None:
    """A list that is searched by typing; each value says how many products have it."""
    asked = next((c.values for c in chosen.conditions if (c.attribute, c.op) == (choice.attribute, "is")), ())
    options = _by_word(choice, asked)
    counts = dict(zip(options, choice.counts, strict=False))  # what only a link asks for comes after, and has none
    now = [word for word, value in options.items() if _is_among(value, asked)]
    _draw(
        _key("is", choice.attribute),
        now,
        lambda value, **it: st.multiselect(
            f"{title}: has any of" if choice.is_list else title,
            list(options),
            value,
            format_func=lambda word: f"{word} · {counts.get(word, 0):,}",
            placeholder="Any" if len(choice.values) < _MANY else f"Any of {len(choice.values):,}; type to search",
            **it,
        ),
    )
    session.note(f"filter words {choice.attribute}", options)


def _is_among(value: Value, asked: Sequence[Value]) -> bool:
    """To Python, 1 and True are one value."""
    return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in asked)


def _by_word(choice: FilterOption, asked: Sequence[Value]) -> Mapping[str, Value]:
    """Each value by its word, also those that only a link asks for; two of one word are told apart by what they are."""
    found = dict[str, Value]()
    for value in (*choice.values, *asked):
        word = choice.words(value)
        if word in found and found[word] != value:
            word = f"{word} ({value!r})"
        found.setdefault(word, value)
    return found


def _newest(choice: FilterOption, title: str, chosen: Filter) -> None:
    asked = next((c for c in chosen.conditions if (c.attribute, c.op) == (choice.attribute, "newest")), None)
    days = sorted({*choice.newest, *([int(asked.values[0] or 1)] if asked else [])})
    _draw(
        _key("newest", choice.attribute),
        asked.values[0] if asked else None,
        lambda value, **it: st.segmented_control(
            f"{title}: the newest",
            days,
            default=value,
            format_func=lambda day: "1 day" if day == 1 else f"{day:,} days",
            help="Up to the newest date in the catalogue, which is the last of these days.",
            **it,
        ),
    )


def _range(choice: FilterOption, title: str, chosen: Filter) -> None:
    """From one stop of a slider to another, or from and to what is typed below it; either shows what the other did."""
    asked, key = _asked_range(choice.attribute, chosen), _key("between", choice.attribute)
    low, high = asked.values[:2] if asked else (None, None)
    stops = sorted({*choice.values, *(value for value in (low, high) if value is not None)}, key=_rank)
    slid = sorted((stops[0] if low is None else low, stops[-1] if high is None else high), key=_rank)
    slider = _slider(key)
    args = (choice, key, slider)
    st.select_slider(title, stops, tuple(slid), key=slider, format_func=choice.words, on_change=_slide, args=args)
    with st.container(horizontal=True, gap="small", key=f"typed {choice.attribute}"):
        for end, value, limit in zip(_ENDS, (low, high), (choice.values[0], choice.values[-1]), strict=True):
            field = _field(key, end)
            if not session.noted(f"{key} {end}"):
                session.put(field, end_text(value))
            st.text_input(
                f"{title} {end}",
                key=field,
                placeholder=f"{end} {choice.words(limit)}",
                label_visibility="collapsed",
                max_chars=40,
                on_change=_type,
                args=(choice, key, end, field),
            )
    for end in _ENDS:
        if said := session.noted(f"{key} {end}"):
            st.caption(f":red[{escape_markdown(said, 200)}]")
    if low is not None and high is not None and _rank(low) > _rank(high):
        st.caption(":red[Nothing lies between: the first is above the second.]")


# Streamlit calls back again for what a callback wrote, and for a control replaced while the page was drawn: one that is
# no longer there, or says what is asked already, changes nothing.


def _slide(choice: FilterOption, key: str, slider: str) -> None:
    """What the slider says, into the fields; at its ends it is open."""
    asked = _asked_range(choice.attribute, session.chosen_filter())
    before = asked.values[:2] if asked else (None, None)
    if slider != _slider(key) or session.control(slider) is None:
        return
    now = tuple(
        None if value == limit else value
        for value, limit in zip(session.control(slider), (choice.values[0], choice.values[-1]), strict=True)
    )
    if now == before:
        return
    if not {*before} <= {*choice.values, None}:
        session.begin_anew(key)  # a stop that was typed goes, and the slider has fewer
    session.begin_anew(f"{key} field")  # the old ones would come back as they were typed
    for end, value in zip(_ENDS, now, strict=True):
        session.note(f"{key} {end}", "")
        session.put(_field(key, end), end_text(value))
    _read()


def _type(choice: FilterOption, key: str, end: str, field: str) -> None:
    """What somebody typed is asked for; what is no value is said and stays to be mended."""
    if field != _field(key, end):
        return
    session.note(f"{key} {end}", "")
    asked = _asked_range(choice.attribute, session.chosen_filter())
    try:
        now = read_end(choice.kind, session.control(field) or "")
    except RequestError as mistake:
        session.note(f"{key} {end}", str(mistake))
        return
    if now != (asked.values[_ENDS.index(end)] if asked else None):
        session.begin_anew(key)  # the slider, where it is now
        _read()


def _typed_ends(choice: FilterOption) -> tuple[Value, Value]:
    """Both ends as the fields say; one that they can't say, or only as a link does, is as the filter has it."""
    asked = _asked_range(choice.attribute, session.chosen_filter())
    low, high = asked.values[:2] if asked else (None, None)
    return _typed_end(choice, _ENDS[0], low), _typed_end(choice, _ENDS[1], high)


def _typed_end(choice: FilterOption, end: str, before: Value) -> Value:
    text = session.control(_field(_key("between", choice.attribute), end)) or ""
    try:
        return before if text == end_text(before) else read_end(choice.kind, text)
    except RequestError:
        return before


def _missing(choice: FilterOption, title: str, chosen: Filter) -> None:
    """What becomes of products that lack what has a range."""
    asked = _asked_range(choice.attribute, chosen)
    now = _ONLY_MISSING if _only_missing(choice.attribute, chosen) else _IN_RANGE
    if asked and asked.or_not_given:
        now = _OR_MISSING
    said = {_IN_RANGE: "In range", _OR_MISSING: "or not given", _ONLY_MISSING: f"Only not given ({choice.missing:,})"}
    _draw(
        _key("missing", choice.attribute),
        now,
        lambda value, **it: st.segmented_control(
            f"{title}: those without",
            list(said),
            default=value,
            format_func=said.__getitem__,
            label_visibility="collapsed",
            **it,
        ),
    )


def _asked_range(attribute: str, chosen: Filter) -> Condition | None:
    return next((c for c in chosen.conditions if (c.attribute, c.op) == (attribute, "between")), None)


def _only_missing(attribute: str, chosen: Filter) -> bool:
    return Condition(attribute, "is", (NOT_GIVEN,)) in chosen.conditions


def _rank(value: Value) -> tuple[float, str]:
    return (value, "") if isinstance(value, int | float) else (0.0, str(value))


def _control(attribute: str, op: str, chosen: Filter, draw: Callable[..., object]) -> None:
    """Words or tags, as the filter has them."""
    condition = next((c for c in chosen.conditions if (c.attribute, c.op) == (attribute, op)), None)
    now: object = str(condition.values[0]) if condition else ""
    if op == "tagged":
        now = [str(value) for value in condition.values] if condition else []
    if op == "untagged":
        now = condition is not None
    _draw(_key(op, attribute), now, draw)


def _draw(key: str, now: object, draw: Callable[..., object]) -> None:
    draw(value=now, key=key, on_change=_read)


def _slider(key: str) -> str:
    return f"{key} {session.turn(key)}"


def _field(key: str, end: str) -> str:
    """The key of the field in which an end of a range is typed."""
    return f"{key} {end} {session.turn(f'{key} field')}"


def _key(op: str, attribute: str) -> str:
    return f"filter {session.turn('filter')} {op} {attribute}"


def _read() -> None:
    """The controls, as a filter, into the session; not while new ones are still being drawn."""
    drawn, offered = session.noted("filter offered") or (None, [])
    if drawn != session.turn("filter"):
        return
    conditions = [c for c in (_general("holds"), _general("tagged"), _general("untagged")) if c]
    for choice in offered:
        conditions += _asked(choice)
    # what a picture shows has no control here: it is asked for by Find, and stays
    conditions += [condition for condition in session.chosen_filter().conditions if condition.op == "pictured"]
    session.choose_filter_by_controls(Filter(tuple(conditions)).text())


def _general(op: str) -> Condition | None:
    value = session.control(_key(op, ""))
    if op == "untagged":
        return Condition("", op, ("",)) if value else None
    if op == "tagged":
        return Condition("", op, tuple(value)) if value else None
    return _holds("", value)


def _holds(attribute: str, value: Any) -> Condition | None:
    return Condition(attribute, "holds", (value.strip(),)) if value and value.strip() else None


def _asked(choice: FilterOption) -> list[Condition]:
    """What the controls of an attribute ask together."""
    name, missing = choice.attribute, session.control(_key("missing", choice.attribute))
    if choice.kind == "values":
        words = session.noted(f"filter words {name}") or {}
        values = tuple(words[word] for word in session.control(_key("is", name)) or [] if word in words)
        return [Condition(name, "is", values)] if values else []
    if missing in (True, _ONLY_MISSING):
        return [Condition(name, "is", (NOT_GIVEN,))]
    if choice.kind == "text":
        found = _holds(name, session.control(_key("holds", name)))
        return [found] if found else []
    newest = session.control(_key("newest", name))
    newer = [Condition(name, "newest", (newest,))] if newest else []
    ends = _typed_ends(choice)
    if ends == (None, None):
        return newer
    return [Condition(name, "between", (*ends, True) if missing == _OR_MISSING else ends), *newer]
