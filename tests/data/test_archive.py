"""A zip is what its unpacked folder would be, and nothing in it harms."""

import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from looks_like.data.catalogue import open_catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import ImportReport, import_source, offered
from looks_like.data.sources import archive
from looks_like.data.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
File = Callable[[int], bytes]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


@pytest.fixture
def picture(draw_product: Callable[..., Any], file_bytes: Callable[..., bytes]) -> File:
    return lambda number: file_bytes(draw_product(number))


def take_in(workspace: Workspace, source: Path) -> ImportReport:
    return list(import_source(workspace, str(source)))[-1]


def refusals(workspace: Workspace, source: Path) -> dict[str, str]:
    listing = offered(workspace, str(source))
    listing.close()
    return {file: reason for _, _, file, reason in listing.refused}


def pack(path: Path, members: dict[str, bytes], **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def contents_of(workspace: Workspace) -> list[dict[str, Any]]:
    return list(open_catalogue(workspace).rows.to_pylist())


TABLE = b"sku,image,brand\n1,a.png,X\n2,Images\\B.PNG,Y\n3,gone.png,Z\n"


@pytest.mark.parametrize("wrapped", ["", "shop/"], ids=["bare", "in a folder"])
@pytest.mark.parametrize("with_table", [False, True], ids=["pictures", "a table"])
def test_the_zip_and_then_its_unpacked_folder_change_nothing(
    wrapped: str, with_table: bool, workspace: Workspace, tmp_path: Path, picture: File
) -> None:
    names = ["a.png", "images/b.png", "images/deep er/é.png", "images/日本.png"]
    members = {wrapped + name: picture(i) for i, name in enumerate(names)}
    if with_table:
        members[f"{wrapped}t.csv"] = TABLE
    pack(tmp_path / "x.zip", members | {f"{wrapped}readme.txt": b"hello", "__MACOSX/._a.png": b"x"})
    first = take_in(workspace, tmp_path / "x.zip")
    assert (first.added, first.refused) == ((2, 1) if with_table else (4, 0))
    before = contents_of(workspace)
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        file.extractall(tmp_path / "unpacked")
    again = take_in(workspace, tmp_path / "unpacked" / wrapped)
    assert (again.added, again.updated, again.unchanged) == (0, 0, first.added)
    assert take_in(workspace, tmp_path / "x.zip").unchanged == first.added
    assert contents_of(workspace) == before


def test_what_systems_put_into_zips_is_left_out_and_counted(
    workspace: Workspace, tmp_path: Path, picture: File
) -> None:
    hidden = ("__MACOSX/shop/._a.png", "shop/.DS_Store", "shop/._a.png", "shop/Thumbs.db", "__MACOSX/shop/b.png")
    pack(tmp_path / "x.zip", {"shop/a.png": picture(1)} | dict.fromkeys(hidden, b"x"))
    listing = offered(workspace, str(tmp_path / "x.zip"))
    listing.close()
    assert listing.product_ids == ["a"]
    assert listing.notes == ["4 hidden files and folders are left out"]


def test_no_member_gets_out_and_links_are_not_followed(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    out = ["../out.png", "/etc/out.png", "a/../../out.png", "..\\out.png", "C:\\out.png", "\\\\server\\share\\out.png"]
    pack(tmp_path / "x.zip", {"a.png": picture(1), "b/../c.png": picture(2)} | dict.fromkeys(out, picture(3)))
    with zipfile.ZipFile(tmp_path / "x.zip", "a") as file:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert take_in(workspace, tmp_path / "x.zip").added == 2
    assert open_catalogue(workspace).product_ids == ["a", "c"]
    found = refusals(workspace, tmp_path / "x.zip")
    assert found.pop("link.png") == "a link, which is not followed"
    assert len(found) == len(out)
    assert set(found.values()) == {"the path leaves the source's folder"}
    assert not list(tmp_path.rglob("out.png"))


def test_a_table_in_a_zip_leads_nowhere_else(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    (tmp_path / "secret.png").write_bytes(picture(5))
    rows = "".join(f"{i},{file}\n" for i, file in enumerate(["../secret.png", tmp_path / "secret.png", "a.png"]))
    pack(tmp_path / "x.zip", {"t.csv": f"id,image\n{rows}".encode(), "a.png": picture(1)})
    report = take_in(workspace, tmp_path / "x.zip")
    assert (report.added, report.refused) == (1, 2)


def test_archives_inside_are_not_opened(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "inner.zip", {"b.png": picture(2)})
    pack(tmp_path / "x.zip", {"a.png": picture(1), "inner.zip": (tmp_path / "inner.zip").read_bytes()})
    assert take_in(workspace, tmp_path / "x.zip").added == 1
    assert refusals(workspace, tmp_path / "x.zip") == {"inner.zip": "an archive inside the zip: unpack it first"}


def flagged(path: Path, members: list[str]) -> Path:
    """The same zip, of which these members say that they have a password."""
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        offsets = {info.filename: info.header_offset for info in file.infolist()}
        start = file.start_dir
    for name in members:
        content[offsets[name] + 6] |= 1
        at = content.find(name.encode(), start) - 46
        content[at + 8] |= 1
    path.write_bytes(content)
    return path


def test_a_password_is_a_sentence(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "x.zip", {"a.png": picture(1), "b.png": picture(2)})
    flagged(tmp_path / "x.zip", ["a.png"])
    assert take_in(workspace, tmp_path / "x.zip").added == 1
    assert "it has a password" in refusals(workspace, tmp_path / "x.zip")["a.png"]
    flagged(tmp_path / "x.zip", ["b.png"])
    with pytest.raises(CatalogueError, match=r"x\.zip: it has a password\. Unpack it"):
        take_in(workspace, tmp_path / "x.zip")


def test_a_bomb_is_refused_by_what_it_declares(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "x.zip", {"a.png": picture(1)} | {f"{i}.bmp": bytes(30_000_000) for i in range(40)})
    with pytest.raises(CatalogueError, match="a decompression bomb"):
        take_in(workspace, tmp_path / "x.zip")


def test_a_member_that_is_more_than_it_declares_is_damaged(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "x.zip", {"a.png": picture(1), "b.png": bytes(5_000_000)})
    content = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(content.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 100)))
    report = take_in(workspace, tmp_path / "x.zip")
    assert (report.added, report.refused) == (1, 1)


def test_members_that_lie_over_each_other_are_a_bomb(workspace: Workspace, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("0.bmp", os.urandom(100_000))
        for i in range(1, 20):
            again = zipfile.ZipInfo(f"{i}.bmp")
            first = file.infolist()[0]
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(again, name, getattr(first, name))
            file.filelist.append(again)
        file._didModify = True
    with pytest.raises(CatalogueError, match="a decompression bomb, or damaged"):
        take_in(workspace, tmp_path / "x.zip")


def test_too_many_members_are_refused(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: File
) -> None:
    pack(tmp_path / "x.zip", {f"{i}.png": picture(1) for i in range(30)})
    monkeypatch.setattr(archive, "MEMBERS_MAX", 20)
    for entry_bytes in (1, 1000):  # by the length of their list, and by their number
        monkeypatch.setattr(archive, "_ENTRY_BYTES", entry_bytes)
        with pytest.raises(CatalogueError, match="more than 20 files in this zip"):
            take_in(workspace, tmp_path / "x.zip")


@pytest.mark.parametrize("flag", [False, True], ids=["as Macs do, unsaid", "said"])
def test_names_in_utf_8_are_read(flag: bool, workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "x.zip", {"Blåbær.png": picture(1)})
    if not flag:
        content = bytearray((tmp_path / "x.zip").read_bytes())
        for at in (content.find(b"PK\3\4") + 7, content.find(b"PK\1\2") + 9):
            content[at] &= ~0x08
        (tmp_path / "x.zip").write_bytes(content)
    take_in(workspace, tmp_path / "x.zip")
    assert open_catalogue(workspace).product_ids == ["Blåbær"]


def test_names_in_cp437_are_read(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    pack(tmp_path / "x.zip", {"caf#.png": picture(1)})
    content = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(content.replace(b"caf#.png", b"caf\x82.png"))
    take_in(workspace, tmp_path / "x.zip")
    assert open_catalogue(workspace).product_ids == ["café"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_zip_that_is_cut_short_is_a_sentence(
    share: float, workspace: Workspace, tmp_path: Path, picture: File
) -> None:
    content = pack(tmp_path / "x.zip", {f"{i}.png": picture(i) for i in range(9)}).read_bytes()
    (tmp_path / "x.zip").write_bytes(content[: int(share * len(content))])
    with pytest.raises(CatalogueError, match="can't be read as a zip"):
        take_in(workspace, tmp_path / "x.zip")


def test_a_damaged_member_is_a_refused_row(workspace: Workspace, tmp_path: Path, picture: File) -> None:
    content = bytearray(pack(tmp_path / "x.zip", {f"{i}.png": picture(i) for i in range(9)}).read_bytes())
    content[100:110] = b"x" * 10
    (tmp_path / "x.zip").write_bytes(content)
    report = take_in(workspace, tmp_path / "x.zip")
    assert (report.added, report.refused) == (8, 1)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 40])
def test_what_is_no_zip_or_holds_nothing_is_a_sentence(content: bytes, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(CatalogueError, match=r"x\.zip: (can't be read as a zip|no pictures in this zip|more than)"):
        take_in(workspace, tmp_path / "x.zip")


def test_mistakes_of_a_table_name_the_zip_and_the_table(workspace: Workspace, tmp_path: Path) -> None:
    pack(tmp_path / "x.zip", {"t.csv": b"number,shot\n1,2\n"})
    with pytest.raises(CatalogueError, match=r"x\.zip: t\.csv: which column is the product_id"):
        take_in(workspace, tmp_path / "x.zip")
    pack(tmp_path / "x.zip", {"t.csv": TABLE, "u.csv": TABLE})
    with pytest.raises(CatalogueError, match=r"x\.zip: there are several tables in it \(t\.csv, u\.csv\)"):
        take_in(workspace, tmp_path / "x.zip")


HOLD = """
import sys, time
from looks_like.data.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "table.csv").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_nothing_stays_in_the_temporary_folder_not_even_after_a_kill(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: File
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    pack(tmp_path / "x.zip", {"t.csv": TABLE, "a.png": picture(1)})
    running = [
        subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    lives, dies = (Path(process.stdout.readline().strip()) for process in running if process.stdout)
    try:
        running[1].send_signal(signal.SIGKILL)
        running[1].wait()
        assert dies.exists()
        assert take_in(workspace, tmp_path / "x.zip").added == 1
        assert list((tmp_path / "tmp").iterdir()) == [lives]
    finally:
        for process in running:
            process.kill()
            process.communicate()
    shutil.rmtree(lives)


def test_a_table_finds_its_pictures_in_zips_beside_it_under_whatever_folders(
    workspace: Workspace, tmp_path: Path, picture: File
) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "t.csv").write_text(
        "sku,image\n1,pictures/a.png\n2,C:\\me\\b.png\n3,b.png\n4,pictures/c.png\n5,twice.png\n6,gone.png\n7,../a.png\n"
    )
    (folder / "b.png").write_bytes(picture(1))
    pack(
        folder / "x.zip", {"pictures/a.png": picture(0), "pictures/B.PNG": picture(2), "pictures/twice.png": picture(4)}
    )
    pack(folder / "y.zip", {"deep/er/c.png": picture(3), "one/twice.png": picture(4), "two/twice.png": picture(5)})
    report = take_in(workspace, folder)
    assert open_catalogue(workspace).product_ids == ["1", "3", "4", "5"]
    assert report.refused == 3
    assert take_in(workspace, folder).unchanged == 4
    assert open_catalogue(workspace).pictures([1])[0] != open_catalogue(workspace).pictures([0])[0]
