"""Which colours products have, as their pictures show them: read once of each picture, in a job, and kept beside the
pixels, where the file can be deleted at any time.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save

from looks_like.atomic import own_file, write_whole
from looks_like.data.pixels import cached_pixels, pixel_reader
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.networks import COLOUR_WORDS, COLOURS_PX, colour_shares, colour_table, words_of_colours

_FILE = "picture-colours.safetensors"
_CHUNK, _BYTES_MAX = 512, 1_000_000_000
# of a product, from which on it is called so: shadows and seams have no hue, so of colours without one it takes more
_SHARE, _SHARE_GREY = 0.3, 0.5
_WITHOUT_HUE = ("black", "white", "grey", "silver", "brown")
# as people say them -> our word; two words stand here with a hyphen
_OTHER_WORDS = {
    "gray": "grey", "violet": "purple", "sky": "light-blue", "wine": "burgundy", "bordeaux": "burgundy",
    "sand": "beige", "ivory": "cream", "charcoal": "grey", "camel": "tan", "golden": "gold",
    "schwarz": "black", "weiss": "white", "grau": "grey", "rot": "red", "blau": "blue", "grun": "green",
    "gruen": "green", "gelb": "yellow", "braun": "brown", "rosa": "pink", "lila": "purple", "turkis": "turquoise",
    "tuerkis": "turquoise", "hellblau": "light-blue", "dunkelblau": "navy", "marine": "navy", "silber": "silver",
    "creme": "cream", "weinrot": "burgundy", "oliv": "olive",
}  # fmt: skip
_ENDINGS = ("es", "er", "en", "em", "e", "s")  # as German bends them, and the blacks and whites of English


@dataclass(frozen=True)
class PictureColours:
    """Of each product of a catalogue."""

    share_nc: np.ndarray  # uint8 (N, C), of 255; 0 where the picture was not looked at
    known_n: np.ndarray  # bool (N,)

    def share(self, word: str) -> np.ndarray:
        """float32 (N,): how much of each product is of a colour. RequestError for a word that is none."""
        if word not in COLOUR_WORDS:
            raise RequestError(
                f"{word[:40]!r} is no colour that is read in pictures; there are: {', '.join(COLOUR_WORDS)}"
            )
        of_c = words_of_colours()[COLOUR_WORDS.index(word)]
        return np.asarray(self.share_nc[:, of_c].sum(1, dtype=np.float32) / 255)

    def mask(self, word: str) -> np.ndarray:
        """bool (N,): which products are called so."""
        return np.asarray(self.share(word) >= (_SHARE_GREY if word in _WITHOUT_HUE else _SHARE))


def colour_word(*words: str) -> str:
    """The colour that one or two folded words say, in English or German; "" where they say none."""
    said = "-".join(words)
    for ending in ("", *_ENDINGS):
        stem = said.removesuffix(ending)
        found = _OTHER_WORDS.get(stem, stem)
        if found in COLOUR_WORDS:
            return found
    return ""


def picture_colours(lab: Lab) -> PictureColours | None:
    """Those that were read before; None where nobody did yet."""
    path, catalogue = _path(lab), lab.catalogue()
    key = ("picture colours", catalogue.version, colours_stamp(lab))

    def make() -> PictureColours | None:
        kept = _kept(path)
        if kept is None:
            return None
        found = pc.index_in(_as_arrow(_digests(catalogue.sha256)), value_set=_as_arrow(kept[0]))
        at_n = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        share_nc = np.zeros((len(catalogue), kept[1].shape[1]), np.uint8)
        share_nc[at_n >= 0] = kept[1][at_n[at_n >= 0]]
        return PictureColours(share_nc, at_n >= 0)

    return lab.cache.get_or_make(key, make, max_size=2)


def require_picture_colours(lab: Lab) -> PictureColours:
    """RequestError where they were not read yet."""
    found = picture_colours(lab)
    if found is None:
        raise RequestError("the colours of the pictures were not read yet: looks-like colours")
    return found


def colours_stamp(lab: Lab) -> tuple[int, int]:
    """Changes when more were read."""
    try:
        said = _path(lab).stat()
    except OSError:
        return 0, 0
    return said.st_mtime_ns, said.st_size


def unread_colours(lab: Lab) -> np.ndarray:
    """int64: rows of products whose pictures were not looked at."""
    found, there = picture_colours(lab), lab.catalogue().there
    return there if found is None else there[~found.known_n[there]]


def read_colours(lab: Lab) -> Iterator[tuple[int, int]]:
    """Looks at the pictures that nobody looked at; yields how many are done, of how many. What is read is kept at the
    end: seconds, so a kill loses little.
    """
    rows_m, catalogue = unread_colours(lab), lab.catalogue()
    yield 0, len(rows_m)
    if not len(rows_m):
        return
    cached_nhwc = cached_pixels(lab.workspace, catalogue, COLOURS_PX)
    read = pixel_reader(lab.workspace, catalogue, COLOURS_PX, len(rows_m), keep=False)
    parts = []
    for begin in range(0, len(rows_m), _CHUNK):
        some_m = rows_m[begin : begin + _CHUNK]
        shares_mc = colour_shares(read(some_m) if cached_nhwc is None else np.asarray(cached_nhwc[some_m]))
        parts.append(np.round(shares_mc * 255).astype(np.uint8))
        yield begin + len(some_m), len(rows_m)
    _keep(_path(lab), _digests([catalogue.sha256[row] for row in rows_m]), np.concatenate(parts))


def _keep(path: Path, digest_md: np.ndarray, share_mc: np.ndarray) -> None:
    kept = _kept(path)
    if kept is not None:
        digest_md, share_mc = np.concatenate([kept[0], digest_md]), np.concatenate([kept[1], share_mc])
    path.parent.mkdir(parents=True, exist_ok=True)
    content = save({"digest": digest_md, "share": np.ascontiguousarray(share_mc)}, {"colours": _fingerprint()})
    write_whole(path, content)


def _kept(path: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """-> (digests uint8 (M, 32), shares uint8 (M, C)); None where there is no sound file of these colours."""
    try:
        with safe_open(own_file(path, _BYTES_MAX), "np") as file:
            if (file.metadata() or {}).get("colours") != _fingerprint():
                return None
        held = load_file(path)
        digest_md, share_mc = held["digest"], held["share"]
    except (OSError, ValueError, KeyError, SafetensorError, MemoryError):
        return None
    sound = digest_md.dtype == share_mc.dtype == np.uint8 and digest_md.ndim == 2 and digest_md.shape[1] == 32
    return (digest_md, share_mc) if sound and share_mc.shape == (len(digest_md), len(colour_table())) else None


def _fingerprint() -> str:
    return hashlib.sha256(repr(colour_table()).encode()).hexdigest()


def _digests(sha256: list[str]) -> np.ndarray:
    """uint8 (N, 32): the bytes that fingerprints stand for; zeros for none. Of a million in a fifth of a second."""
    signs_nd = np.array(sha256, "S64").view(np.uint8).reshape(-1, 64)
    half_nd = (signs_nd & 15) + 9 * (signs_nd >> 6)  # 0-9 and a-f
    return np.ascontiguousarray(half_nd[:, ::2] << 4 | half_nd[:, 1::2], np.uint8)


def _as_arrow(digest_nd: np.ndarray) -> pa.Array:
    whole = pa.py_buffer(np.ascontiguousarray(digest_nd).tobytes())
    return pa.Array.from_buffers(pa.binary(32), len(digest_nd), [None, whole])


def _path(lab: Lab) -> Path:
    return lab.workspace.pixels / _FILE
