"""Processes of this machine: which one a number stands for, and how one stays out of the way of others."""

import contextlib
import os
import subprocess
from functools import cache
from pathlib import Path

_CALM = 5  # of 19: a page that wants the processor gets three quarters of a core, and an idle machine is used up


def process_identity(pid: int) -> str:
    """An identity of a process that survives reuse of its number (its start time and the boot id); "" if it has
    ended.
    """
    if not Path("/proc/self/stat").exists():
        return _birth_by_ps(pid)
    try:
        said = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    fields = said.rpartition(")")[2].split()  # the name before it may hold anything
    state, started_ticks = fields[0], fields[19]  # proc(5): fields 3 and 22
    return "" if state in "ZX" else f"{_boot()}-{started_ticks}"


def lower_priority() -> None:
    """Lowers the priority of this process (nice, and the session's autogroup on Linux)."""
    os.nice(_CALM)
    # where sessions are groups with equal shares, niceness counts only within one: sched(7), autogroup
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_CALM), "ascii")


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _birth_by_ps(pid: int) -> str:
    command = ["/bin/ps", "-o", "lstart=,stat=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (a number, no text)
    started, _, state = done.stdout.strip().rpartition(" ")
    return "" if state.startswith("Z") else started.strip()
