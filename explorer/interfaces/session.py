"""What a person has chosen, across pages and in the link: all of session state and query parameters is touched here,
and a test sees to it.

A link restores a view: its parameters are read once, when the session begins; from then on each page writes what it
shows back into the address.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from looks_like.data.acting import actor_now
from looks_like.explorer.core import Lab, MapContext, Product, escape_markdown
from looks_like.explorer.errors import MISTAKES, RequestError
from looks_like.explorer.paths import SLOTS
from looks_like.explorer.search import PHOTOGRAPH_ENDINGS, PHOTOGRAPH_MB_MAX, Filter, mask
from looks_like.explorer.selecting import (
    SELECTION_CHARACTERS_MAX,
    MapState,
    Selection,
    Viewport,
    selected,
    steps_from_text,
)
from looks_like.explorer.tags import NOBODY, default_who

_KEYS = (
    *("model", "decoder", "map", "colour", "clusters", "filter", "hide", "selection", "order", "panel", "view"),
    *SLOTS,
    *("curve", "through", "steps", "easing", "loop", "unique", "within"),
    *("kind", "edge", "across", "z", "from", "like", "counts", "copies", "k"),
    *("complete", "whole", "lacking"),
    "upload",
    "review",
    *("models", "checked", "part"),
)
_VALUE_CHARACTERS_MAX = SELECTION_CHARACTERS_MAX  # nothing in a link is longer


def chosen() -> dict[str, str]:
    """All choices so far; the link's at the beginning."""
    if "chosen" not in st.session_state:
        link = st.query_params.to_dict()
        st.session_state["chosen"] = {key: link[key][:_VALUE_CHARACTERS_MAX] for key in _KEYS if link.get(key)}
    kept: dict[str, str] = st.session_state["chosen"]
    return kept


def choose(key: str, value: str | None) -> None:
    if value:
        chosen()[key] = value
    else:
        chosen().pop(key, None)


def chosen_filter() -> Filter:
    """The filter of the session; one that a link has wrong is forgotten."""
    try:
        return Filter.from_text(chosen().get("filter", ""))
    except RequestError:
        choose("filter", None)
        return Filter()


def chosen_selection(context: MapContext) -> Selection:
    """What is selected on a map, seen through the session's filter; steps that a link has wrong are forgotten."""
    try:
        steps = steps_from_text(chosen().get("selection", ""))
    except RequestError:
        choose("selection", None)
        steps = ()
    return Selection(context, steps, chosen_filter())


def map_state(context: MapContext, colour: str) -> MapState:
    """What the map's page shows, as the session has it."""
    selection, viewport = chosen_selection(context), Viewport.from_text(chosen().get("view", ""))
    return MapState(selection, colour, chosen().get("hide") == "1", viewport)


def drop_invalid_choices(lab: Lab, context: MapContext | None = None) -> None:
    """Drops a filter or selection from a link that refers to unknown attributes or products."""
    _forget("filter", lambda: mask(lab, chosen_filter()))
    if context is not None:
        _forget("selection", lambda: selected(lab, chosen_selection(context)))


def _forget(key: str, ask: Callable[[], object]) -> None:
    try:
        ask()
    except MISTAKES as mistake:
        choose(key, None)
        st.toast(f"Forgotten: {escape_markdown(str(mistake), 300)}", icon=":material/link_off:")


def link() -> dict[str, str]:
    """What the address says now."""
    return dict(st.query_params.to_dict())


def restore(saved: dict[str, str]) -> None:
    """What a saved view says, in place of what was chosen; anchors and the like stay."""
    for key in ("view", "filter", "hide", "selection", "clusters"):
        choose(key, None)
    for key, value in saved.items():
        if key in _KEYS:
            choose(key, value[:_VALUE_CHARACTERS_MAX])


def segments(label: str, key: str, titles: Mapping[str, str], default: str) -> str:
    """One of a few panels, kept in the link; `default` until one was chosen."""
    now = chosen().get(key, default)
    now = now if now in titles else default
    widget = f"{key} segments"
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now
    st.segmented_control(
        label,
        list(titles),
        format_func=lambda option: titles[option],
        key=widget,
        label_visibility="collapsed",
        on_change=lambda: choose(key, st.session_state[widget] or now),
    )
    return now


def who() -> str:
    """The current user for all logs: who has logged in, else the name entered on the page, else the system user."""
    if logged_in := actor_now().name:
        return logged_in
    return str(st.session_state.get("my name") or default_who())


