"""What the process of a job runs: it waits for its turn, runs the command and keeps the record.

Started by the queue in `explorer/jobs` as `python -m …job_worker FOLDER ID`. Nothing heavy is imported before its turn.
"""

import os
import signal
import sys
import time
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import filelock

from looks_like.explorer.jobs import INTERRUPTED, Job, Jobs, lower_priority, process_identity, read_record, write_record

_LOOK_EVERY_S = 0.25
_WRITE_EVERY_S = 0.3
_WINDOW_S = 8.0  # the pace of the last seconds tells the time left


class JobBar:
    """Takes the place of the bar on a terminal: what a command tells it goes into the job's record."""

    def __init__(self, folder: Path, job: Job) -> None:
        self.folder, self.job = folder, job
        self._totals: list[float | None] = []
        self._said: deque[tuple[float, float]] = deque()  # (when, share) of the last seconds
        self._asked_to_end = False

    def __enter__(self) -> "JobBar":
        return self

    def __exit__(self, *_: object) -> None:
        self.keep()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """What a signal to end calls."""
        self._asked_to_end = True
        raise KeyboardInterrupt

    def _heed(self) -> None:
        """Python drops what is raised while it is in a callback, as happens in imports: it is raised again here."""
        if self._asked_to_end:
            raise KeyboardInterrupt

    def add_task(self, description: str, total: float | None = None) -> int:
        self._heed()
        self._totals.append(total)
        self.job = replace(self.job, stage=description)
        self.keep()
        return len(self._totals) - 1

    def update(
        self,
        task: int,
        *,
        completed: float | None = None,
        total: float | None = None,
        description: str | None = None,
        share: float | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """`share`: of the whole job, 0..1, where the task is only a part of it. `seconds_left`: where the command
        knows that better than its pace of the last seconds tells it.
        """
        self._heed()
        self._totals[task] = self._totals[task] if total is None else total
        whole = self._totals[task]
        if share is None and completed is not None and whole:
            share = completed / whole
        if description is not None:
            self.job = replace(self.job, stage=description)
        if share is not None:
            left = self._left(share) if seconds_left is None else seconds_left
            self.job = replace(self.job, share=min(1.0, max(0.0, share)), seconds_left=left)
        if time.time() - self.job.updated > _WRITE_EVERY_S:
            self.keep()

    def keep(self, **changes: Any) -> None:
        """Writes the record."""
        self.job = replace(self.job, updated=time.time(), **changes)
        write_record(self.folder, self.job)

    def _left(self, share: float) -> float | None:
        now = time.monotonic()
        self._said.append((now, share))
        while now - self._said[0][0] > _WINDOW_S and len(self._said) > 2:
            self._said.popleft()
        passed, done = now - self._said[0][0], share - self._said[0][1]
        return (1 - share) * passed / done if done > 0 and passed > 1 else self.job.seconds_left


def main(folder: Path, job_id: str) -> None:
    """The life of a job's process, from its first word to its last."""
    job = read_record(folder, job_id)
    if job is None:
        raise SystemExit(f"there is no job {job_id} in {folder}")
    pid = os.getpid()
    bar = JobBar(folder, replace(job, pid=pid, born=process_identity(pid)))
    bar.keep()
    signal.signal(signal.SIGTERM, bar.stop)
    if job.words[0] != "demo":  # for that one people wait: there is nothing else to look at yet
        lower_priority()
    jobs = Jobs(folder.parent)
    try:
        with turn(jobs, job_id):
            bar.keep(state="running", started=time.time())
            code, sentence = _run(job.words, bar)
    except KeyboardInterrupt:
        code, sentence = 130, ""
    except Exception as reason:
        bar.keep(state="failed", error=f"{type(reason).__name__}: {reason}; more in {job_id}.log")
        raise
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    bar.keep(**_ended(code, sentence, jobs.mark(job_id).exists()))


def turn(jobs: Jobs, job_id: str) -> AbstractContextManager[object]:
    """Waits until it is this job's: first come, first served. KeyboardInterrupt when it is cancelled."""
    lock = filelock.FileLock(jobs.folder / ".turn", timeout=0)
    while True:
        if jobs.mark(job_id).exists():
            raise KeyboardInterrupt
        if not any(other.job_id < job_id for other in jobs.active()):
            try:
                return lock.acquire()
            except filelock.Timeout:
                pass
        time.sleep(_LOOK_EVERY_S)


def _run(words: tuple[str, ...], bar: JobBar) -> tuple[int, str]:
    from looks_like.explorer.interfaces.commands import main as commands
    from looks_like.explorer.interfaces.commands import terminal

    terminal.job_bar = bar
    return commands.run(list(words))


def _ended(code: int, sentence: str, wanted: bool) -> dict[str, Any]:
    if code == 0:
        return {"state": "done", "share": 1.0, "seconds_left": 0.0}
    if code == 130:
        return {"state": "cancelled"} if wanted else {"state": "failed", "error": INTERRUPTED}
    return {"state": "failed", "error": sentence}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
