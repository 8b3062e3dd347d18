"""Files are found under their root however their names were written, and never outside it."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from looks_like.data.catalogue import open_catalogue
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.importing import ImportReport, import_source, offered
from looks_like.data.inside import read_inside
from looks_like.data.workspace import Workspace

NFC, NFD = "Blåbær-é.jpg", unicodedata.normalize("NFD", "Blåbær-é.jpg")


def take_in(tmp_path: Path, source: Path) -> ImportReport:
    return list(import_source(Workspace(tmp_path / "w"), str(source)))[-1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "Pictures").mkdir(parents=True)
    (tmp_path / "outside.jpg").write_bytes(b"outside")
    return tmp_path / "root"


WRITTEN: dict[str, tuple[str, str]] = {
    "as it is": ("Pictures/n01.jpg", "Pictures/n01.jpg"),
    "NFC for NFD": (f"Pictures/{NFD}", f"Pictures/{NFC}"),
    "NFD for NFC": (f"Pictures/{NFC}", f"Pictures/{NFD}"),
    "a folder too": (f"{NFD}/a.jpg", f"{NFC}/a.jpg"),
    "on Windows": ("Pictures/n01.jpg", "Pictures\\n01.jpg"),
    "on Windows, from here": ("Pictures/n01.jpg", ".\\Pictures\\n01.jpg"),
    "in another case": ("Pictures/n01.jpg", "pictures/N01.JPG"),
    "all of it": (f"Pictures/{NFD}", f"pictures\\{NFC.upper()}"),
    "both separators": ("Pictures/x/n01.jpg", "Pictures\\x/n01.jpg"),
    "dots inside": ("Pictures/n01.jpg", "pictures\\x\\..\\n01.jpg"),
    "a name with a backslash": ("a\\b.jpg", "a\\b.jpg"),
    "a name with a colon": ("c:x.jpg", "C:X.jpg"),
}


@pytest.mark.parametrize(("on_disk", "written"), WRITTEN.values(), ids=WRITTEN.keys())
def test_a_name_is_found_however_it_was_written(on_disk: str, written: str, root: Path) -> None:
    (root / on_disk).parent.mkdir(parents=True, exist_ok=True)
    (root / on_disk).write_bytes(b"here")
    assert read_inside(root, written) == b"here"


def test_the_very_name_comes_before_one_that_is_alike(root: Path) -> None:
    for name in ("A.jpg", "a.jpg", NFC, NFD):
        (root / name).write_bytes(name.encode())
    for name in ("A.jpg", "a.jpg", NFC, NFD):
        assert read_inside(root, name) == name.encode()


def test_which_of_two_in_another_case_is_meant_is_not_guessed(root: Path) -> None:
    for name in ("One.jpg", "one.jpg"):
        (root / name).write_bytes(b"x")
    with pytest.raises(PictureError, match="2 files have this name but for upper and lower case"):
        read_inside(root, "ONE.jpg")


@pytest.mark.parametrize(
    "written",
    [
        *("../outside.jpg", "..\\outside.jpg", "Pictures\\..\\..\\outside.jpg", "..\\OUTSIDE.JPG", "\\outside.jpg"),
        *("C:\\outside.jpg", "\\\\server\\share\\outside.jpg", "link\\outside.jpg", "LINK/OUTSIDE.jpg"),
        "../gone.jpg",
    ],
)
def test_no_way_of_writing_leads_out(written: str, root: Path) -> None:
    (root / "link").symlink_to(root.parent, target_is_directory=True)
    with pytest.raises(PictureError, match="the path leaves the source's folder"):
        read_inside(root, written)


def test_a_file_that_came_later_is_found_too(root: Path) -> None:
    with pytest.raises(PictureError, match="there is no such file"):
        read_inside(root, "pictures/late.jpg")
    (root / "Pictures" / "Late.jpg").write_bytes(b"late")
    assert read_inside(root, "pictures/late.jpg") == b"late"


def circles(folder: Path) -> None:
    (folder / "self.png").symlink_to(folder / "self.png")
    (folder / "x.png").symlink_to(folder / "y.png")
    (folder / "y.png").symlink_to(folder / "x.png")
    (folder / "round").symlink_to(folder, target_is_directory=True)


@pytest.mark.parametrize("as_table", [False, True])
def test_a_link_in_a_circle_is_a_refused_row(
    as_table: bool, tmp_path: Path, root: Path, draw_product: Callable[..., Any], write_table: Callable[..., Path]
) -> None:
    draw_product(1).save(root / "a.png")
    circles(root)
    if as_table:
        rows = [["1", "a.png"], ["2", "self.png"], ["3", "x.png"], ["4", "self.png/b.png"], ["5", "round/round/a.png"]]
        write_table(root / "t.csv", ["id", "image"], rows)
    report = take_in(tmp_path, root)
    assert (report.added, report.refused) == ((2, 3) if as_table else (1, 3))


def test_hidden_files_are_no_products_and_are_counted(
    tmp_path: Path, root: Path, draw_product: Callable[..., Any]
) -> None:
    for name in ("a.png", ".a.png", "._a.png", ".git/b.png", ".git/c/d.png", "__MACOSX/e.png", "Pictures/@eaDir/f.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        draw_product(len(name)).save(root / name)
    (root / "Thumbs.db").write_bytes(b"x")
    listing = offered(Workspace(tmp_path / "w"), str(root))
    assert listing.product_ids == ["a"]
    assert listing.notes == ["6 hidden files and folders are left out"]


def test_a_folder_with_one_table_is_that_table(
    tmp_path: Path, root: Path, draw_product: Callable[..., Any], write_table: Callable[..., Path]
) -> None:
    for name in ("a.png", "b.png", "c.png"):
        draw_product(ord(name[0])).save(root / "Pictures" / name)
    table = write_table(root / "t.csv", ["id", "image", "brand"], [["1", "Pictures\\A.png", "X"], ["2", "b.png", "Y"]])
    (root / "Pictures").rename(root / "images")
    table.write_text(table.read_text().replace("Pictures", "images"))
    assert take_in(tmp_path, root).added == 2
    assert open_catalogue(Workspace(tmp_path / "w")).values(0) == {"brand": "X"}
    assert take_in(tmp_path, table).unchanged == 2
    write_table(root / ".hidden.csv", ["id"], [])
    write_table(root / "images" / "deeper.csv", ["id"], [])
    assert take_in(tmp_path, root).unchanged == 2
    write_table(root / "u.csv", ["id"], [])
    with pytest.raises(CatalogueError, match=r"several tables in it \(t.csv, u.csv\)"):
        take_in(tmp_path, root)
