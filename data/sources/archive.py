"""A zip: as the folder that it holds, a table with its pictures or pictures alone. Members are read when asked for;
nothing is unpacked but the table, for a moment.
"""

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from looks_like.data.decoding import ENDINGS
from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.inside import FILE_BYTES_MAX, MissingError, folded, is_hidden, parts_of, spelled_as
from looks_like.data.pictures import Picture
from looks_like.data.scratch import scratch_folder
from looks_like.data.sheets import ENDINGS as SHEET_ENDINGS
from looks_like.data.sources import Columns, Listing
from looks_like.data.sources.folder import is_picture, noting, of_pictures, only_table

SENTENCE = "a zip of what such a folder holds: .zip"
MEMBERS_MAX = 1_000_000
_ENTRY_BYTES = 150  # of the list of members, for each
_PACKED_TIMES = 200  # pictures and tables are never as much smaller
_SMALL_BYTES = 1_000_000_000  # what may be unpacked of any archive
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")
_UTF8, _ENCRYPTED = 0x800, 0x1  # flags of a member
_TROUBLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError, struct.error)


def accepts(address: str) -> bool:
    return Path(address).is_file() and address.lower().endswith(".zip")


def read(address: str, columns: Columns) -> Listing:
    """CatalogueError for what is no zip, has a password or would fill the machine."""
    members = _Members(address)
    try:
        listing = _listing(address, members, columns)
    except BaseException:
        members.close()
        raise
    refused = [("the zip", "", name, reason) for name, reason in members.refused]
    listing = replace(listing, refused=[*listing.refused, *refused], close=members.close)
    return noting(listing, members.left_out)


def _listing(address: str, members: "_Members", columns: Columns) -> Listing:
    tables = [name for name in members.names if "/" not in name and name.lower().endswith(tuple(SHEET_ENDINGS))]
    if named := only_table(address, tables):
        return _of_table(address, members, named, columns)
    pictures = sorted(name for name in members.names if is_picture(name))
    if not pictures:
        raise CatalogueError(f"{address}: no pictures in this zip (looked for {', '.join(sorted(ENDINGS))})")
    return of_pictures(pictures, lambda i: members.read(pictures[i]))


def _of_table(address: str, members: "_Members", named: str, columns: Columns) -> Listing:
    from looks_like.data.sources import table

    with scratch_folder() as folder:
        path = folder / f"table{Path(named).suffix}"  # a stranger's name makes no path
        try:
            path.write_bytes(members.read(named))
            listing = table.read(str(path), columns)
        except (CatalogueError, PictureError) as reason:
            raise CatalogueError(f"{address}: {named}: {str(reason).removeprefix(f'{path}: ')}") from None

    def picture(i: int) -> bytes:
        if not listing.files[i]:
            raise PictureError("no picture is named")
        return members.read(listing.files[i], f"images/{listing.files[i]}")

    return replace(listing, picture=picture)


def with_zips(listing: Listing, addresses: Sequence[str]) -> Listing:
    """The listing of a table whose pictures may lie in zips beside it, under whatever folders."""
    zips = list[_Members]()
    try:
        zips.extend(map(_Members, addresses))
    except BaseException:
        _close_all(zips)
        raise

    def picture(i: int) -> bytes | Picture:
        try:
            return listing.picture(i)
        except MissingError:
            for members in zips:
                with suppress(MissingError):
                    return members.read_anywhere(listing.files[i])
            raise

    refused = [("a zip", "", name, reason) for members in zips for name, reason in members.refused]
    noted = noting(listing, sum(members.left_out for members in zips))
    return replace(noted, picture=picture, refused=[*listing.refused, *refused], close=lambda: _close_all(zips))


def _close_all(zips: Iterable["_Members"]) -> None:
    for members in zips:
        members.close()


