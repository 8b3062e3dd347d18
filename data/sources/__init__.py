"""Where products come from. One file, one source; dropping a file in here is all.

A source is a module with `SENTENCE`, `accepts(address) -> bool` and `read(address, columns) -> Listing`.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

import pyarrow as pa

from looks_like.data.errors import CatalogueError
from looks_like.data.inside import read_inside
from looks_like.data.pictures import Picture
from looks_like.data.sheets import Reading

__all__ = ["Columns", "Listing", "Source", "read", "read_inside", "sentences", "sources"]


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are what; None = found by their usual names."""

    product_id: str | None = None
    image: str | None = None
    name: str | None = None
    tags: str | None = None  # given as tags; "" = none is
    kinds: Mapping[str, str] = field(default_factory=dict)  # of columns, as somebody chose: {"zip": "text"}
    sheet: str = ""  # of a workbook; the first that holds anything unless said
    images: str = ""  # a folder that pictures are looked for in, absolute paths too; beside the table unless said
    known: Mapping[str, str] = field(default_factory=dict)  # kinds that attributes of the catalogue have already
    known_products: bool = False  # whether there are products: those need no picture again


@dataclass(frozen=True)
class Listing:
    """What a source offers, column by column: row i is one product."""

    where: list[str]  # for people: "row 17"
    product_ids: list[str]
    names: list[str]
    files: list[str]  # as the source writes them
    attributes: pa.Table
    picture: Callable[[int], bytes | Picture]  # the bytes of row i's file, or a square of our own making; PictureError
    refused: list[tuple[str, str, str, str]] = field(default_factory=list)  # (where, id, file, reason) already known
    fingerprint: Callable[[int], bytes] | None = None  # stands for row i's bytes where making them costs more
    close: Callable[[], None] = lambda: None  # called when all is read
    readings: list[Reading] = field(default_factory=list)  # the attributes of a table, and how they were understood
    notes: list[str] = field(default_factory=list)  # what was done to the source as a whole
    tags: list[list[str]] | None = None  # of each row; None where the source speaks of none
    headers: list[str] = field(default_factory=list)  # of a table, all of them
    ours: Mapping[str, str] = field(default_factory=dict)  # which column is the id, picture, name, tags


class Source(Protocol):
    SENTENCE: str  # what it takes, for people

    def accepts(self, address: str) -> bool: ...

    def read(self, address: str, columns: Columns) -> Listing: ...


def sources() -> list[Source]:
    """All of them, by their files' names."""
    return [cast(Source, importlib.import_module(f"{__name__}.{m.name}")) for m in pkgutil.iter_modules(__path__)]


def sentences() -> list[str]:
    """What each source takes."""
    return [source.SENTENCE for source in sources()]


def read(address: str, columns: Columns) -> Listing:
    """The listing of a source. CatalogueError when nothing here can read it."""
    for source in sources():
        if source.accepts(address):
            return source.read(address, columns)
    if not Path(address).exists():
        raise CatalogueError(f"{address}: there is no such file or folder")
    raise CatalogueError(f"{address}: can't be imported; these can: {'; '.join(sentences())}")
