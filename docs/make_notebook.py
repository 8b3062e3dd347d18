"""Makes docs/from-folder-to-map.ipynb and runs it: from pictures to a map, a path, a named axis and scores.

python -m docs.make_notebook
"""

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent / "from-folder-to-map.ipynb"
CELLS = [
    """# From a folder of pictures to a map

400 drawn sneakers stand in for a catalogue of your own: a folder of pictures, or a table that names them.""",
    '>>>import looks_like\n\nws = looks_like.open("shop").add("sneakers:independent:400")\nws.products.head(3)',
    "## A model\n\nMinutes on two cores make a good one; here it is a short try.",
    '>>>model = ws.train("vae", epochs=12, size=32, latent=8, width=16)\nws',
    "## A map",
    '>>>ws.map(method="pca").plot(color="silhouette", height=420)',
    "## What looks alike, and the way between two",
    ">>>first, second = ws.products.index[:2]\nws.similar(first, k=4)",
    ">>>ws.path([first, second], steps=12)",
    """## An axis with a name

The direction in which an attribute grows, found by a linear map from codes to it: here, how large a shoe is drawn.""",
    """>>>import numpy as np
from sklearn.linear_model import RidgeCV

ids, z = ws.codes()
scale = ws.products.loc[ids, "scale"].to_numpy(float)
fit = RidgeCV(np.logspace(-3, 3, 13)).fit(z[:300], scale[:300])
larger = fit.coef_ / np.linalg.norm(fit.coef_)
f"scale is read from held-out codes with R² {fit.score(z[300:], scale[300:]):.2f}\"""",
    """>>>from PIL import Image

steps = np.linspace(-3, 3, 7)[:, None] * larger * z.std()
row = np.concatenate(list(ws.decode(z.mean(0) + steps)), axis=1)
Image.fromarray(row).resize((7 * 96, 96))""",
    "## Scores",
    """>>>from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

labels = ws.products.loc[ids, "silhouette"]
scores = cross_val_score(KNeighborsClassifier(5), z, labels, cv=4)
f"the silhouette of {scores.mean():.0%} of the products is that of most of their five nearest\"""",
    ">>>model.card.measures",
]


def notebook() -> nbformat.NotebookNode:
    """Not run yet."""
    made = nbformat.v4.new_notebook()
    for i, text in enumerate(CELLS):
        new = nbformat.v4.new_code_cell if text.startswith(">>>") else nbformat.v4.new_markdown_cell
        made.cells.append(new(text.removeprefix(">>>"), id=f"cell-{i}"))
    return made


def executed(folder: Path) -> nbformat.NotebookNode:
    """With what its cells answer; it works in `folder`. CellExecutionError says which cell failed."""
    made = notebook()
    before = Path.cwd()
    os.chdir(folder)
    try:
        NotebookClient(
            made, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    finally:
        os.chdir(before)
    for cell in made.cells:
        if cell.cell_type == "code":  # without bars of progress, and without times, which are others each time
            cell.outputs = [out for out in cell.outputs if out.output_type != "stream"]
            cell.metadata = {}
    return made


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(executed(Path(folder)), NOTEBOOK)