def ask_who(label: str) -> None:
    """A field for one's name, where nobody logs in. It is kept apart from the field, whose value is gone as soon as it
    is not drawn.
    """

    if actor_now().name:
        return

    def keep() -> None:
        st.session_state["my name"] = " ".join(st.session_state["who field"].split())[:60]

    now = who()
    st.text_input(
        label, "" if now == NOBODY else now, key="who field", max_chars=60, on_change=keep, placeholder=NOBODY
    )


def set_tag_message(words: str) -> None:
    """What the last change of tags did, for the line that says it."""
    st.session_state["tags said"] = words


def tag_message() -> str:
    return str(st.session_state.get("tags said", ""))


def new_maps(model: str, names: Sequence[str]) -> list[str]:
    """Maps that were made since this session first saw the model's, and were not looked at or waved away yet."""
    known = st.session_state.setdefault("known maps", {}).setdefault(model, set(names))
    known.add(chosen().get("map", ""))
    return [name for name in names if name not in known]


def mark_map_seen(model: str, name: str) -> None:
    """It is no longer news."""
    st.session_state["known maps"][model].add(name)


# -- controls and notes of panels ------------------------------------------------------------------------------------


def control(key: str) -> Any:
    """What the control of this key holds now; None before it is drawn."""
    return st.session_state.get(key)


