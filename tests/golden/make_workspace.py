"""Makes tests/golden/workspace-N.zip, a tiny workspace as the program of now writes it; N is its format.

python tests/golden/make_workspace.py

A format that has been released keeps its file for ever: only that of the newest format is ever made again.
"""

import csv
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file

from looks_like.data.sources import Columns
from looks_like.explorer.clusters import ClusterRequest, make_clusters, rename
from looks_like.explorer.core import Lab, encode
from looks_like.explorer.maps import MapRequest, make_map
from looks_like.explorer.selecting import delete_products, save_view
from looks_like.explorer.tags import add, undo
from looks_like.explorer.training import TrainRequest, train

GOLDEN = Path(__file__).parent
COUNT, EDGE_PX = 24, 32
KEPT = ("tables", "models", "deletions", "format.json")  # all else is made again at need
FIXED = (2026, 1, 1, 0, 0, 0)  # the time that files in the archive have


def write_products(folder: Path) -> Path:
    """A table beside 25 discs and boxes of four colours."""
    with open(folder / "shop.csv", "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "image", "name", "brand", "price"])
        for number in range(COUNT + 1):
            image = Image.new("RGB", (EDGE_PX, EDGE_PX), "white")
            draw, low, high = ImageDraw.Draw(image), 4 + number % 5, 20 + number % 7
            shape = draw.ellipse if number % 2 else draw.rectangle
            shape((low, low, high, high), f"hsl({90 * (number % 4)}, 70%, 45%)")
            image.save(folder / f"{number}.png")
            table.writerow([f"sku-{number}", f"{number}.png", f"Thing {number}", "AB"[number % 2], 10 + number])
    return folder / "shop.csv"


def make(folder: Path, products: Path) -> None:
    """Products, of which one is deleted, a model, codes, a map, edited clusters, tags with an undo, and a view."""
    lab = Lab(folder)
    for _ in lab.import_products(str(products), Columns()):
        pass
    delete_products(lab, np.array([COUNT]), "golden")
    tiny = {"size": 32, "latent": 2, "width": 8, "batch": 8, "channels": 1, "likelihood": "gaussian"}
    for _ in train(lab, TrainRequest("vae", "tiny", tiny, epochs=2)):
        pass
    coarsen(lab.folder("tiny") / "weights.safetensors")
    for _ in encode(lab, "tiny"):
        pass
    make_map(lab, "tiny", MapRequest("pca", "pca"))
    make_clusters(lab, "tiny", ClusterRequest("k-means", k=3))
    rename(lab, "tiny", "k-means", 1, "Firsts", "golden")
    add(lab, "summer", [0, 1, 2], "golden")
    add(lab, "winter", [3], "golden")
    undo(lab, "golden")
    save_view(lab, "All", "map", "model=tiny&map=pca", "golden")


def coarsen(weights: Path) -> None:
    """Rounds weights to seven values each: as many bytes, which pack into a tenth."""
    tensors = load_file(weights)
    steps = {name: tensor.abs().max().clamp_min(1e-6) / 3 for name, tensor in tensors.items()}
    save_file({name: (tensor / steps[name]).round() * steps[name] for name, tensor in tensors.items()}, weights)


def pack(folder: Path, archive: Path) -> None:
    """The workspace as one file, in the order of names."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and name.parts[0] in KEPT:
                file.writestr(zipfile.ZipInfo(str(name), FIXED), path.read_bytes(), zipfile.ZIP_DEFLATED)


def main() -> None:
    """Makes it aside, and packs it."""
    with tempfile.TemporaryDirectory() as aside:
        shop, folder = Path(aside) / "shop", Path(aside) / "workspace"
        shop.mkdir()
        make(folder, write_products(shop))
        said = folder / "format.json"
        number = json.loads(said.read_text("utf-8"))["format"] if said.exists() else 0
        pack(folder, GOLDEN / f"workspace-{number}.zip")


if __name__ == "__main__":
    main()
