"""Files that came over a page: whatever they are called, they lie in a folder of their own, and go when old."""

import os
from pathlib import Path

import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.uploads import KEPT_S, drop_upload, keep_upload, upload_source
from looks_like.data.workspace import Workspace

NAMES = [
    "../../up.csv",
    "/etc/passwd",
    "C:\\Users\\me\\a.jpg",
    ".hidden",
    "...",
    "",
    "a\nb.csv",
    "x" * 400,
    "ü 価格.csv",
    "a\0b",
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_file_is_called_it_lies_in_its_folder(workspace: Workspace, tmp_path: Path, name: str) -> None:
    token = keep_upload(workspace, [(name, b"x"), ("b.csv", b"y")])
    folder = upload_source(workspace, token)
    assert folder == tmp_path / "w" / "uploads" / token
    files = list(folder.iterdir())
    assert sorted(path.read_bytes() for path in files) == [b"x", b"y"]
    assert not any(path.name.startswith(".") for path in files)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == files


def test_one_file_is_the_source_itself_and_several_are_their_folder(workspace: Workspace) -> None:
    assert upload_source(workspace, keep_upload(workspace, [("t.csv", b"x")])).name == "t.csv"
    assert upload_source(workspace, keep_upload(workspace, [("t.csv", b"x"), ("a.zip", b"y")])).is_dir()
    with pytest.raises(CatalogueError, match="no file came over"):
        keep_upload(workspace, [])


@pytest.mark.parametrize("token", ["", "..", "../../x", "0" * 16, "0" * 15 + "/", "0" * 16 + "\n"])
def test_a_token_that_a_link_made_up_is_a_sentence_and_drops_nothing(workspace: Workspace, token: str) -> None:
    kept = keep_upload(workspace, [("t.csv", b"x")])
    with pytest.raises(CatalogueError, match="not here any more: choose them again"):
        upload_source(workspace, token)
    drop_upload(workspace, token)
    assert upload_source(workspace, kept).exists()
    drop_upload(workspace, kept)
    with pytest.raises(CatalogueError, match="choose them again"):
        upload_source(workspace, kept)


def test_what_nobody_imported_goes_after_a_day(workspace: Workspace) -> None:
    old, new = (keep_upload(workspace, [("t.csv", b"x")]) for _ in range(2))
    folder = upload_source(workspace, old).parent
    then = folder.stat().st_mtime - KEPT_S - 1
    os.utime(folder, (then, then))
    keep_upload(workspace, [("t.csv", b"x")])
    assert not folder.exists()
    assert upload_source(workspace, new).exists()
