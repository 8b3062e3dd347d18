"""Folders for a moment, which no kill leaves behind for long: the next one to make one clears those of the dead."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_BEGINS = "looks-like-scratch-"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder that only this process reads; gone at the end."""
    _clear_the_dead()
    folder = Path(tempfile.mkdtemp(prefix=_BEGINS))
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)  # the kernel frees it when the process ends, however it ends
    folder.mkdir(exist_ok=True)  # a process that cleared the dead may have come between
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _clear_the_dead() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_BEGINS}*"):
        with suppress(OSError):  # somebody else's, or gone already
            held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(held)
