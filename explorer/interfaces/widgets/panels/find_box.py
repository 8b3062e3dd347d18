"""One box that understands what is typed, with a chip for each part of it, to correct or to take away."""

import streamlit as st

from looks_like.explorer.core import Lab, Product, escape_markdown, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import gallery
from looks_like.explorer.interfaces.widgets.finding import chips
from looks_like.explorer.interfaces.widgets.gallery import Action, Picked
from looks_like.explorer.interfaces.widgets.progress import waiting
from looks_like.explorer.jobs import Jobs
from looks_like.explorer.search import Found, find, unread_colours
from looks_like.explorer.training import start_colours

SHOWN_MAX = 60
PLACEHOLDER = "red boots under 80, a tag, a name, ids …"
HELP = (
    "Names and ids, values of attributes, tags (tag:summer), numbers (under 80, from 20 to 50, size 40), years, "
    "colours. Any other word finds what looks like it."
)


def ask(lab: Lab, key: str, label: str = "Find products") -> Found | None:
    """The box with its chips and sentences. None while nothing is typed."""
    field = f"{key} text"
    session.fill(field, session.take_note(f"{key} next"))
    text = str(st.text_input(label, key=field, placeholder=PLACEHOLDER, help=HELP) or "")
    if not text.strip():
        return None
    corrections = dict(session.noted(f"{key} corrections") or {})
    found = find(lab, text, corrections)
    corrected = chips.show(found.terms, key=f"{key} chips") if found.terms else None
    if corrected:
        term = found.terms[corrected.place]
        if corrected.key:
            session.note(f"{key} corrections", corrections | {term.name: corrected.key})
        else:
            session.note(f"{key} next", " ".join((text[: term.begin] + text[term.end :]).split()))
        st.rerun(scope="fragment")
    for sentence in found.said:
        st.caption(escape_markdown(sentence, 300))
    if found.lacks_colours:
        _read_colours(lab)
    return found


def corrections(key: str) -> dict[str, str]:
    """What was corrected in the box of this key."""
    return dict(session.noted(f"{key} corrections") or {})


def typed(key: str) -> str:
    """What stands in the box of this key."""
    return str(session.control(f"{key} text") or "")


def show(lab: Lab, found: Found, actions: tuple[Action, ...], key: str) -> Picked | None:
    """Pictures of those who meet it all, then of those who only look so. -> what was asked of which."""
    picked = None
    if len(found.rows_m):
        picked = _pictures(lab.products_at(found.rows_m[:SHOWN_MAX]), actions, f"{key} found")
    if len(found.alike_m):
        if len(found.rows_m):
            st.caption("Without the word, but they look like it:")
        picked = _pictures(lab.products_at(found.alike_m[:SHOWN_MAX]), actions, f"{key} alike") or picked
    return picked


def count_words(found: Found) -> str:
    """ "208 products, the first 60 of them here" """
    count, alike = len(found.rows_m), len(found.alike_m)
    if not count:
        return f"The {alike:,} that look most like it" if alike else "No product"
    said = f"{count:,} product{'s' * (count != 1)}"
    return f"{said}, the first {SHOWN_MAX} here" if count > SHOWN_MAX else said


def _pictures(products: list[Product], actions: tuple[Action, ...], key: str) -> Picked | None:
    said = [product_json(product) for product in products]
    height = 250 if len(said) > 12 else None
    return gallery.show(said, actions=actions, key=key, empty="", compact=True, height_px=height)


def offer_filter(found: Found) -> None:
    """A button that makes the filter of what was understood."""
    if found.asked.conditions:
        text = found.asked.text()
        st.button(
            "Use as filter",
            icon=":material/filter_list:",
            help="In place of the filter that is set now",
            disabled=session.chosen().get("filter", "") == text,
            on_click=session.choose,
            args=("filter", text),
        )


def _read_colours(lab: Lab) -> None:
    """They are read by a job, once: it is begun by whoever asks first."""
    jobs = Jobs(lab.workspace.folder)
    version = lab.version()
    if session.noted("colours asked") != version:
        session.note("colours asked", version)
        try:
            start_colours(jobs)
        except MISTAKES as mistake:  # the words alone have been asked, and what they found stands
            st.caption(escape_markdown(f"Colours of pictures were not asked: {mistake}", 300))
    if any(job.words[0] == "colours" for job in jobs.active()):
        waiting.until(
            lambda: not len(unread_colours(lab)) or not any(job.words[0] == "colours" for job in jobs.active()),
            "Reading the colours of the pictures, once. What is shown follows.",
        )
