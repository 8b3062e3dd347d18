"""Where figures come from, with the commit and what else was running."""

import os
import subprocess
from pathlib import Path
from typing import Any

from looks_like.explorer.jobs import machine_info as explorer_machine

ROOT = Path(__file__).resolve().parent.parent


def machine() -> dict[str, Any]:
    """Plain JSON. `load` is what else was running when we began: above the number of cores, times are too long."""
    return explorer_machine.machine() | {"load": round(os.getloadavg()[0], 2), "commit": _commit()}


def _commit() -> str | None:
    """The commit, with + when files differ from it; None outside git."""
    try:
        short = _git("rev-parse", "--short", "HEAD")
        return short + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
