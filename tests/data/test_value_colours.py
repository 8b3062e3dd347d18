"""Colours that people give to values: kept, taken back, and a stranger's file read for what is sound in it."""

import json
import shutil
from pathlib import Path

import pytest

from looks_like.data.errors import CatalogueError
from looks_like.data.value_colours import FILE, colours_stamp, read_colours, set_colour
from looks_like.data.workspace import Workspace
from looks_like.explorer.core import MapContext
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.maps import color_by


def test_a_colour_is_kept_changed_and_taken_back(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert (read_colours(tmp_path), colours_stamp(tmp_path)) == ({}, (0, 0))
    set_colour(workspace, "brand", "Alder", "#102030")
    set_colour(workspace, "brand", "Birch", "#ffffff")
    set_colour(workspace, "brand", "Alder", "#112233")
    set_colour(workspace, "form", "<b>", "#000000")
    assert read_colours(tmp_path) == {"brand": {"Alder": "#112233", "Birch": "#ffffff"}, "form": {"<b>": "#000000"}}
    set_colour(workspace, "brand", "Birch", "")
    set_colour(workspace, "form", "", "")
    assert read_colours(tmp_path) == {"brand": {"Alder": "#112233"}}


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#GGGGGG", "url(x)", "#FFFFFF"])
def test_what_is_no_colour_is_refused(tmp_path: Path, colour: str) -> None:
    with pytest.raises(CatalogueError, match="a colour is written as #0072b2"):
        set_colour(Workspace(tmp_path), "brand", "Alder", colour)
    with pytest.raises(CatalogueError, match="too long"):
        set_colour(Workspace(tmp_path), "brand", "A" * 401, "#102030")


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, "[1]", '{"brand": 3}', '{"brand": {"Alder": "red", "x": 1}}'])
def test_of_a_strangers_file_only_colours_are_taken(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_colours(tmp_path) == {}
    (tmp_path / FILE).write_text(json.dumps({"brand": {"Alder": "#102030", "Birch": "javascript:"}}))
    assert read_colours(tmp_path) == {"brand": {"Alder": "#102030"}}


def test_so_many_colours_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"brand": {str(n): "#102030" for n in range(200)}}))
    with pytest.raises(CatalogueError, match="so many colours"):
        set_colour(Workspace(tmp_path), "brand", "one more", "#102030")
    assert len(read_colours(tmp_path)["brand"]) == 200


def test_a_map_shows_a_value_in_its_own_colour_and_others_as_before(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "own")
    own = Lab(tmp_path / "own")
    before = color_by.colouring(own, "brand", MapContext(""))
    color_by.set_colour(own, "brand", "Birch", "#102030")
    after = color_by.colouring(own, "brand", MapContext(""))
    assert [entry.colour for entry in after.legend if entry.label == "Birch"] == ["#102030"]
    changed = [i for i, pair in enumerate(zip(before.palette, after.palette, strict=True)) if len(set(pair)) == 2]
    assert changed == [entry.index for entry in after.legend if entry.label == "Birch"]
    assert (before.own, after.own) == (False, True)
    assert (before.index_n == after.index_n).all()
    color_by.set_colour(own, "brand", "", "")
    assert color_by.colouring(own, "brand", MapContext("")).palette == before.palette
    with pytest.raises(RequestError, match="no attribute 'nothing'"):
        color_by.set_colour(own, "nothing", "Birch", "#102030")
