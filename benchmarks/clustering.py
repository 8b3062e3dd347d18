"""How like people's own shelves clusters are: `python -m benchmarks.clustering SOURCE ATTRIBUTES [SOURCE …]`.

    python -m benchmarks.clustering shop class,colour fashion-mnist-test class --products 6000

A source is a workspace, or all that an import takes; of an import the look is made, of a workspace its models are
looked at too. Told are the adjusted mutual information with each attribute (products in no cluster are one of their own
there), the share in none, and seconds of the processor. Prints Markdown.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from looks_like.data.pixels import pixel_array
from looks_like.data.sources import Columns, Listing
from looks_like.explorer.clusters.finding import by_density, by_map, likeness_codes, usual_k_means
from looks_like.explorer.core import Lab
from looks_like.explorer.search import make_look
from looks_like.model.maps import fit_map

_PIXELS = 32  # px
Finds = Callable[[np.ndarray], np.ndarray]
METHODS: dict[str, Finds] = {
    "HDBSCAN": lambda z_nd: by_density(z_nd, None, 0, lambda share: None),
    "HDBSCAN on a 2-D UMAP": lambda z_nd: by_map(fit_map("umap", z_nd), z_nd, None),
    "k-means, as many as are stable": lambda z_nd: usual_k_means(z_nd, None, 0),
    "k-means, 30": lambda z_nd: usual_k_means(z_nd, 30, 0),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clustering", description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="+", metavar="SOURCE ATTRIBUTES")
    parser.add_argument("--products", type=int, default=6000, help="of each source at most, evenly drawn")
    parser.add_argument("--methods", default=",".join(METHODS), help="some of them, a comma between")
    asked = parser.parse_args()
    if len(asked.pairs) % 2:
        parser.error("each SOURCE needs its ATTRIBUTES after it")
    for source, attributes in zip(asked.pairs[::2], asked.pairs[1::2], strict=True):
        with tempfile.TemporaryDirectory() as aside:
            lab = opened(source, Path(aside), asked.products)
            for line in table(lab, attributes.split(","), asked.products, asked.methods.split(",")):
                print(line, flush=True)
        print()


def opened(source: str, aside: Path, most: int) -> Lab:
    """A workspace, or one made of a source in the folder `aside`, with its look."""
    if (Path(source) / "models").is_dir():
        return Lab(source)
    lab = Lab(aside / "workspace")
    listing = lab.offered(source, Columns())
    kept = np.unique(np.linspace(0, len(listing.product_ids) - 1, most).astype(np.int64)).tolist()
    for _ in lab.import_listing(_some(listing, kept), source):
        pass
    for _ in make_look(lab):
        pass
    return lab


def _some(listing: Listing, kept: list[int]) -> Listing:
    def of(values: list[str]) -> list[str]:
        return [values[i] for i in kept]

    return Listing(
        where=of(listing.where),
        product_ids=of(listing.product_ids),
        names=of(listing.names),
        files=of(listing.files),
        attributes=listing.attributes.take(kept),
        picture=lambda i: listing.picture(kept[i]),
        close=listing.close,
    )


def table(lab: Lab, attributes: list[str], most: int, methods: list[str]) -> Iterator[str]:
    """Lines of Markdown, each as soon as it is known."""
    from sklearn.metrics import adjusted_mutual_info_score

    rows_n = lab.catalogue().there
    rows_n = rows_n[np.unique(np.linspace(0, len(rows_n) - 1, most).astype(np.int64))]
    values = {name: [str(lab.catalogue().rows[name][int(row)]) for row in rows_n] for name in attributes}
    head = ["of what", "method", "clusters", "in none", *attributes, "seconds"]
    yield f"{len(rows_n):,} products; AMI with " + ", ".join(
        f"{name} ({len(set(values[name]))})" for name in attributes
    )
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for title, codes in kinds(lab, rows_n):
        for method in methods:
            began = time.process_time()
            labels_n = METHODS[method](codes)
            took = time.process_time() - began
            scores = [f"{adjusted_mutual_info_score(values[name], labels_n):.3f}" for name in attributes]
            cells = [
                title,
                method,
                f"{labels_n.max() + 1}",
                f"{100 * (labels_n < 0).mean():.0f} %",
                *scores,
                f"{took:.0f}",
            ]
            yield "| " + " | ".join(cells) + " |"


def kinds(lab: Lab, rows_n: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """-> (what, (N, D) of these catalogue rows): pixels, each model's codes, the look."""
    pixels_nhwc = pixel_array(lab.workspace, lab.catalogue(), _PIXELS)[rows_n]
    yield f"pixels, {_PIXELS} px", pixels_nhwc.reshape(len(rows_n), -1).astype(np.float32) / 255
    for model in lab.models():
        space = lab.space(model)
        if np.isin(rows_n, space.rows_n).all():
            order = np.argsort(space.rows_n)
            at_n = order[np.searchsorted(space.rows_n, rows_n, sorter=order)]
            if not space.decodes:
                yield "the look, form and colour", space.z_nd[at_n]
            yield "the look" if not space.decodes else f"codes of {model}", likeness_codes(space)[at_n]


if __name__ == "__main__":
    main()
