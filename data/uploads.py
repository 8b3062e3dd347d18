"""Files that came over a page, kept in `uploads/<token>` of the workspace until they are imported or thrown away.

Of a stranger's names only the last part is kept, without what no file should be called.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from looks_like.atomic import write_whole
from looks_like.data.acting import Role, require_role
from looks_like.data.errors import CatalogueError
from looks_like.data.text import is_visible
from looks_like.data.workspace import Workspace

FOLDER = "uploads"
KEPT_S = 24 * 3600.0
_STEM_BYTES_MAX, _ENDING_MAX = 180, 10
_TOKEN = re.compile(r"[0-9a-f]{16}")


def keep_upload(workspace: Workspace, files: Iterable[tuple[str, bytes]]) -> str:
    """-> its token. Uploads older than a day go. CatalogueError when there is no file, or no room for it."""
    require_role(Role.EDITOR, "bring files")
    sweep_uploads(workspace)
    token = secrets.token_hex(8)
    folder = _folder(workspace) / token
    try:
        folder.mkdir(parents=True)
        for name, content in files:
            file = folder / _safe_name(name)
            if file.exists():
                raise CatalogueError(f"two files are called {file.name}: put them into a zip, with their folders")
            write_whole(file, content)
        if not any(folder.iterdir()):
            raise CatalogueError("no file came over")
    except OSError as reason:
        drop_upload(workspace, token)
        raise CatalogueError(f"these files could not be kept: {reason.strerror or reason}") from None
    except CatalogueError:
        drop_upload(workspace, token)
        raise
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


def drop_imported(workspace: Workspace, source: str) -> None:
    """Throws an upload away when it was what an import has taken in; any other source stays."""
    with suppress(ValueError):  # it lies elsewhere
        token, *_ = Path(source).resolve().relative_to(_folder(workspace).resolve()).parts
        drop_upload(workspace, token)


def sweep_uploads(workspace: Workspace) -> None:
    """Throws away what is older than a day."""
    for folder in _folder(workspace).glob("*"):
        if _TOKEN.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(workspace: Workspace) -> Path:
    return workspace.folder / FOLDER


def _safe_name(name: str) -> str:
    """The last part of a path, however it was written; hidden it is not."""
    last = "".join(c if is_visible(c) else "_" for c in name.replace("\\", "/").rpartition("/")[2]).lstrip(". ")
    stem, dot, ending = last.rpartition(".") if "." in last else (last, "", "")
    return (stem.encode()[:_STEM_BYTES_MAX].decode("utf-8", "ignore") or "file") + dot + ending[:_ENDING_MAX]
