"""The welcome page: shown instead of the pages until a finished model has codes; offers the demo and shows the
progress of a running job.
"""

from functools import cache
from pathlib import Path
from threading import Thread

import streamlit as st
from PIL import Image

from looks_like.explorer.core import Lab, Status, escape_markdown, get_ready, status_of
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.panels import import_panel
from looks_like.explorer.interfaces.widgets.progress import learnt_so_far
from looks_like.explorer.interfaces.widgets.progress.job_line import EVERY_S, show_failures, time_words
from looks_like.explorer.interfaces.widgets.progress.learning import MINUTES
from looks_like.explorer.jobs import Job, Jobs
from looks_like.explorer.search import without_look
from looks_like.explorer.selecting import deletion_log, undo_deletion
from looks_like.explorer.training import (
    STAGES,
    demo_product_count,
    look_was_asked_for,
    so_far,
    start_demo,
    start_first_model,
    start_look,
    start_map,
)

_SHEET = Path(__file__).with_name("sneakers.webp")
_LEAD = "See, walk and name the space in which your products look different."
_SEEN_A_SECOND, _MAP_S = 60, 40  # products that a look is made of, on two cores; and what a map takes besides


def needed(lab: Lab) -> bool:
    """Whether the pages have nothing to show yet."""
    status = status_of(lab)
    seen = [model for model in status.models if model["finished"] and model["products_without_code"] < status.products]
    demo = _demo(Jobs(lab.workspace.folder))
    return not seen or (demo is not None and demo.active and not any(model["maps"] for model in seen))


def show(lab: Lab) -> None:
    """Follows a job while one runs, and gives way to the pages once they have something to show."""
    jobs = Jobs(lab.workspace.folder)
    running = [job.job_id for job in jobs.active()]

    def page() -> None:
        if not needed(lab):
            Thread(target=get_ready, args=(lab,)).start()  # as at the start of a server
            st.rerun()
        if running != [job.job_id for job in jobs.active()]:
            st.rerun()
        _middle(lab, jobs)
        session.show_link("upload")

    st.fragment(page, run_every=EVERY_S if running else None)()


def _middle(lab: Lab, jobs: Jobs) -> None:
    status, active = status_of(lab), jobs.active()
    with st.container(key="welcome"):
        if not active and import_panel.in_hand():
            st.title("Your catalogue")
            import_panel.show(lab)
            return
        left, right = st.columns(2, gap="large")
        with left:
            st.title("Looks Like")
            st.markdown(_LEAD)
            st.space("small")
            standing = deletion_log(lab).standing
            if standing and not (status.products and any(model["finished"] for model in status.models)):
                _deleted(lab, standing[-1].number, standing[-1].said())
            if not active:
                show_failures(jobs)
            if active:
                _going_on(lab, jobs, active[0])
            elif status.products:
                _look_at_once(lab, jobs, status)
                _next_step(lab, jobs, status)
            else:
                _demo_offer(jobs)
            if not status.products and not active:
                _own_catalogue(lab)
        with right:
            st.image(_sheet(), width="stretch", alt="64 of the sneakers of the demo")


def _going_on(lab: Lab, jobs: Jobs, job: Job) -> None:
    left = job.left_now()
    st.subheader(job.what)
    st.progress(job.share, text=_said(job) + ("" if left is None else f" · about {time_words(left)} left"))
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.words[0] == "demo":
            st.caption(
                "The map opens here by itself, with the first sneakers; the others and two more maps follow while you "
                "look around.",
                width="content",
            )
        if st.button("Cancel", type="tertiary", disabled=job.state == "stopping"):
            jobs.cancel(job.job_id)
            st.rerun()
    if found := so_far(lab, job):
        learnt_so_far.show(found, beside=False)


def _said(job: Job) -> str:
    if job.state == "stopping":
        return "Stopping …"
    if job.stage in STAGES:
        return f"{STAGES.index(job.stage) + 1} of {len(STAGES)} · {job.stage}"
    return job.stage or "Starting …"


def _demo_offer(jobs: Jobs) -> None:
    demo = _demo(jobs)
    if demo and demo.state == "failed":
        st.error(f"The demo did not come about: {demo.error}", icon=":material/error:")
    st.subheader("See it with sneakers")
    st.markdown(
        f"{demo_product_count():,} sneakers, drawn on this machine, and a model that has learnt them. "
        "The first map is there in about a minute. Nothing is downloaded."
    )
    if st.button("Show me the demo", type="primary", icon=":material/play_arrow:"):
        start_demo(jobs)
        st.rerun()


def _own_catalogue(lab: Lab) -> None:
    st.subheader("Bring your own catalogue")
    import_panel.show(lab)
    st.caption("From a terminal: `looks-like import products.xlsx`, and `--help` for all else.")


@cache
def _sheet() -> Image.Image:
    """Sneakers of the demo, drawn by lot."""
    return Image.open(_SHEET).convert("RGB")


def _deleted(lab: Lab, number: int, said: str) -> None:
    st.info(f"Deleted: {escape_markdown(said, 200)}.", icon=":material/delete:")
    if st.button("Bring back what was deleted last", type="primary", icon=":material/undo:"):
        undo_deletion(lab, session.who(), number)
        st.rerun()
    st.code("looks-like delete undo", language=None)


def _look_at_once(lab: Lab, jobs: Jobs, status: Status) -> None:
    """Products of which nothing is known yet are looked at unasked, once: it costs a minute or so and is the first that
    anyone can use. Who cancels it is asked from then on; what failed before is read first.
    """
    if status.models or look_was_asked_for(jobs) or any(job.state == "failed" for job in jobs.all()) or _demo(jobs):
        return
    start_look(jobs)
    st.rerun()


def _next_step(lab: Lab, jobs: Jobs, status: Status) -> None:
    finished = [model["name"] for model in status.models if model["finished"]]
    demo = _demo(jobs)
    if demo and demo.state in ("failed", "cancelled"):
        st.info(f"The demo stopped half-way. {demo.error}".strip(), icon=":material/inventory_2:")
        if st.button("Go on with the demo", type="primary"):
            start_demo(jobs)
            st.rerun()
    elif not finished:
        st.info(
            f"{status.products:,} products, and no model of them yet. What is alike is seen at once; to draw what lies "
            "between them, a model learns from their pictures.",
            icon=":material/inventory_2:",
        )
        if without_look(lab):
            about = time_words(_MAP_S + status.products / _SEEN_A_SECOND)
            if st.button(f"Map what is alike · about {about}", type="primary", icon=":material/scatter_plot:"):
                start_look(jobs)
                st.rerun()
        if st.button(f"Learn to draw them · {MINUTES} minutes", icon=":material/draw:"):
            start_first_model(lab, MINUTES)
            st.rerun()
        st.caption("Either ends with a map, which opens here by itself.")
    else:
        st.info(f"Model {finished[0]} has not seen the catalogue yet.", icon=":material/inventory_2:")
        if st.button("Encode and map it", type="primary"):
            start_map(jobs, finished[0], "umap", "UMAP")
            st.rerun()
        st.code(f"looks-like map {finished[0]} --method umap --encode", language=None, wrap_lines=True)


def _demo(jobs: Jobs) -> Job | None:
    """The newest job that was to bring the demo."""
    return next((job for job in reversed(jobs.all()) if job.words[0] == "demo"), None)
