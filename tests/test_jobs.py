"""Jobs: real processes that wait, run, fail, are cancelled and are killed; what their records say afterwards."""

import json
import os
import shutil
import signal
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import filelock
import pytest

from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.workspace.job_worker import JobBar
from looks_like.explorer.jobs.processes import process_identity
from looks_like.explorer.jobs.queue import INTERRUPTED, Job, Jobs, read_record, repeatable, write_record

ENDS_WITHIN_S = 200.0  # most of it is the import of torch, on a machine that may be busy


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Of an empty workspace; whatever still runs at the end is killed."""
    yield from killed_at_the_end(Jobs(tmp_path))


@pytest.fixture
def full(lab: Lab, tmp_path: Path) -> Iterator[Jobs]:
    """Of a copy of the shop's workspace."""
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    yield from killed_at_the_end(Jobs(tmp_path / "w"))


def killed_at_the_end(jobs: Jobs) -> Iterator[Jobs]:
    yield jobs
    for job in jobs.active():
        if job.pid and job.pid != os.getpid() and process_identity(job.pid) == job.born:
            os.kill(job.pid, signal.SIGKILL)
    settled(lambda: not any(job.pid and job.pid != os.getpid() for job in jobs.active()))


@pytest.fixture
def turn(jobs: Jobs) -> Iterator[filelock.FileLock]:
    """Held: jobs stay waiting, and cost nothing."""
    jobs.folder.mkdir(parents=True)
    lock = filelock.FileLock(jobs.folder / ".turn")
    with lock:
        yield lock


def settled(was: Callable[[], bool], within_s: float = ENDS_WITHIN_S) -> None:
    end = time.monotonic() + within_s
    while not was():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def ended(jobs: Jobs, job: Job) -> Job:
    settled(lambda: not jobs.get(job.job_id).active)
    return jobs.get(job.job_id)


def begun(jobs: Jobs, job: Job) -> Job:
    """Once its process has written its number."""
    settled(lambda: jobs.get(job.job_id).pid > 0)
    return jobs.get(job.job_id)


def test_a_job_runs_a_command_and_is_done(full: Jobs) -> None:
    job = ended(full, full.start(["map", "tiny", "--method", "pca", "--name", "again", "--encode"], "PCA map"))
    assert (job.state, job.share, job.error) == ("done", 1.0, "")
    assert job.asked <= job.started <= job.updated
    assert {card.name for card in Lab(full.workspace).maps("tiny")} == {"pca", "again"}
    assert "Map again of model tiny" in (full.folder / f"{job.job_id}.log").read_text()


def test_a_mistake_is_kept_as_its_sentence(full: Jobs) -> None:
    job = ended(full, full.start(["map", "gone"], "UMAP map"))
    assert (job.state, job.error) == ("failed", "there is no model 'gone'; there are: tiny")


def test_a_training_that_is_cancelled_can_be_gone_on_with(full: Jobs) -> None:
    small = ["--size", "32", "--latent", "4", "--set", "width=8", "--set", "batch=16", "--set", "depth=0"]
    job = full.start(["train", "vae", "--epochs", "50000", *small], "Training")
    settled(lambda: full.get(job.job_id).share > 0 or not full.get(job.job_id).active)
    assert full.get(job.job_id).state == "running"
    assert full.get(job.job_id).stage.startswith("Training")
    full.cancel(job.job_id)
    assert full.get(job.job_id).state in ("stopping", "cancelled")
    assert ended(full, job).state == "cancelled"
    assert (full.workspace / "models" / "vae" / "checkpoint.safetensors").exists()


def test_jobs_wait_for_their_turn_in_order(full: Jobs) -> None:
    first = full.start(["map", "tiny", "--method", "pca", "--name", "one"], "One")
    second = full.start(["map", "tiny", "--method", "pca", "--name", "two"], "Two")
    assert [job.what for job in full.active()] == ["One", "Two"]
    assert begun(full, second).state == "waiting"
    one, two = ended(full, first), ended(full, second)
    assert (one.state, two.state) == ("done", "done")
    assert one.updated <= two.started


def test_a_waiting_job_is_cancelled_at_once(jobs: Jobs, turn: filelock.FileLock) -> None:
    job = begun(jobs, jobs.start(["list"], "List"))
    assert job.state == "waiting"
    jobs.cancel(job.job_id)
    assert ended(jobs, job).state == "cancelled"


def test_a_job_cancelled_before_its_process_spoke_never_runs(jobs: Jobs, turn: filelock.FileLock) -> None:
    job = jobs.start(["list"], "List")
    jobs.mark(job.job_id).touch()
    assert ended(jobs, job).state == "cancelled"


def test_a_killed_job_is_known_as_such_and_what_to_do_is_said(jobs: Jobs, turn: filelock.FileLock) -> None:
    job = begun(jobs, jobs.start(["list"], "List"))
    os.kill(job.pid, signal.SIGKILL)
    job = ended(jobs, job)
    assert (job.state, job.error) == ("failed", INTERRUPTED)
    assert "start it again" in job.error


def test_a_process_with_the_same_number_is_left_alone(
    jobs: Jobs, turn: filelock.FileLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurt: list[int] = []
    monkeypatch.setattr("looks_like.explorer.jobs.queue.os.kill", lambda pid, number: hurt.append(pid))
    job = begun(jobs, jobs.start(["list"], "List"))
    stranger = replace(job, job_id="0000000000000001-aaaa", born="another")
    write_record(jobs.folder, stranger)
    assert jobs.get(stranger.job_id).state == "failed"
    jobs.cancel(stranger.job_id)
    assert jobs.get(job.job_id).state == "waiting"
    assert not hurt
    jobs.cancel(job.job_id)
    assert hurt == [job.pid]


def test_the_same_command_is_not_started_twice_even_by_two_servers(jobs: Jobs, turn: filelock.FileLock) -> None:
    other = Jobs(jobs.workspace)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: (jobs, other)[i % 2].start(["list"], "List").job_id, range(8)))
    assert len(set(found)) == 1
    assert jobs.start(["list", "--json"], "Another").job_id not in found
    assert [job.job_id for job in jobs.all()] == [job.job_id for job in other.all()]


