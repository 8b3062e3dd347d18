"""The folder with a catalogue and all that is made from it, as a notebook uses it."""

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from html import escape
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from looks_like.data.pictures import pixels_of
from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.check import CheckRequest, check
from looks_like.explorer.core import Lab, encode, product_json
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.notebook.check import Scores
from looks_like.explorer.interfaces.notebook.map import Map
from looks_like.explorer.interfaces.notebook.model import Model, Models
from looks_like.explorer.interfaces.notebook.path import Path
from looks_like.explorer.interfaces.notebook.pictures import Picture, Pictures, strips_html
from looks_like.explorer.interfaces.notebook.progress import Bar, progress
from looks_like.explorer.maps import MapRequest, catch_up, followed, make_map
from looks_like.explorer.paths import PathRequest, walk
from looks_like.explorer.search import (
    VectorsRequest,
    add_vectors,
    duplicates,
    duplicates_table,
    find,
    find_duplicates,
    pick,
    read_colours,
    rows_where,
    similar_to,
)
from looks_like.explorer.training import TrainingProgress, TrainRequest, train_until_interrupted, verdict_of

_SHOWN = 12  # products of the workspace's picture


class Workspace:
    """A catalogue, its models, maps and tags. Get one by `looks_like.open(folder)`.

    >>> ws
    Workspace(80 products, 1 model)
    >>> ws.products[["name", "brand"]].head(2).values.tolist()
    [['Disc 0', 'Alder'], ['Box 1', 'Birch']]
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._lab = Lab(FilePath(folder))

    # -- products ------------------------------------------------------------------------------------------------

    @property
    def products(self) -> pd.DataFrame:
        """One line a product, in the order of import: name and attributes, by product_id."""
        catalogue = self._lab.catalogue()
        names = ["product_id", "name", *catalogue.attributes]
        return pa.table({name: catalogue.column(name) for name in names}).to_pandas().set_index("product_id")

    def add(
        self, source: str | os.PathLike[str], id: str | None = None, image: str | None = None, name: str | None = None
    ) -> "Workspace":
        """Imports a folder of pictures or a table (.csv, .tsv, .parquet, .jsonl); columns called as usual are found.

        New products are encoded and placed on every map. CatalogueError for what can't be imported.
        """
        with progress("Importing") as bar:
            for now in self._lab.import_products(str(source), Columns(id, image, name)):
                bar.at(now.done, now.total)
            for model in followed(self._lab):
                for step in catch_up(self._lab, model):
                    bar.at(step.done, step.total, f"{step.stage}: {model}")
        return self

    # -- models --------------------------------------------------------------------------------------------------

    @property
    def models(self) -> Models:
        """All finished models, the newest first."""
        return Models(self._lab)

    def model(self, name: str | None = None) -> Model:
        """The model of that name, or the newest. RequestError lists what there is."""
        return Model(self._lab, self._lab.model_name(name))

    def train(
        self, family: str = "vae", *, name: str | None = None, budget_s: float | None = None, **settings: Any
    ) -> Model:
        """Trains beside a bar, encodes the catalogue, and gives the model back.

        `budget_s`: seconds to train, 600 unless said; or `epochs`, or `steps`. Also `seed`, `start` (a model to start
        from), `resume`, and the settings of the family, such as latent=32 or beta=4. An interrupt is heeded after the
        next few steps and loses none of them: go on with resume=True. A second one ends it at once.
        """
        own = {key: settings.pop(key) for key in ("epochs", "steps", "seed", "start", "resume") if key in settings}
        request = TrainRequest(family, name or family, settings, budget_s=budget_s, **own)
        with progress("Training") as bar, closing(train_until_interrupted(self._lab, request)) as running:  # type: ignore[type-var]
            for now in running:
                _show(bar, now)
            bar.say(verdict_of(self._lab, request.name))
        self._encode(request.name)
        return self.model(request.name)

    def add_vectors(
        self,
        name: str,
        vectors: str | os.PathLike[str],
        ids: str | os.PathLike[str] = "",
        *,
        distance: str = "cosine",
        some: bool = False,
        anew: bool = False,
    ) -> Model:
        """Brings vectors of your own as a look, from a .npy or .parquet file; asked again, adds and replaces.

        `ids`: a file with an id a line (.npy) or a column (.parquet). `some` leaves out what is no product here, `anew`
        forgets the vectors that have the name. RequestError or CatalogueError says what is wrong with them.
        """
        asked = VectorsRequest(FilePath(vectors), os.fspath(ids), distance, some, anew)
        with progress("Reading vectors") as bar:
            bar.say(f"{add_vectors(self._lab, name, asked).words()}.")
        return self.model(name)

    def _encode(self, model: str) -> None:
        with progress("Encoding") as bar:
            for done, total in encode(self._lab, model):
                bar.at(done, total)

    def codes(self, model: str | None = None) -> tuple[list[str], np.ndarray]:
        """-> (product ids, codes float32 (N, D)) of a model, the newest unless said.

        >>> ids, z = ws.codes()
        >>> len(ids), z.shape
        (80, (80, 6))
        """
        return self.model(model).codes()

    def encode(self, pictures: Pictures, model: str | None = None) -> np.ndarray:
        """Codes float32 (N, D) of files, PIL images or uint8 arrays (H, W, 3) of any size."""
        return self.model(model).encode(pictures)

    def decode(self, z: np.ndarray, model: str | None = None) -> np.ndarray:
        """Pictures uint8 (N, S, S, 3) of codes (N, D)."""
        return self.model(model).decode(z)

    # -- looking -------------------------------------------------------------------------------------------------

    def similar(
        self, to: Picture, k: int = 12, where: str | None = None, model: str | None = None, counts: str = "all"
    ) -> pd.DataFrame:
        """The k products most like a product (by id) or a picture; `where`: a condition on attributes and tags.

        `counts`, of a look: "form", "more form", "all", "more colour" or "colour".

        >>> ws.similar("0001", k=3, where="brand = 'Alder'")["brand"].tolist()
        ['Alder', 'Alder', 'Alder']
        """
        name, catalogue = self._lab.model_name(model), self._lab.catalogue()
        rows_m = None if where is None else rows_where(self._lab, where)
        known = isinstance(to, str) and catalogue.has(to)
        asked = catalogue.row(str(to)) if known else self.model(name).encode([to])[0]
        found = [product_json(one.product) for one in similar_to(self._lab, name, asked, k, rows_m, counts)]
        lines = [_line_of(one) for one in found]
        return pd.DataFrame(lines, columns=None if lines else ["product_id", "name", "distance"])

    def find(self, text: str, k: int = 12) -> pd.DataFrame:
        """The products that a text means, likeliest first: names, ids, values, tags, numbers, years, colours; of other
        words those that look like it, with `looks_like_it` True.

        >>> ws.find("birch under 20")["brand"].unique().tolist()
        ['Birch']
        """
        found = find(self._lab, text)
        if found.lacks_colours:
            with progress("Reading colours") as bar:
                for done, total in read_colours(self._lab):
                    bar.at(done, total)
            found = find(self._lab, text)
        meets, lines = len(found.rows_m), []
        for place, product in enumerate(self._lab.products_at(found.all_m[:k])):
            line = {"product_id": product.product_id, "name": product.name, "looks_like_it": place >= meets}
            lines.append(line | {f"{key}_" if key in line else key: value for key, value in product.attributes.items()})
        return pd.DataFrame(lines, columns=None if lines else ["product_id", "name", "looks_like_it"])

    def sample(
        self, kind: str = "diverse", n: int = 24, where: str | None = None, model: str | None = None
    ) -> pd.DataFrame:
        """n products by how they look: "typical", "unusual" or "diverse" ones; `where`: only of those that meet it.

        >>> len(ws.sample("typical", 5))
        5
        """
        catalogue = self._lab.catalogue()
        rows_m = catalogue.there if where is None else rows_where(self._lab, where)
        picked_m = pick(self._lab, self._lab.model_name(model), kind, n, rows_m)
        return pd.DataFrame([_line_of(product_json(product)) for product in self._lab.products_at(picked_m)])

    def duplicates(self, again: bool = False) -> pd.DataFrame:
        """Products that may be one, a line each by group: looked for where nobody has, or products came since."""
        found = None if again else duplicates(self._lab)
        if found is None or found.behind:
            with progress("Looking for duplicates") as bar:
                for done, total in find_duplicates(self._lab):
                    bar.at(done, total)
            found = duplicates(self._lab)
        assert found is not None
        return duplicates_table(self._lab, found.groups).to_pandas()

    def path(
        self,
        anchors: Sequence[str],
        curve: str = "dense",
        steps: int = 60,
        model: str | None = None,
        **how: Any,
    ) -> Path:
        """From product to product, by their ids, or through clusters, tags and the like (docs/paths.md).

        `how`: through (how far a dense way goes through products, percent), easing ("even" or "gentle"), loop ("back"
        or "around"), filter (which products may stand beside the steps: a condition), unique (none twice).
        RequestError for an unknown product or curve.
        """
        request = PathRequest(self._lab.model_name(model, decodes=True), tuple(anchors), curve, steps, **how)
        return Path(self._lab, walk(self._lab, request))

    def map(self, name: str | None = None, model: str | None = None, method: str | None = None) -> Map:
        """The newest map of a model, or the one of that name; with a `method` (pca, umap, tsne) a new one."""
        chosen = self._lab.model_name(model)
        if method is not None:
            self._encode(chosen)
            return Map(self._lab, chosen, make_map(self._lab, chosen, MapRequest(method, name or method)).name)
        have = [card.name for card in self._lab.maps(chosen)]
        if name is None and not have:
            raise RequestError(f'model {chosen!r} has no map yet: ws.map(method="umap")')
        return Map(self._lab, chosen, name or have[-1])

    def check(self, *models: str, quick: bool = True, seed: int = 0) -> Scores:
        """Measures models side by side, the newest unless named: a minute, or minutes with quick=False."""
        with progress("Checking") as bar:
            for now in check(self._lab, CheckRequest(models, quick, seed)):
                bar.at(now.share, 1, f"Checking: {now.stage}")
        assert now.found is not None
        return Scores(now.found)

    # -- tags ----------------------------------------------------------------------------------------------------

    def tag(self, word: str, ids: Iterable[str] | str) -> str:
        """Puts a word on products, or on one; -> what was done. Undone on the pages, or by `looks-like tag undo`.

        >>> ws.tag("summer", ["0001", "0002"])
        '2 products tagged summer'
        >>> ws.untag("summer", ["0001", "0002"])
        '2 products no longer tagged summer'
        """
        return tags.add(self._lab, word, self._rows(ids), tags.default_who()).words()

    def untag(self, word: str, ids: Iterable[str] | str) -> str:
        """Takes a word off products; -> what was done."""
        return tags.remove(self._lab, word, self._rows(ids), tags.default_who()).words()

    @property
    def tags(self) -> dict[str, list[str]]:
        """The products of each tag, by its name."""
        ids = np.array(self._lab.catalogue().product_ids, object)
        return {name: ids[mask_n].tolist() for name, mask_n in tags.masks(self._lab).items()}

    def _rows(self, ids: Iterable[str] | str) -> list[int]:
        catalogue = self._lab.catalogue()
        return [catalogue.row(product_id) for product_id in _listed(ids)]

    def __repr__(self) -> str:
        products = self._lab.catalogue().count if self._lab.version() else 0
        models = len(self._lab.models())
        return f"Workspace({products:,} products, {models} model{'' if models == 1 else 's'})"

    def _repr_html_(self) -> str:
        folder = escape(str(self._lab.workspace.folder))
        said = escape(repr(self).removeprefix("Workspace(").removesuffix(")"))
        return f"<p><b>Workspace {folder}</b>: {said}</p>{self._products_html()}{self.models._repr_html_()}"

    def _products_html(self) -> str:
        """Some of the products, spread over the catalogue."""
        if not self._lab.version():
            return "<p>No products yet: ws.add(&quot;products.csv&quot;)</p>"
        catalogue = self._lab.catalogue()
        rows = catalogue.there[np.linspace(0, catalogue.count - 1, min(_SHOWN, catalogue.count)).astype(int)]
        contents = catalogue.pictures(rows)
        words = f"{len(rows)} of the products: {', '.join(catalogue.names[row] for row in rows)}"
        return strips_html([np.stack([pixels_of(content, 64) for content in contents])], words)


def _listed(ids: Iterable[str] | str) -> list[str]:
    """One id is a list of one."""
    return [ids] if isinstance(ids, str) else list(ids)


def _line_of(found: dict[str, Any]) -> dict[str, Any]:
    """A product found as one line: an attribute that is called like one of our columns has an underscore after it."""
    line = {key: found[key] for key in ("product_id", "name", "distance")} | {"distance_over_typical": found["typical"]}
    return line | {f"{key}_" if key in line else key: value for key, value in found["attributes"].items()}


def _show(bar: Bar, now: TrainingProgress) -> None:
    """At which step a training is, and how far the pictures that it rebuilds are off."""
    if now.report is None:
        bar.at(0, 1, now.stage.capitalize())
        return
    parts = {**now.report.parts, **{f"held-out {key}": value for key, value in now.report.held_out.items()}}
    figures = [f"{key} {value:.4g}" for key, value in parts.items() if key in ("mse", "kl", "held-out mse")]
    bar.at(now.report.step, now.report.steps, "  ".join(["Training", *figures]))
    if now.report.alarm:
        bar.say(f"Step {now.report.step}: {now.report.alarm}")


def open(folder: str | os.PathLike[str]) -> Workspace:
    """The workspace in a folder; an empty or new one is filled by `.add(source)`.

    >>> looks_like.open(folder)
    Workspace(80 products, 1 model)
    """
    return Workspace(folder)
