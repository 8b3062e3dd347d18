"""Files that came over a page: whatever they are called, they lie in a folder of their own, and go when old."""

import errno
import os
from pathlib import Path

import pytest

from looks_like.data import uploads
from looks_like.data.errors import CatalogueError
from looks_like.data.uploads import KEPT_S, drop_imported, drop_upload, keep_upload, upload_source
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


def test_long_names_keep_their_ending_and_two_of_one_name_are_a_sentence(workspace: Workspace) -> None:
    for name in ("商品" * 45 + ".csv", "p" * 160 + ".csv"):
        assert upload_source(workspace, keep_upload(workspace, [(name, b"x")])).suffix == ".csv"
    assert upload_source(workspace, keep_upload(workspace, [("Boot  1.jpg", b"x")])).name == "Boot  1.jpg"
    with pytest.raises(CatalogueError, match=r"two files are called 1.jpg: put them into a zip"):
        keep_upload(workspace, [("red/1.jpg", b"x"), ("blue/1.jpg", b"y")])


def test_of_what_could_not_be_kept_nothing_stays(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:1])
        if path.name == "b.jpg":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads, "write_whole", full)
    with pytest.raises(CatalogueError, match="could not be kept: No space left"):
        keep_upload(workspace, [("a.jpg", b"xx"), ("b.jpg", b"yy")])
    assert not list((workspace.folder / "uploads").iterdir())


def test_what_was_imported_is_thrown_away_and_no_other_source(workspace: Workspace, tmp_path: Path) -> None:
    token = keep_upload(workspace, [("a.csv", b"x")])
    elsewhere = tmp_path / token
    elsewhere.mkdir()
    drop_imported(workspace, str(elsewhere))
    drop_imported(workspace, str(workspace.folder / "uploads"))
    assert elsewhere.exists()
    source = upload_source(workspace, token)
    drop_imported(workspace, str(source))
    assert not source.parent.exists()


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
