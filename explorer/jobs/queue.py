"""Jobs: long work outside the pages, one at a time in each workspace.

A job is a command in a process of its own. It outlives the page and the server that started it: all that is known of
it stands in `jobs/<id>.json`, which only the starter (once) and then the process itself write, each time aside and
then renamed. Whether it still runs is not believed but looked up. Beside it: `<id>.log`, what the command printed, and
`<id>.cancel` once somebody wants it to end.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import filelock

import looks_like
from looks_like.atomic import write_whole
from looks_like.data.acting import Role, actor_now, require_role
from looks_like.explorer.errors import RequestError
from looks_like.explorer.jobs.processes import process_identity

ACTIVE = ("waiting", "running", "stopping")
INTERRUPTED = "its process ended before the work was done (killed, or the machine went down): start it again"
_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{4}")
_ROOT = Path(looks_like.__file__).resolve().parents[1]
_STARTS_WITHIN_S = 30.0  # from the record to the process's first word
_PATIENCE_S = 10.0  # from the wish to end to the end by force
_FINISHED_KEPT = 20
_FINAL = ("compact", "delete")  # what only an admin may ask for


@dataclass(frozen=True)
class Job:
    """As its record says, with the state corrected by what the machine says."""

    job_id: str  # in the order of starting
    words: tuple[str, ...]  # the command, as typed after `looks-like`
    what: str  # for people: "UMAP map"
    state: str = "waiting"  # running | done | failed | cancelled; "stopping" when it is asked to end and has not yet
    stage: str = ""
    share: float = 0.0  # 0..1
    seconds_left: float | None = None  # as of `updated`; None = unknown
    asked: float = 0.0  # seconds since 1970, as the next two
    started: float = 0.0
    updated: float = 0.0
    pid: int = 0
    born: str = ""
    error: str = ""  # one sentence
    who: str = ""  # asked for it; "" = nobody who is known

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def left_now(self) -> float | None:
        """Seconds left at this moment; never below 1 while it runs."""
        return None if self.seconds_left is None else max(1.0, self.seconds_left - (time.time() - self.updated))


class Jobs:
    """The jobs of a workspace. Looking makes nothing."""

    def __init__(self, workspace: str | Path) -> None:
        self.workspace = Path(workspace).absolute()
        self.folder = self.workspace / "jobs"

    def all(self) -> list[Job]:
        """All that are remembered, oldest first."""
        if not self.folder.is_dir():
            return []
        found = (self._look(path.stem) for path in sorted(self.folder.glob("*.json")) if _ID.fullmatch(path.stem))
        return [job for job in found if job]

    def active(self) -> list[Job]:
        """Those that run or wait, in the order of their turns."""
        return [job for job in self.all() if job.active]

    def get(self, job_id: str) -> Job:
        """RequestError when there is none of that id."""
        job = self._look(job_id) if _ID.fullmatch(job_id) else None
        if job is None:
            raise RequestError(f"there is no job {job_id[:40]!r}; see: looks-like jobs")
        return job

    def start(self, words: Sequence[str], what: str) -> Job:
        """Starts a command as a job; one that waits or runs already is not started twice. AccessError for a viewer,
        RequestError where the disk takes no record of it.
        """
        require_role(Role.ADMIN if words[0] in _FINAL else Role.EDITOR, f"start {what!r}")
        try:
            return self._started(tuple(words), what)
        except OSError as reason:
            said = reason.strerror or str(reason)
            raise RequestError(f"{what!r} can't be started: the workspace can't be written ({said})") from None

    def _started(self, words: tuple[str, ...], what: str) -> Job:
        self.folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(self.folder / ".start"):
            for job in self.active():
                if job.words == words:
                    return job
            self._sweep()
            now = time.time()
            job_id, who = f"{time.time_ns():016x}-{secrets.token_hex(2)}", actor_now().name
            job = Job(job_id, words, what, asked=now, updated=now, who=who)
            write_record(self.folder, job)
            try:
                self._spawn(job)
            except OSError as reason:
                job = replace(job, state="failed", error=f"its process could not be started ({reason})")
                write_record(self.folder, job)
            return job

    def cancel(self, job_id: str) -> None:
        """Asks a job to end; what it has finished stays. RequestError when there is none of that id."""
        require_role(Role.EDITOR, "end a job")
        job = self.get(job_id)
        if job.active:
            self.mark(job_id).touch()
            _signal(job, signal.SIGTERM)

    def forget(self, job_id: str) -> None:
        """Removes the record of a job that has ended."""
        require_role(Role.EDITOR, "wave a job away")
        if not self.get(job_id).active:
            self._remove(job_id)

    def mark(self, job_id: str) -> Path:
        """The file whose presence asks a job to end."""
        return self.folder / f"{job_id}.cancel"

    def _look(self, job_id: str) -> Job | None:
        job = read_record(self.folder, job_id)
        if job is None or not job.active:
            return job
        asked_to_end = self.mark(job_id).exists()
        if _lives(job):
            if asked_to_end and time.time() - _modified(self.mark(job_id)) > _PATIENCE_S:
                _signal(job, signal.SIGKILL)
            return replace(job, state="stopping") if asked_to_end else job
        job = read_record(self.folder, job_id)  # it may have ended, in order, since it was read
        if job is None or not job.active:
            return job
        return replace(job, state="cancelled") if asked_to_end else replace(job, state="failed", error=INTERRUPTED)

    def _spawn(self, job: Job) -> None:
        cores = os.cpu_count() or 1
        # while the demo comes in there is nothing to look at yet; beside all else the pages keep a core
        threads = cores if job.words[0] == "demo" else max(1, cores - 1)
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), str(threads))
        with (self.folder / f"{job.job_id}.log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 (ourselves)
                [
                    sys.executable,
                    "-m",
                    "looks_like.explorer.interfaces.commands.workspace.job_worker",
                    str(self.folder),
                    job.job_id,
                ],
                cwd=_ROOT,
                env={**os.environ, **limits, "OMP_WAIT_POLICY": "passive", "LOOKS_LIKE_WORKSPACE": str(self.workspace)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C ends the server, not the job
            )
        threading.Thread(target=process.wait, daemon=True).start()  # or it would stay as a zombie while we live

    def _sweep(self) -> None:
        ended = [job.job_id for job in self.all() if not job.active]
        for job_id in ended[:-_FINISHED_KEPT]:
            self._remove(job_id)

    def _remove(self, job_id: str) -> None:
        for path in self.folder.glob(f"{job_id}.*"):
            path.unlink(missing_ok=True)


def repeatable(job: Job) -> bool:
    """Whether a page may start it again: records of a stranger's workspace may hold any command."""
    elsewhere = any(word.startswith(("-w", "--w")) for word in job.words)
    known = job.words[0] in ("check", "demo", "look", "map", "place") or job.words[:2] == ("clusters", "make")
    return known and not elsewhere and not any(word.startswith("--o") for word in job.words)


