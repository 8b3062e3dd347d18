"""Colours that people gave to values of attributes, in one small file beside the tables that is whole or not there.

colours.json    {"brand": {"Alder": "#0072b2", …}, …}
"""

import json
import re
from pathlib import Path

from looks_like.atomic import write_whole
from looks_like.data.errors import CatalogueError
from looks_like.data.workspace import Workspace

FILE = "colours.json"
_ATTRIBUTES_MAX, _VALUES_MAX, _TEXT_MAX, _BYTES_MAX = 200, 200, 400, 4_000_000
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)

ValueColours = dict[str, dict[str, str]]  # attribute -> value, as legends say it -> "#rrggbb"


def colours_stamp(folder: Path) -> tuple[int, int]:
    """Changes with every change of the file; (0, 0) while there is none."""
    try:
        said = (folder / FILE).stat()
    except OSError:
        return 0, 0
    return said.st_mtime_ns, said.st_size


def read_colours(folder: Path) -> ValueColours:
    """What can be understood of a workspace's file: a stranger's may say anything."""
    try:
        if (folder / FILE).stat().st_size > _BYTES_MAX:
            return {}
        said = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {name: good for name, values in said.items() if isinstance(values, dict) and (good := _good(values))}


def set_colour(workspace: Workspace, attribute: str, value: str, colour: str) -> None:
    """Gives a value its colour; "" as the colour takes it back, and "" as the value too: of all values.

    CatalogueError for what is no colour, and for too many or too long names.
    """
    if colour and not _COLOUR.fullmatch(colour):
        raise CatalogueError(f"a colour is written as #0072b2, got {colour[:20]!r}")
    if len(attribute) > _TEXT_MAX or len(value) > _TEXT_MAX:
        raise CatalogueError("this value is too long to be given a colour")
    with workspace.edit_lock("colours"):
        said = read_colours(workspace.folder)
        values = said.setdefault(attribute, {})
        if colour:
            values[value] = colour
        elif value:
            values.pop(value, None)
        else:
            values.clear()
        said = {name: kept for name, kept in said.items() if kept}
        if len(said) > _ATTRIBUTES_MAX or len(values) > _VALUES_MAX:
            raise CatalogueError("so many colours can't be kept: take some back first")
        write_whole(workspace.folder / FILE, json.dumps(said, ensure_ascii=False).encode())


def _good(values: dict[object, object]) -> dict[str, str]:
    return {
        value: colour
        for value, colour in values.items()
        if isinstance(value, str) and isinstance(colour, str) and _COLOUR.fullmatch(colour)
    }
