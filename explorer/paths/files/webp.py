"""Frames as an animated WebP."""

from html import escape
from typing import BinaryIO

from PIL import Image

from looks_like.explorer.paths.files.frames import Frames


class _Reel(Image.Image):
    """The frames as Pillow reads an animation, one at a time; as a list it would take all of them at once."""

    def __init__(self, made: Frames) -> None:
        super().__init__()
        self._frames, self.n_frames = made, len(made)
        first = made[0]
        self._mode, self._size, self.im = first.mode, first.size, first.im

    def seek(self, frame: int) -> None:
        self.im = self._frames[frame].im


def write_webp(made: Frames, out: BinaryIO) -> None:
    options = {"save_all": True, "duration": made.durations_ms, "loop": 0, "quality": 80, "method": 0}
    _Reel(made).save(out, "WEBP", xmp=_titled(made.title), **options)


def _titled(title: str) -> bytes:
    """An XMP packet (ISO 16684-1) that says what the picture shows."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(title)}</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