def write_record(folder: Path, job: Job) -> None:
    """Whole or not at all."""
    write_whole(folder / f"{job.job_id}.json", json.dumps(asdict(job), ensure_ascii=False).encode())


def read_record(folder: Path, job_id: str) -> Job | None:
    """None when there is none, or a stranger wrote it."""
    try:
        said: dict[str, Any] = json.loads((folder / f"{job_id}.json").read_text("utf-8"))
        known = {field.name for field in fields(Job)}
        job = Job(**{key: value for key, value in said.items() if key in known})
        numbers = (job.share, job.asked, job.started, job.updated, job.seconds_left or 0.0, job.pid)
        if job.job_id != job_id or not job.words or not all(isinstance(number, int | float) for number in numbers):
            return None
        return replace(job, words=tuple(str(word) for word in job.words), who=str(job.who)[:80])
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _lives(job: Job) -> bool:
    if not job.pid:
        return time.time() - job.asked < _STARTS_WITHIN_S
    return process_identity(job.pid) == job.born != ""


def _signal(job: Job, number: signal.Signals) -> None:
    """To the process that wrote the record, or to none: its number may be another's by now."""
    if job.pid > 1 and process_identity(job.pid) == job.born != "":
        try:
            os.kill(job.pid, number)
        except ProcessLookupError:
            return


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
