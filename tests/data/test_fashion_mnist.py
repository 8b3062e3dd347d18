"""The four files of Fashion-MNIST: read exactly as published, or refused with what to do."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from looks_like.data.catalogue import Catalogue, open_catalogue
from looks_like.data.errors import CatalogueError
from looks_like.data.importing import import_source
from looks_like.data.pixels import pixel_array
from looks_like.data.sources import Columns, fashion_mnist, read
from looks_like.data.workspace import Workspace

REAL = Path(__file__).resolve().parents[3] / "shared" / "datasets" / "fashion-mnist"
COUNTS = {"train": 7, "t10k": 4}


def images_of(split: str) -> np.ndarray:
    """uint8 (N, 28, 28), full of detail."""
    return np.random.default_rng(COUNTS[split]).integers(0, 256, (COUNTS[split], 28, 28), np.uint8)


def labels_of(split: str) -> np.ndarray:
    return (np.arange(COUNTS[split], dtype=np.uint8) * 3 + 9) % 10


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four small files in the published format, for which the published checksums stand back."""
    folder = tmp_path / "fashion"
    folder.mkdir()
    for split, count in COUNTS.items():
        for name, header, values in (
            (f"{split}-images-idx3-ubyte", [0x803, count, 28, 28], images_of(split)),
            (f"{split}-labels-idx1-ubyte", [0x801, count], labels_of(split)),
        ):
            content = np.array(header, ">u4").tobytes() + values.tobytes()
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            monkeypatch.setitem(fashion_mnist.SHA256, name, hashlib.sha256(content).hexdigest())
    return folder


def take_in(address: str, folder: Path) -> tuple[Workspace, Catalogue]:
    workspace = Workspace(folder)
    for _ in import_source(workspace, address):
        pass
    return workspace, open_catalogue(workspace)


def test_both_splits_go_in_with_their_classes(folder: Path, tmp_path: Path) -> None:
    _, catalogue = take_in(f"fashion-mnist:{folder}", tmp_path / "w")
    trained_on, tested_on = ([f"{split}-{i:05d}" for i in range(n)] for split, n in (("train", 7), ("test", 4)))
    assert catalogue.product_ids == [*trained_on, *tested_on]
    assert catalogue.names[:3] == ["Ankle boot", "Pullover", "Sandal"]
    assert catalogue.values(0) == {"class": "Ankle boot", "class_number": 9, "split": "train"}
    assert catalogue.values(7) == {"class": "Ankle boot", "class_number": 9, "split": "test"}


def test_no_value_is_changed_and_the_border_is_black(folder: Path, tmp_path: Path) -> None:
    workspace, catalogue = take_in(f"fashion-mnist-train:{folder}", tmp_path / "w")
    pixels_nhwc = pixel_array(workspace, catalogue, 32)
    assert pixels_nhwc.shape == (7, 32, 32, 3)
    np.testing.assert_array_equal(pixels_nhwc[:, 2:30, 2:30], np.repeat(images_of("train")[..., None], 3, axis=3))
    assert pixels_nhwc.sum() == 3 * images_of("train").sum()


@pytest.mark.parametrize(("split", "files"), [("train", "train"), ("test", "t10k")])
def test_one_split_needs_only_its_own_files(split: str, files: str, folder: Path) -> None:
    for path in folder.glob("*"):
        if not path.name.startswith(files):
            path.unlink()
    listing = read(f"fashion-mnist-{split}:{folder}", Columns())
    assert listing.product_ids == [f"{split}-{i:05d}" for i in range(COUNTS[files])]
    assert set(listing.attributes["split"].to_pylist()) == {split}


def test_without_a_folder_debians_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion_mnist, "DEBIAN", folder)
    assert len(read("fashion-mnist", Columns()).product_ids) == 11
    assert len(read("fashion-mnist-test", Columns()).product_ids) == 4


def test_a_folder_may_be_at_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder.parent))
    assert len(read("fashion-mnist:~/fashion", Columns()).product_ids) == 11


@pytest.mark.parametrize("address", ["fashion-mnist-both", "fashion-mnists", "my-fashion-mnist", "./fashion-mnist"])
def test_other_addresses_are_left_to_other_sources(address: str) -> None:
    assert not fashion_mnist.accepts(address)


def test_a_folder_of_that_name_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert fashion_mnist.accepts("fashion-mnist")
    (tmp_path / "fashion-mnist").mkdir()
    assert not fashion_mnist.accepts("fashion-mnist")


def test_where_nothing_is_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as mistake:
        read(f"fashion-mnist:{tmp_path}", Columns())
    for word in (str(tmp_path), "dataset-fashion-mnist", "https://github.com/zalandoresearch", "fashion-mnist:FOLDER"):
        assert word in str(mistake.value)


WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not the published file"),
    "not packed": (b"\x00\x00\x08\x03", "can't be unpacked"),
    "cut short": (gzip.compress(np.random.default_rng(0).bytes(9000))[:4000], "can't be unpacked"),
    "damaged": (gzip.compress(bytes(9000))[:10] + b"\xff" * 30, "can't be unpacked"),
    "another": (gzip.compress(b"\x00\x00\x08\x03" + bytes(800)), "not the published file"),
    "a bomb": (gzip.compress(bytes(300_000_000), 1), "not the published file"),
}


@pytest.mark.parametrize(("content", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_is_not_the_published_one_is_a_sentence(content: bytes, says: str, folder: Path) -> None:
    file = folder / "t10k-images-idx3-ubyte.gz"
    file.write_bytes(content)
    with pytest.raises(CatalogueError, match=says) as mistake:
        read(f"fashion-mnist:{folder}", Columns())
    assert str(file) in str(mistake.value)


def test_a_file_that_leaves_its_folder_is_not_read(folder: Path) -> None:
    file = folder / "t10k-images-idx3-ubyte.gz"
    file.rename(folder.parent / "elsewhere.gz")
    file.symlink_to(folder.parent / "elsewhere.gz")
    with pytest.raises(CatalogueError, match="the path leaves the source's folder"):
        read(f"fashion-mnist:{folder}", Columns())


@pytest.mark.skipif(not REAL.is_dir(), reason="the published files of Fashion-MNIST are not beside this checkout")
def test_the_published_files_are_taken() -> None:
    listing = read(f"fashion-mnist:{REAL}", Columns())
    assert len(listing.product_ids) == 70_000
    per_class = listing.attributes["class"].value_counts().to_pylist()
    assert {row["values"]: row["counts"] for row in per_class} == dict.fromkeys(fashion_mnist.CLASSES, 7000)
