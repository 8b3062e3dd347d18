"""Files that came over a page, kept in `uploads/<token>` of the workspace until they are imported or thrown away.

Of a stranger's names only the last part is kept, without what no file should be called.
"""

import re
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from looks_like.atomic import write_whole
from looks_like.data.errors import CatalogueError
from looks_like.data.text import one_line
from looks_like.data.workspace import Workspace

KEPT_S = 24 * 3600.0
_TOKEN = re.compile(r"[0-9a-f]{16}")


def keep_upload(workspace: Workspace, files: Sequence[tuple[str, bytes]]) -> str:
    """-> its token. Uploads older than a day go. CatalogueError when there is no file."""
    if not files:
        raise CatalogueError("no file came over")
    _sweep(workspace)
    token = secrets.token_hex(8)
    folder = _folder(workspace) / token
    folder.mkdir(parents=True)
    for name, content in files:
        write_whole(folder / _safe_name(name), content)
    return token


def upload_source(workspace: Workspace, token: str) -> Path:
    """What to import: the one file, or the folder of all. CatalogueError when it is there no more."""
    folder = _folder(workspace) / token
    files = sorted(folder.iterdir()) if _TOKEN.fullmatch(token) and folder.is_dir() else []
    if not files:
        raise CatalogueError("these files are not here any more: choose them again")
    return files[0] if len(files) == 1 else folder


def drop_upload(workspace: Workspace, token: str) -> None:
    """Throws it away, if it is there."""
    if _TOKEN.fullmatch(token):
        shutil.rmtree(_folder(workspace) / token, ignore_errors=True)


def _folder(workspace: Workspace) -> Path:
    return workspace.folder / "uploads"


def _safe_name(name: str) -> str:
    """The last part of a path, however it was written; hidden it is not."""
    last = one_line(name.replace("\\", "/").rpartition("/")[2], 150).lstrip(". ")
    return last or "file"


def _sweep(workspace: Workspace) -> None:
    for folder in _folder(workspace).glob("*"):
        if _TOKEN.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
