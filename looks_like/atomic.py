"""Files that are whole or not there: written beside their place, then renamed. What every package may use."""

import os
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
