"""What an import would take in, small enough to look at: how each column is read, the first pictures, what is wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from looks_like.data.errors import PictureError
from looks_like.data.pictures import Picture, square_picture
from looks_like.data.sources import Listing

SHOWN_EDGE_PX = 128


@dataclass(frozen=True)
class ColumnPreview:
    """A column as it will go in."""

    column: str
    kind: str
    unit: str
    missing: int
    examples: tuple[str, ...]  # cells as they were written
    notes: tuple[str, ...]  # what is done to cells, and why it stays text


@dataclass(frozen=True)
class PicturePreview:
    """A product's picture, or why it will be refused."""

    product_id: str
    name: str
    content: bytes  # JPEG or PNG; b"" where it can't be read
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    rows: int
    ours: Mapping[str, str]  # which column is the id, picture, name, tags; "" = none
    headers: tuple[str, ...]  # of the table, in its order
    columns: tuple[ColumnPreview, ...]
    notes: tuple[str, ...]  # what was done to the source as a whole
    refused: tuple[tuple[str, str], ...]  # (where, why) of what is no row at all
    pictures: tuple[PicturePreview, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For JSON; without pictures."""
        said = asdict(self)
        del said["pictures"], said["headers"]
        return said | {"refused": [{"where": where, "reason": reason} for where, reason in self.refused]}


def preview_of(listing: Listing, pictures: int = 0) -> Preview:
    """Of a listing that is still open; with the first so many pictures."""
    count = len(listing.product_ids)
    columns = tuple(
        ColumnPreview(each.header, each.kind, each.unit, each.missing, each.examples, each.notes)
        for each in listing.readings
    )
    return Preview(
        count,
        dict(listing.ours),
        tuple(listing.headers),
        columns,
        tuple(listing.notes),
        tuple((where, reason) for where, _, _, reason in listing.refused),
        tuple(_picture(listing, i) for i in range(min(pictures, count))),
    )


def _picture(listing: Listing, i: int) -> PicturePreview:
    product_id, name = listing.product_ids[i], listing.names[i]
    try:
        found = listing.picture(i)
        picture = found if isinstance(found, Picture) else square_picture(found, SHOWN_EDGE_PX)
        return PicturePreview(product_id, name, picture.content)
    except PictureError as reason:
        return PicturePreview(product_id, name, b"", str(reason))
