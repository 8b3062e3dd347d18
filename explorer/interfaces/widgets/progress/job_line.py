"""What runs outside the pages, in a quiet line each: how far it is, how to end it, and what became of it."""

import time

import streamlit as st

from looks_like.explorer.core import Lab, escape_markdown
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.interfaces import session
from looks_like.explorer.interfaces.widgets.progress import learnt_so_far
from looks_like.explorer.jobs import Job, Jobs, repeatable
from looks_like.explorer.maps import map_title
from looks_like.explorer.training import so_far

EVERY_S = 2.0
_FAILURES_SHOWN_S = 24 * 3600.0


def show(lab: Lab, model: str) -> None:
    """Follows the jobs while there are any; draws the whole page again when the last known one has ended."""
    jobs = Jobs(lab.workspace.folder)
    running = [job.job_id for job in jobs.active()]

    def lines() -> None:
        active = jobs.active()
        if running != [job.job_id for job in active]:
            st.rerun()  # something has ended or begun: a map may be there, or a job to follow
        if active:
            _going_on(lab, jobs, active)
        show_failures(jobs)
        if model:
            _news(lab, model)

    st.fragment(lines, run_every=EVERY_S if running else None)()


def words(job: Job) -> str:
    """ "UMAP map: 40 %, about 20 s left" """
    if job.state == "stopping":
        return f"{job.what}: stopping …"
    if job.state == "waiting":
        return f"{job.what}: waiting for its turn"
    if job.share <= 0:
        return f"{job.what}: starting …"
    left = job.left_now()
    return f"{job.what}: {100 * job.share:.0f} %" + ("" if left is None else f", about {time_words(left)} left")


def time_words(seconds: float) -> str:
    """A time no finer than anyone needs: 4 s, 20 s, 3 min."""
    if seconds > 90:
        return f"{round(seconds / 60)} min"
    return f"{max(1, round(seconds))} s" if seconds < 10 else f"{5 * round(seconds / 5)} s"


def _going_on(lab: Lab, jobs: Jobs, active: list[Job]) -> None:
    first, rest = active[0], active[1:]
    then = f" · then {', '.join(job.what for job in rest)}" if rest else ""
    _line(first.job_id, f"{words(first)}{then}", ("Cancel", lambda: jobs.cancel(first.job_id)))
    if found := so_far(lab, first):
        with st.expander("What it has learnt so far"):
            learnt_so_far.show(found, beside=True)


def show_failures(jobs: Jobs) -> None:
    """What did not come about, and why, until somebody waves it away."""
    for job in _failures(jobs):
        _failed(jobs, job)


def _failed(jobs: Jobs, job: Job) -> None:
    def again() -> None:
        jobs.forget(job.job_id)
        jobs.start(job.words, job.what)

    retry = [("Try again", again)] if repeatable(job) else []
    said = f"{job.what} did not come about: {job.error}"
    _line(job.job_id, said, *retry, ("Dismiss", lambda: jobs.forget(job.job_id)))


def _news(lab: Lab, model: str) -> None:
    titles = {card.name: map_title(card.name, card.method) for card in lab.maps(model)}
    for name in session.new_maps(model, list(titles)):

        def look(name: str = name) -> None:
            session.choose("map", name)
            session.choose("view", None)

        _line(
            f"map {name}",
            f"The map {titles[name]} is ready.",
            ("Show it", look),
            ("Not now", lambda name=name: session.mark_map_seen(model, name)),
        )


def _line(about: str, text: str, *acts: tuple[str, object]) -> None:
    """Grey words and small buttons; every act draws the page again. `about`: what no other line is about."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(escape_markdown(text, 400), width="content")
        for label, act in acts:
            if st.button(label, type="tertiary", key=f"{label}: {about}"):
                try:
                    act()  # type: ignore[operator]
                except MISTAKES as mistake:
                    st.toast(escape_markdown(str(mistake), 300), icon=":material/error:")
                    continue
                st.rerun()


def _failures(jobs: Jobs) -> list[Job]:
    """Of the last day, newest of each command."""
    newest = {job.words: job for job in jobs.all()}
    return [job for job in newest.values() if job.state == "failed" and time.time() - job.asked < _FAILURES_SHOWN_S]
