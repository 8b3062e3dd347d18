"""How well the score of a visual attribute, named from two selections, ranks products by what the word says.

    python -m benchmarks.quality.scores WORKSPACE ATTRIBUTE… [--products 200] [--draws 5] [--json FILE]

For attributes that are numbers: of the lowest and of the highest fifth of the products so many are drawn, the way from
the ones to the others is named, and the score of all others is held against their true value (Spearman's correlation,
mean and least of several draws). Read from the fine numbers of a look and, beside it, from a model's code and from a
look's. All goes the way that a person's naming goes, in a copy of the workspace that is thrown away.
"""

import argparse
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from looks_like.data.visual_attributes import FINE
from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.model.disk.card import Card

_FIFTH = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workspace", type=Path)
    parser.add_argument("attributes", nargs="+")
    parser.add_argument("--products", type=int, default=200)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.workspace.parent) as aside:
        folder = shutil.copytree(asked.workspace, Path(aside) / "copy", copy_function=_linked)
        found = measure(Lab(folder), asked.attributes, asked.products, asked.draws)
    for line in found:
        print(f"{line['attribute']:20} {line['read from']:24} {line['spearman']:.3f} (least {line['least']:.3f})")
    answer = json.dumps({"scores": found, "libraries": Card.here()}, ensure_ascii=False)
    if asked.json:
        asked.json.write_text(answer + "\n", "utf-8")
    print(answer)


def measure(lab: Lab, attributes: list[str], products: int, draws: int) -> list[dict[str, object]]:
    """Of each attribute and each thing that a score can be read from, Spearman's correlation with the true value."""
    found = []
    for attribute in attributes:
        for model in lab.models():
            each = [_draw(lab, attribute, products, model, seed) for seed in range(draws)]
            said = [ranked for ranked, _ in each]
            what = "fine numbers" if each[0][1] == FINE else "codes"
            line = {"attribute": attribute, "read from": f"{what} of {model}", "products": products}
            found.append(line | {"spearman": round(float(np.mean(said)), 3), "least": round(float(np.min(said)), 3)})
    return found


def _draw(lab: Lab, attribute: str, products: int, model: str, seed: int) -> tuple[float, str]:
    """-> (Spearman's correlation over the products that were not drawn, what was read)."""
    from scipy.stats import spearmanr

    catalogue, rng = lab.catalogue(), np.random.default_rng(seed)
    true_n = np.array(catalogue.rows[attribute].to_pylist(), float)
    known = catalogue.there[np.isfinite(true_n[catalogue.there])]
    low, high = np.quantile(true_n[known], [_FIFTH, 1 - _FIFTH])
    ends = [known[true_n[known] <= low], known[true_n[known] >= high]]
    rows_low, rows_high = (np.sort(rng.choice(end, min(products, len(end)), replace=False)) for end in ends)
    entry = tags.name_between(lab, rows_low, rows_high, tags.Ends("measured by looks"), "benchmark", model)
    score_n = lab.catalogue().rows["measured by looks"].to_numpy()
    source = entry.given["measured by looks"].source
    tags.drop_attribute(lab, "measured by looks", "benchmark")
    rest = np.setdiff1d(known[np.isfinite(score_n[known])], np.concatenate([rows_low, rows_high]))
    return float(spearmanr(score_n[rest], true_n[rest])[0]), source


def _linked(source: str, target: str) -> str:
    """A copy that takes no room, since nothing of what is there is written to."""
    os.link(source, target)
    return target


if __name__ == "__main__":
    main()