def test_the_old_ones_are_forgotten(jobs: Jobs, turn: filelock.FileLock) -> None:
    for i in range(30):
        write_record(jobs.folder, Job(f"{i:016x}-0000", ("list",), "List", state="done"))
    job = jobs.start(["list"], "List")
    assert len(jobs.all()) == 21
    assert jobs.all()[-1].job_id == job.job_id
    jobs.forget(job.job_id)
    assert jobs.get(job.job_id).active, "one that has not ended stays"
    jobs.forget(f"{29:016x}-0000")
    assert len(jobs.all()) == 20


def test_records_of_strangers_are_not_believed(jobs: Jobs) -> None:
    jobs.folder.mkdir()
    for number, text in enumerate(["{", "[]", "null", '{"job_id": 3}', '{"job_id": "x", "share": "much"}', "[" * 9999]):
        (jobs.folder / f"{number:016x}-0000.json").write_text(text)
    (jobs.folder / "..json").write_text("{}")
    assert jobs.all() == []
    for wrong in ("../../etc/passwd", "0000000000000009-0000", ""):
        with pytest.raises(RequestError, match="there is no job"):
            jobs.cancel(wrong)


def test_looking_makes_nothing(tmp_path: Path) -> None:
    assert Jobs(tmp_path / "new").all() == []
    assert not (tmp_path / "new").exists()


def test_a_record_is_the_job_again(tmp_path: Path) -> None:
    job = Job("0" * 16 + "-0000", ("map", "m"), "UMAP map", share=0.5, seconds_left=4.0, pid=3, born="b", error="é")
    write_record(tmp_path, job)
    assert read_record(tmp_path, job.job_id) == job
    assert [path.suffix for path in tmp_path.iterdir()] == [".json"]


def test_the_bar_tells_how_far_and_how_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("looks_like.explorer.interfaces.commands.workspace.job_worker.time.monotonic", lambda: now)
    bar = JobBar(tmp_path, Job("0" * 16 + "-0000", ("encode",), "Encoding"))
    with bar:
        task = bar.add_task("Encoding", total=None)
        for step in range(11):
            now = 100.0 + step
            bar.update(task, completed=10 * step, total=1000)
    said = json.loads((tmp_path / f"{bar.job.job_id}.json").read_text())
    assert (said["stage"], said["share"]) == ("Encoding", 0.1)
    assert said["seconds_left"] == pytest.approx(90, rel=0.1)
    bar.update(task, completed=1, total=2, share=0.7)
    assert bar.job.share == 0.7


class Watched:
    """Something that is looked at by a weak reference."""


def test_a_signal_to_end_that_fell_into_a_callback_ends_the_job_at_its_next_word(tmp_path: Path) -> None:
    """Python drops what is raised in the callback of a weak reference; imports have such callbacks."""
    bar = JobBar(tmp_path, Job("0" * 16 + "-0000", ("map",), "A map"))
    task = bar.add_task("Mapping", total=10)
    before = signal.signal(signal.SIGTERM, bar.stop)
    try:
        watched = Watched()
        _reference = weakref.ref(watched, lambda _: signal.raise_signal(signal.SIGTERM))
        with catch_unraisable() as dropped:
            del watched
        assert dropped == [KeyboardInterrupt]
    finally:
        signal.signal(signal.SIGTERM, before)
    with pytest.raises(KeyboardInterrupt):
        bar.update(task, completed=1)
    with pytest.raises(KeyboardInterrupt):
        bar.add_task("Another")


@contextmanager
def catch_unraisable() -> Iterator[list[type[BaseException]]]:
    """The kinds of what Python drops meanwhile."""
    dropped: list[type[BaseException]] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda what: dropped.append(what.exc_type)
    try:
        yield dropped
    finally:
        sys.unraisablehook = before


def test_the_time_left_goes_on_between_two_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("looks_like.explorer.jobs.queue.time.time", lambda: 104.0)
    job = Job("0" * 16 + "-0000", ("encode",), "Encoding", seconds_left=10.0, updated=100.0)
    assert job.left_now() == 6.0
    assert replace(job, updated=0.0).left_now() == 1.0
    assert replace(job, seconds_left=None).left_now() is None


def test_a_process_has_one_birth_and_a_gone_one_none() -> None:
    assert process_identity(os.getpid()) == process_identity(os.getpid()) != ""
    assert process_identity(2**22 + 1) == ""


@pytest.mark.parametrize(
    ("words", "may"),
    [
        (("map", "tiny", "--method", "umap", "--encode"), True),
        (("place", "tiny"), True),
        (("demo", "--products", "300", "--later"), True),
        (("clusters", "make", "tiny", "--method", "k-means"), True),
        (("clusters", "rename", "1", "x"), False),
        (("clusters", "make", "-w", "elsewhere"), False),
        (("clusters",), False),
        (("morph", "a", "b", "--out", "x.gif"), False),
        (("import", "elsewhere"), False),
        (("map", "tiny", "--workspace", "elsewhere"), False),
        (("map", "tiny", "-welsewhere"), False),
    ],
)
def test_a_page_repeats_only_what_pages_start(words: tuple[str, ...], may: bool) -> None:
    assert repeatable(Job("0" * 16 + "-0000", words, "something", state="failed")) is may
