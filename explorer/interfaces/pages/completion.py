"""What is missing: an erased part of a picture is filled by a model, a value that a product lacks is proposed."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from looks_like.data.errors import PictureError
from looks_like.explorer import search
from looks_like.explorer.core import attribute_titles, escape_markdown, open_lab, product_json
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets import anchor_picker, gallery
from looks_like.explorer.interfaces.widgets.finding import erase
from looks_like.explorer.interfaces.widgets.progress import learning
from looks_like.explorer.search import Accuracy, Completed, Missing, Proposals, square_photograph

PARTS = {"pictures": "Pictures", "attributes": "Attributes"}
PROPOSED = 240  # shown at once
VERDICTS = (gallery.Action("accept", "Accept this value", "Accept"), gallery.Action("reject", "Not so", "Reject"))
TURNS = (
    gallery.Action("whole", "Erase a part of this one", "Erase here"),
    gallery.Action("like", "What looks like it"),
)
CALM = "<style>[data-stale=true] { opacity: 1 !important; transition: none !important; }</style>"
lab = open_lab()


class Done(NamedTuple):
    """What was accepted or rejected last in this session."""

    number: int  # in the log; 0 = it was a mistake
    words: str


@st.fragment
def page() -> None:
    """One of two parts; what goes wrong in it is said, and the page goes on."""
    part = session.segments("What to complete", "complete", PARTS, "pictures")
    try:
        if part == "pictures":
            pictures()
        else:
            attributes()
    except (*MISTAKES, PictureError) as mistake:
        st.error(escape_markdown(str(mistake), 400), icon=":material/error:")
    session.show_link("complete", "decoder", "whole", "lacking")


# -- pictures --------------------------------------------------------------------------------------------------------


def pictures() -> None:
    """A picture to erase a part of, and beside it what the model puts there."""
    models = learning.models_that_draw(lab, "Completion")
    panel, drawn, made = st.columns([5, 8, 11], gap="medium")
    with panel:
        key = learning.key_of_choice(lab, models)
        model = session.select("Model", key, models) if len(models) > 1 else models[0]
        picture = ask_picture(model)
    with drawn:
        st.caption("Erase a part: the model fills it from what is left.")
        digest = hashlib.sha256(picture).hexdigest()
        erased_hw = erase.show(picture, key="erase")
        if erased_hw is not None:
            session.note("completed", None)
            with made, st.spinner("Looking for what may stand there …", show_time=True):
                session.note("completed", (digest, model, search.complete(lab, model, picture, erased_hw)))
    of, by, found = session.noted("completed") or ("", "", None)
    with made:
        if found is None or (of, by) != (digest, model):
            st.caption("What may stand there appears here: four ways to fill it, the likeliest first.")
            return
        show_samples(found)
    st.caption("**The real products nearest to the completed picture**")
    cards = [product_json(product) for product in found.nearest]
    act(gallery.show(cards, actions=TURNS, key="completed nearest", empty="No other product has a code yet."))


def ask_picture(model: str) -> bytes:
    """The photograph of the session, else the picture of a product; a photograph can be dropped."""
    photograph, product = session.photograph(), session.anchor(lab, "whole", model)
    product = product or lab.product_at(lab.space(model).example_row)
    shown = None if photograph else product_json(product)
    picked = anchor_picker.show({"whole": ("Product", shown)}, model, key="whole", empty="Your photograph", px=72)
    if picked:
        turn_to(picked["whole"])
    session.drop_photograph(
        "Or a photograph", partial(square_photograph, lab), "It stays in this session and is not in the link."
    )
    if photograph:
        st.button("Back to products", icon=":material/arrow_back:", on_click=session.forget_photograph)
    return photograph or lab.catalogue().pictures([product.row])[0]


def show_samples(found: Completed) -> None:
    """Each with its file."""
    if found.doubts:
        st.warning(found.doubts, icon=":material/help:")
    for begin in range(0, len(found.pictures), 2):
        for i, place in enumerate(st.columns(2, gap="small"), begin):
            if i < len(found.pictures):
                with place:
                    words = "Completed picture, the likeliest" if i == 0 else f"Completed picture {i + 1}"
                    st.image(found.pictures[i], width="stretch", alt=words)
                    st.download_button(
                        "Likeliest, PNG" if i == 0 else f"Sample {i + 1}, PNG",
                        found.pictures[i],
                        f"completed-{i + 1}.png",
                        "image/png",
                        icon=":material/download:",
                        on_click="ignore",
                        key=f"completed {i}",
                        width="stretch",
                    )


def act(picked: gallery.Picked | None) -> None:
    if picked is None:
        return
    if picked.action == "whole":
        turn_to(picked.product_id)
    session.choose("like", picked.product_id)
    st.switch_page("similar.py")


def turn_to(product_id: str) -> None:
    session.forget_photograph()
    session.note("completed", None)
    session.choose("whole", product_id)
    st.rerun(scope="fragment")


# -- attributes ------------------------------------------------------------------------------------------------------


def attributes() -> None:
    """An attribute that products lack, how often proposals are right, and the proposals."""
    missing = search.missing_attributes(lab)
    said_before()
    if not missing:
        st.info(
            "No product lacks a value that could be proposed. Proposals need an attribute that some products have and "
            "others lack, with values that repeat, such as a colour, a brand or a price.",
            icon=":material/check_circle:",
        )
        return
    panel, main = st.columns([1, 3], gap="medium")
    with panel:
        titles = attribute_titles([each.column for each in missing])
        options = {each.column: f"{titles[each.column]} · {each.open:,} to fill" for each in missing}
        column = session.select("Attribute", "lacking", options)
        with st.spinner("Asking the products most like them …"):
            proposed = search.proposals(lab, column)
        tell(next(each for each in missing if each.column == column), proposed)
        accept_many(proposed, titles[column])
    with main:
        review(proposed, titles[column])


def tell(lacks: Missing, proposed: Proposals) -> None:
    """How good proposals are, in numbers and what they mean."""
    told = proposed.accuracy
    right, usual = st.columns(2)
    right.metric(
        "Right",
        _percent(told.right),
        help=f"Of {told.tested:,} products whose value is known and was hidden, the share that was proposed the right "
        "one. Of a number, one is right that misses by less than a tenth of what is usual between products.",
    )
    usual.metric(
        "By guessing",
        _percent(told.usual_right),
        help=f"The share that would be right if all were given “{escape_markdown(told.usual)}”, the most usual value.",
    )
    st.caption(sure_words(told))
    filled = f" {lacks.filled:,} were filled here." if lacks.filled else ""
    without = f" For {proposed.left_out:,} nothing is proposed yet: they have no code." if proposed.left_out else ""
    st.caption(
        f"{proposed.known:,} products have a value, {lacks.missing:,} came without.{filled}{without} Proposed by how "
        f"they look ({escape_markdown(proposed.model)})."
    )


def sure_words(told: Accuracy) -> str:
    """What “90 % sure” was worth."""
    if not told.sure:
        return "It is never 90 % sure of this attribute: look at each proposal before you accept it."
    return f"It is 90 % sure of {_percent(told.sure)} of products; of these, {_percent(told.sure_right)} were right."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def accept_many(proposed: Proposals, title: str) -> None:
    """All from some confidence on, in one step that Undo takes back."""
    least = st.slider(
        "Confidence, at least",
        50,
        99,
        90,
        format="%d %%",
        key="confidence least",
        help="Of proposals with a confidence of 90 %, nine of ten are right, as measured on products whose value is "
        "known.",
    )
    sure = proposed.above(least / 100)
    if st.button(
        f"Accept all {len(sure):,} from {least} % on",
        icon=":material/done_all:",
        type="primary",
        disabled=not len(sure),
        width="stretch",
    ):
        do(partial(search.accept, lab, proposed, sure, session.who()), f"{escape_markdown(title)} was filled for {{}}.")
        st.rerun(scope="fragment")


def review(proposed: Proposals, title: str) -> None:
    """Cards of products with what is proposed for each."""
    count = len(proposed.rows_m)
    products = lab.products_at(proposed.rows_m[:PROPOSED])
    near = [f"{words} · {_percent(sure)}" for words, sure in zip(proposed.words, proposed.confidence_m, strict=True)]
    cards = [product_json(product) | {"near": words} for product, words in zip(products, near[:PROPOSED], strict=True)]
    shown = f", the {PROPOSED} surest of them here" if count > PROPOSED else ""
    st.caption(f"**{escape_markdown(title)}** of {count:,} products{shown}: the value proposed and how sure it is.")
    empty = "Nothing is left to fill: every proposal was accepted or rejected."
    picked = gallery.show(cards, actions=VERDICTS, key="proposals", empty=empty)
    if picked is None:
        return
    which = [i for i, product in enumerate(products) if product.product_id == picked.product_id]
    change = search.accept if picked.action == "accept" else search.reject
    done = "was filled for" if picked.action == "accept" else "is not proposed again for"
    do(partial(change, lab, proposed, which, session.who()), f"{escape_markdown(title)} {done} {{}}.")
    st.rerun(scope="fragment")


def do(change: Callable[[], search.FilledEntry], words: str) -> None:
    """Does it, and says so with a way back; what is wrong with it is said too."""
    try:
        entry = change()
    except MISTAKES as mistake:
        session.note("filled", Done(0, escape_markdown(str(mistake), 300)))
        return
    many = f"{len(entry.product_ids):,} product{'' if len(entry.product_ids) == 1 else 's'}"
    session.note("filled", Done(entry.number, words.format(many)))


def said_before() -> None:
    """What was done last, with a button that undoes it; nothing once that was done elsewhere."""
    done: Done | None = session.noted("filled")
    if done is None:
        return
    if done.number and done.number in search.filling_log(lab).undone:
        session.note("filled", None)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filled line"):
        st.caption(done.words if done.number else f":red[{done.words}]", width="content")
        if done.number and st.button("Undo", type="tertiary", icon=":material/undo:", key="undo filling"):
            do(partial(search.undo_filling, lab, done.number, session.who()), "Undone.")
            session.note("filled", None)
            st.rerun(scope="fragment")


st.html(CALM)
page()