class _Members:
    """The files of a zip by their paths, without the folder that all lie in."""

    def __init__(self, address: str) -> None:
        self.left_out, self.refused = 0, list[tuple[str, str]]()
        self._zip = _opened(address)
        try:
            found = self._honest()
            _refuse_bomb(address, list(found.values()))
        except BaseException:
            self._zip.close()
            raise
        tops = {parts[0] for parts in found}
        within = 1 if len(tops) == 1 and all(len(parts) > 1 for parts in found) else 0
        self._by_name = {"/".join(parts[within:]): info for parts, info in found.items()}
        self.names = list(self._by_name)
        self._spellings: dict[str, list[str]] = {}
        for name in self.names:
            self._spellings.setdefault(folded(name), []).append(name)

    def close(self) -> None:
        self._zip.close()

    def read(self, *files: str) -> bytes:
        """As `read_inside` of the unpacked folder: the first of these that is there."""
        missing: list[MissingError] = []
        for file in files:
            try:
                return self._content(self._found(file))
            except MissingError as reason:
                missing.append(reason)
        raise missing[0]

    def read_anywhere(self, file: str) -> bytes:
        """The file of that path, else the only one of its name, in whatever folder. MissingError, PictureError."""
        try:
            return self.read(file)
        except MissingError:
            last = (parts_of(file) or ("",))[-1]
            alike = self._by_last.get(folded(last), ())
            if len(alike) > 1:
                raise PictureError(f"{len(alike)} files in the zip have this name: write its folder too") from None
            if not alike:
                raise
            return self._content(self._by_name[alike[0]])

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """By the last part of its path, folded, every name."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(folded(name.rpartition("/")[2]), []).append(name)
        return found

    def _found(self, file: str) -> zipfile.ZipInfo:
        if file in self._by_name:
            return self._by_name[file]
        name = "/".join(parts_of(file))
        return self._by_name[spelled_as(name, self._spellings.get(folded(name), ()))]

    def _content(self, info: zipfile.ZipInfo) -> bytes:
        if info.file_size > FILE_BYTES_MAX:
            raise PictureError(f"larger than {FILE_BYTES_MAX // 1_000_000} MB")
        try:
            with self._zip.open(info) as file:
                return file.read(FILE_BYTES_MAX)  # never more than it declares: then its checksum is wrong
        except (*_TROUBLE, NotImplementedError) as reason:
            raise PictureError(f"this part of the zip is damaged ({str(reason)[:100]})") from None

    def _honest(self) -> dict[tuple[str, ...], zipfile.ZipInfo]:
        """The files that may be read; of the others it is kept why not."""
        found: dict[tuple[str, ...], zipfile.ZipInfo] = {}
        hidden: set[tuple[str, ...]] = set()
        for info in self._zip.infolist():
            name = _name(info)
            try:
                parts = parts_of(name)
                if at := next((i for i, part in enumerate(parts, 1) if is_hidden(part)), 0):
                    hidden.add(parts[:at])
                elif parts and not info.is_dir() and not name.endswith(("/", "\\")):
                    _check(info, name)
                    found[parts] = info  # of two with one name the later one, as unpacking does
            except PictureError as reason:
                self.refused.append((name, str(reason)))
        self.left_out = len(hidden)
        if not found and any(info.flag_bits & _ENCRYPTED for info in self._zip.infolist()):
            raise CatalogueError(f"{self._zip.filename}: it has a password. Unpack it, and import the folder")
        return found


def _opened(address: str) -> zipfile.ZipFile:
    """CatalogueError for what is no zip."""
    try:
        _refuse_long_list(address)
        return zipfile.ZipFile(address)
    except (*_TROUBLE, NotImplementedError) as reason:
        if isinstance(reason, CatalogueError):
            raise
        raise CatalogueError(
            f"{address}: can't be read as a zip ({str(reason)[:100]}). Fetch or pack it again"
        ) from None


def _refuse_long_list(address: str) -> None:
    """Before the list of members is read, which takes more memory than it is long."""
    with open(address, "rb") as file:
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - 66_000))
        tail = file.read()
    at, bytes_of_list = tail.rfind(b"PK\5\6"), 0
    if at >= 0 and len(tail) >= at + 16:
        bytes_of_list = struct.unpack_from("<I", tail, at + 12)[0]
    wide = tail.rfind(b"PK\6\6")
    if bytes_of_list == 0xFFFFFFFF and wide >= 0 and len(tail) >= wide + 48:
        bytes_of_list = struct.unpack_from("<Q", tail, wide + 40)[0]
    if bytes_of_list > MEMBERS_MAX * _ENTRY_BYTES:
        raise CatalogueError(
            f"{address}: more than {MEMBERS_MAX:,} files in this zip. Unpack it, and import the folder"
        )


def _refuse_bomb(address: str, members: list[zipfile.ZipInfo]) -> None:
    size, packed = Path(address).stat().st_size, sum(info.compress_size for info in members)
    unpacked = sum(info.file_size for info in members)
    if len(members) > MEMBERS_MAX:
        raise CatalogueError(
            f"{address}: more than {MEMBERS_MAX:,} files in this zip. Unpack it, and import the folder"
        )
    if packed > size or unpacked > max(_SMALL_BYTES, _PACKED_TIMES * size):
        raise CatalogueError(
            f"{address}: {size:,} bytes that say they are {unpacked:,}: a decompression bomb, or damaged"
        )


def _check(info: zipfile.ZipInfo, name: str) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise PictureError("a link, which is not followed")
    if name.lower().endswith(_ARCHIVES):
        raise PictureError("an archive inside the zip: unpack it first")
    if info.flag_bits & _ENCRYPTED:
        raise PictureError("it has a password: unpack it first")


def _name(info: zipfile.ZipInfo) -> str:
    """Macs write UTF-8 and do not say so."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename
