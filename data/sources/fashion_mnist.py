"""Fashion-MNIST (Xiao, Rasul & Vollgraf 2017): 70,000 grey pictures of clothes, from its four original files.

`fashion-mnist[-train|-test][:FOLDER]`; without a folder, where Debian's package puts them. 28x28 px, padded with
black to 32x32, so that no pixel is resampled. To compare a model with others, train it in a workspace that holds
`fashion-mnist-train` and measure it on one that holds `fashion-mnist-test`.
"""

import gzip
import hashlib
import io
import re
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa

from looks_like.data.errors import CatalogueError, PictureError
from looks_like.data.sources import Columns, Listing, read_inside

SENTENCE = "fashion-mnist, -train or -test after it for one split, then :FOLDER where its four files are"
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# Of the contents: the published sums are of the packed files, and Debian has packed the same contents anew.
SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
_HOW = (
    "Install Debian's package dataset-fashion-mnist, or fetch the four .gz files of data/fashion from "
    "https://github.com/zalandoresearch/fashion-mnist and say their folder: fashion-mnist:FOLDER"
)
_SPLITS = {"train": "train", "test": "t10k"}  # as we say it -> as the files do
_ADDRESS = re.compile(r"fashion-mnist(?:-(train|test))?(?::(.+))?", re.DOTALL)
_EDGE_PX, _PADDING_PX = 28, 2
_IMAGES_HEADER, _LABELS_HEADER = 16, 8  # bytes of an idx file before its values
_CONTENT_BYTES_MAX = _IMAGES_HEADER + 60_000 * _EDGE_PX**2


def accepts(address: str) -> bool:
    return _ADDRESS.fullmatch(address) is not None and not Path(address).exists()  # a folder of that name is a folder


def read(address: str, columns: Columns) -> Listing:
    split, said = _ADDRESS.fullmatch(address).groups()  # type: ignore[union-attr]
    folder = Path(said).expanduser() if said else DEBIAN
    splits = [split] if split else list(_SPLITS)
    read_ = [_split(folder, name) for name in splits]
    images_nhw = np.concatenate([images for images, _ in read_])
    labels_n = np.concatenate([labels for _, labels in read_])
    ids = [f"{name}-{i:05d}" for name, (images, _) in zip(splits, read_, strict=True) for i in range(len(images))]
    classes = [CLASSES[label] for label in labels_n]
    attributes = {"class": classes, "class_number": labels_n.astype(np.int64), "split": [i.split("-")[0] for i in ids]}
    return Listing(
        where=ids,
        product_ids=ids,
        names=classes,
        files=[f"{_SPLITS[i.split('-')[0]]}-images-idx3-ubyte.gz" for i in ids],
        attributes=pa.table(attributes),
        picture=lambda i: _portable_grey_map(images_nhw[i]),
    )


def _split(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """-> (images uint8 (N, 28, 28), labels uint8 (N,)); as many of one as of the other, by their checksums."""
    images = _content(folder, f"{_SPLITS[split]}-images-idx3-ubyte")[_IMAGES_HEADER:]
    labels = _content(folder, f"{_SPLITS[split]}-labels-idx1-ubyte")[_LABELS_HEADER:]
    return np.frombuffer(images, np.uint8).reshape(-1, _EDGE_PX, _EDGE_PX), np.frombuffer(labels, np.uint8)


def _content(folder: Path, name: str) -> bytes:
    """What a file holds, never more than the largest of the four. CatalogueError when it is not the published one."""
    path = folder / f"{name}.gz"
    if not path.is_file():
        raise CatalogueError(f"{path}: there is no such file. {_HOW}")
    try:
        with gzip.open(io.BytesIO(read_inside(folder, path.name))) as file:
            content = file.read(_CONTENT_BYTES_MAX + 1)
    except (PictureError, OSError, EOFError, zlib.error) as reason:
        raise CatalogueError(f"{path}: can't be unpacked ({reason}). {_HOW}") from None
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise CatalogueError(f"{path}: not the published file, by the checksum of its contents. {_HOW}")
    return content


def _portable_grey_map(image_hw: np.ndarray) -> bytes:
    """The plainest of formats: what is kept is encoded anew, so time spent on packing here would be lost."""
    padded_hw = np.pad(image_hw, _PADDING_PX)
    return b"P5 %d %d 255\n" % padded_hw.shape + padded_hw.tobytes()