def put(key: str, value: object) -> None:
    """What the control of this key holds when it is drawn next."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def turn(what: str) -> int:
    """How often a control was begun anew: part of its key, so that a new one remembers nothing."""
    return int(st.session_state.get(f"{what} turn", 0))


def begin_anew(what: str) -> None:
    """With the next turn."""
    st.session_state[f"{what} turn"] = turn(what) + 1


def note(what: str, value: object) -> None:
    """Kept under a name until the session ends: which file was dealt with, which map was measured."""
    st.session_state[f"{what} noted"] = value


def noted(what: str) -> Any:
    """What was noted last under a name; None when nothing was."""
    return st.session_state.get(f"{what} noted")


def take_note(what: str) -> Any:
    """What was noted last under a name, once: then it is forgotten."""
    return st.session_state.pop(f"{what} noted", None)


def fill(key: str, text: object) -> None:
    """Puts a text into the field of this key, before it is drawn; None leaves what stands there."""
    if text is not None:
        st.session_state[key] = str(text)


def take_filter_from_link() -> None:
    """New controls wherever the filter was changed by other means than they: a link, a view, a button."""
    now = chosen().get("filter", "")
    if noted("filter by controls") != now:
        begin_anew("filter")
        note("filter by controls", now)


def choose_filter_by_controls(text: str) -> None:
    """Theirs, so they stay as they are."""
    choose("filter", text)
    note("filter by controls", text)


TAG_IN_HAND = "tag in hand"  # the key of the menu of tags


def take_tag(tag: str) -> None:
    """Into the menu of tags, before it is drawn."""
    st.session_state[TAG_IN_HAND] = tag


def drop_missing_tag(tags: Sequence[str]) -> None:
    """Out of the menu, where it is none of these any more: deleted or renamed, perhaps by somebody else."""
    if control(TAG_IN_HAND) not in tags:
        st.session_state.pop(TAG_IN_HAND, None)


def show_link(*keys: str) -> None:
    """Puts these choices into the address, so that it restores the page."""
    wanted = {key: chosen()[key] for key in keys if key in chosen()}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def select(
    label: str,
    key: str,
    options: Sequence[str] | Mapping[str, str],
    *,
    default: str = "",
    help: str = "",
    forgets: Sequence[str] = (),
    bare: bool = False,
) -> str:
    """A menu whose choice is kept across pages; `default` or the first unless the link or the person said otherwise.

    `options`: the choices, or what each is called. A new choice `forgets` others that meant something only beside the
    old one. `bare`: the label is not shown.
    """

    def changed() -> None:
        choose(key, st.session_state[widget])
        for other in forgets:
            choose(other, None)

    words = dict(options) if isinstance(options, Mapping) else {option: option for option in options}
    now, widget = chosen().get(key, default), f"{key} menu"
    now = now if now in words else next(iter(words))
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now
    value = st.selectbox(
        label,
        list(words),
        key=widget,
        format_func=lambda option: words.get(option, option),
        on_change=changed,
        help=help or None,
        label_visibility="collapsed" if bare else "visible",
    )
    choose(key, value)
    return str(value)


def scale(label: str, key: str, steps: Sequence[str], default: str, *, help: str = "") -> str:
    """One of some words in their order, kept across pages; the default unless the link or the person said otherwise."""
    now, widget = chosen().get(key, default), f"{key} scale"
    now = now if now in steps else default
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now

    def changed() -> None:
        choose(key, str(st.session_state[widget]))

    value = str(st.select_slider(label, steps, key=widget, on_change=changed, help=help or None))
    choose(key, None if value == default else value)
    return value


def slider(label: str, key: str, least_most_step: tuple[int, int, int], *, help: str = "") -> int:
    """A whole number kept across pages; the most unless the link or the person said otherwise, and then not kept."""
    least, most, step = least_most_step
    said, widget = chosen().get(key, ""), f"{key} slider"
    now = min(most, max(least, int(said))) if said.isdecimal() and len(said) <= len(str(most)) else most
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now

    def changed() -> None:
        choose(key, str(st.session_state[widget]))

    value = int(st.slider(label, least, most, step=step, key=widget, format="%d %%", on_change=changed, help=help))
    choose(key, None if value == most else str(value))
    return value


def check(label: str, key: str, *, help: str = "") -> bool:
    """A box to tick, kept across pages; not ticked unless the link or the person said otherwise."""
    now, widget = chosen().get(key, "") == "1", f"{key} box"
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now
    value = st.checkbox(
        label, key=widget, on_change=lambda: choose(key, "1" if st.session_state[widget] else None), help=help or None
    )
    choose(key, "1" if value else None)
    return bool(value)


def typed_number(label: str, key: str, least_most: tuple[int, int], default: int, *, help: str = "") -> int:
    """One that is typed, kept across pages; the default unless the link or the person said otherwise."""
    (least, most), said, widget = least_most, chosen().get(key, ""), f"{key} number"
    now = min(most, max(least, int(said))) if said.isdecimal() and len(said) <= len(str(most)) else default
    if st.session_state.get(widget) != now:
        st.session_state[widget] = now

    def changed() -> None:
        choose(key, str(st.session_state[widget]))

    value = int(st.number_input(label, least, most, step=1, key=widget, on_change=changed, help=help or None))
    choose(key, None if value == default else str(value))
    return value


def anchor(lab: Lab, key: str, model: str = "") -> Product | None:
    """The product chosen as anchor, or None; one that is not in the catalogue is forgotten."""
    product_id = chosen().get(key)
    if product_id is None or (":" in product_id and not lab.catalogue().has(product_id)):  # a cluster, a tag, …
        return None
    if not lab.catalogue().has(product_id) or (model and not lab.has_code(model, product_id)):
        choose(key, None)
        return None
    return lab.product(product_id)


def anchors() -> list[str]:
    """What a path leads through, in order, whether it is there or not."""
    return [said for slot in SLOTS if (said := chosen().get(slot))]


def choose_anchors(said: Sequence[str]) -> None:
    """These, in this order; of more than there are slots the last."""
    kept = said[-len(SLOTS) :]
    for i, slot in enumerate(SLOTS):
        choose(slot, kept[i] if i < len(kept) else None)


def photograph() -> bytes | None:
    """The squared photograph that was dropped last in this session."""
    kept: bytes | None = st.session_state.get("photograph")
    return kept


def forget_photograph() -> None:
    st.session_state.pop("photograph", None)
    st.session_state.pop("no photograph", None)


def upload_photograph(
    label: str, key: str, on_change: Callable[[], None] | None = None, help: str = ""
) -> UploadedFile | None:
    """The one place to drop a photograph on: what it takes and how large it may be are the same on every page."""
    return st.file_uploader(
        label,
        type=list(PHOTOGRAPH_ENDINGS),
        key=key,
        on_change=on_change,
        help=help or None,
        max_upload_size=PHOTOGRAPH_MB_MAX,
    )


def keep_photograph(name: str, squared: Callable[[], bytes]) -> None:
    """What `squared` gives is the photograph of the session; what it refuses is said where one is dropped."""
    forget_photograph()
    try:
        st.session_state["photograph"] = squared()
    except ValueError as reason:
        st.session_state["no photograph"] = f"{name[:80]}: {reason}"


def drop_photograph(label: str, squared: Callable[[bytes], bytes], help: str = "") -> None:
    """A place to drop a file on; what `squared` makes of it is kept, what it refuses is said below."""
    key = f"photograph {turn('photograph')}"  # a new place each time: the file itself, perhaps large, is let go

    def dropped() -> None:
        file = st.session_state[key]
        if file is None:
            return
        begin_anew("photograph")
        keep_photograph(file.name, partial(squared, file.getvalue()))

    upload_photograph(label, key, dropped, help)
    if refused := st.session_state.get("no photograph"):
        st.error(refused, icon=":material/broken_image:")
