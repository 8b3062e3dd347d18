"""Saved views: the newest of a name counts, what is taken away is gone, and two writers lose nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.views import FILTERS, drop_view, list_views, rename_view, save_view
from looks_like.data.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent.parent
WRITER = """
import sys
from looks_like.data.views import save_view
from looks_like.data.workspace import Workspace
for number in range(12):
    save_view(Workspace(sys.argv[1]), f"{sys.argv[2]} {number}", "map", "model=tiny", sys.argv[2])
"""


def test_a_view_is_kept_replaced_and_taken_away(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert list_views(workspace) == []
    assert save_view(workspace, "  Red   boots ", "map", "filter=a", "Ann") == "Red boots"
    save_view(workspace, "blue", "map", "filter=b", "Ben")
    save_view(workspace, "Red boots", "similar", "filter=c", "Ben")
    assert [(view.name, view.page, view.link, view.who) for view in list_views(Workspace(tmp_path))] == [
        ("blue", "map", "filter=b", "Ben"),
        ("Red boots", "similar", "filter=c", "Ben"),
    ]
    drop_view(workspace, "blue", "Ann")
    assert [view.name for view in list_views(workspace)] == ["Red boots"]
    with pytest.raises(CatalogueError, match="there is no view 'blue'"):
        drop_view(workspace, "blue", "Ann")


def test_a_filter_is_kept_beside_a_view_of_its_name_and_renamed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    save_view(workspace, "boots", "map", "filter=a", "Ann")
    save_view(workspace, "boots", "filter", "[1]", "Ann", FILTERS)
    save_view(workspace, "shoes", "filter", "[2]", "Ann", FILTERS)
    assert rename_view(workspace, "boots", " Black  boots ", "Ben", FILTERS) == "Black boots"
    assert rename_view(workspace, "shoes", "shoes", "Ben", FILTERS) == "shoes"
    assert [(one.name, one.link, one.who) for one in list_views(workspace, FILTERS)] == [
        ("Black boots", "[1]", "Ann"),
        ("shoes", "[2]", "Ann"),
    ]
    assert [view.name for view in list_views(workspace)] == ["boots"]
    with pytest.raises(CatalogueError, match="there is a filter 'shoes' already"):
        rename_view(workspace, "Black boots", "shoes", "Ben", FILTERS)
    with pytest.raises(CatalogueError, match="there is no filter 'boots'"):
        rename_view(workspace, "boots", "b", "Ben", FILTERS)
    with pytest.raises(CatalogueError, match="a filter's name has 1 to 60"):
        save_view(workspace, " ", "filter", "[1]", "Ann", FILTERS)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "\u202eevil"])
def test_a_name_that_nobody_can_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="a view's name has 1 to 60 characters"):
        save_view(Workspace(tmp_path), name, "map", "", "Ann")
    with pytest.raises(CatalogueError, match="too long"):
        save_view(Workspace(tmp_path), "long", "map", "x" * 16_001, "Ann")


def test_two_who_save_at_once_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, who], cwd=ROOT) for who in ("ann", "ben")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert len(list_views(Workspace(tmp_path))) == 24
