"""Files that are whole or not there: written beside their place, then renamed; what a stranger put there is not read.
What every package may use.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path, mark: str = "") -> Iterator[Path]:
    """A path to write to, beside `file`; it takes the name of `file` when all went well, and is gone otherwise.

    Folders are made. `mark` keeps apart those who write the same file at once; without one, the last to end stays.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}{mark}.part")
    try:
        yield aside
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)


def write_whole(file: Path, content: bytes) -> None:
    """The bytes as a file, all of them or none."""
    with replacing(file) as aside:
        aside.write_bytes(content)


def own_file(file: Path, most_bytes: int) -> Path:
    """The path, for a plain file of its own folder. OSError where there is none; ValueError for what a stranger may
    have put in its place and nobody would come to the end of: a device, a pipe, a link elsewhere, too many bytes.
    """
    said = file.stat()
    if not stat.S_ISREG(said.st_mode):
        raise ValueError(f"{file.name} is a device, a folder or a pipe, not a file")
    if file.resolve().parent != file.parent.resolve():
        raise ValueError(f"{file.name} is a link to another folder: copy the file into its place")
    if said.st_size > most_bytes:
        raise ValueError(f"{file.name} has {said.st_size:,} bytes, and {most_bytes:,} are read at most")
    return file


def take_room(file: Path, size_bytes: int) -> None:
    """Makes a file of so many bytes that are its own. OSError (ENOSPC) where the disk has not so many left.

    To write into a memory-mapped file with holes on a full disk is SIGBUS: the process dies without a word.
    """
    with open(file, "wb") as made:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(made.fileno(), 0, size_bytes)
            return
        while (left := size_bytes - made.tell()) > 0:
            made.write(bytes(min(left, 1 << 20)))


def is_full(reason: OSError) -> bool:
    """Whether it says that there is no room, on the disk or within a quota."""
    return reason.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
