"""The Lab: read-only access to a workspace (catalogue, models, codes, maps) for pages, commands, routes and tests.

The one place where the catalogue (`data`) and the models (`model`) meet. It is shared by all threads of a process:
answers are read-only, and everything kept is keyed by the version of what it was made from. What is done to a
workspace (encoding, training, maps, tags, clusters) stands in rooms of its own, which take a Lab.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from errno import EIO, EMFILE, ENFILE, ENOMEM
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from looks_like.data.catalogue import Catalogue, catalogue_version, open_catalogue
from looks_like.data.copies import Copies, find_copies, kept_copies
from looks_like.data.embeddings import read_embedding
from looks_like.data.errors import CatalogueError
from looks_like.data.filled import TABLE as FILLED
from looks_like.data.filled import FilledLog, read_filled, with_filled
from looks_like.data.importing import ImportReport, absent_from_source, import_listing, import_source, offered
from looks_like.data.maps import MapCard, list_maps, read_map
from looks_like.data.pictures import thumbnail
from looks_like.data.pixels import pixel_array
from looks_like.data.scores import score_stamps, with_scores
from looks_like.data.sources import Columns, Listing
from looks_like.data.tags import TagState, read_tags
from looks_like.data.uploads import drop_imported
from looks_like.data.visual_attributes import TABLE as VISUAL_ATTRIBUTES
from looks_like.data.visual_attributes import NamingLog, read_naming
from looks_like.data.workspace import Workspace, checked_name
from looks_like.explorer.core.cache import Cache
from looks_like.explorer.core.formatting import value_words
from looks_like.explorer.core.requests import checked_rows
from looks_like.explorer.core.results import MapView, Product, map_view
from looks_like.explorer.core.space import Space
from looks_like.explorer.errors import RequestError
from looks_like.model.device import pick_device
from looks_like.model.disk.card import GIVEN, LOOK, Card, check_model, copy_model, fingerprint, load_model, read_card
from looks_like.model.errors import ModelError
from looks_like.model.family import Family
from looks_like.model.geometry import Axes, Mixture, read_axes, read_mixture


class Lab:
    def __init__(self, folder: str | Path) -> None:
        self.workspace = Workspace(folder)
        self.cache = Cache()
        self._tags: TagState | None = None
        self._tags_lock = threading.Lock()
        self._unusable: dict[
            str, tuple[tuple[tuple[int, int], ...], str]
        ] = {}  # found while reading: of which files, why

    # -- the catalogue -------------------------------------------------------------------------------------------

    def version(self) -> int:
        """Of the catalogue; 0 while it is empty."""
        stamp = self.workspace.stamp("products")
        return self.cache.get_or_make(("version", stamp), lambda: catalogue_version(self.workspace))

    def catalogue(self) -> Catalogue:
        """The newest, with values that were filled here and the scores of what was named. CatalogueError while it is
        empty.
        """
        whole = self._filled_catalogue()
        named = self.naming().standing
        if not named:
            return whole
        stamps = score_stamps(self.workspace, named)
        key = ("catalogue with scores", whole.as_of, stamps)
        make = partial(with_scores, self.workspace, whole, named, stamps)
        return self.cache.get_or_make(key, make, max_size=2)

    def etag(self) -> str:
        """The catalogue's version as part of an address: with anything that it holds, this changes."""
        version, *stamps = self.catalogue().as_of if self.version() else (0,)
        return f"{version}-{sha256(repr(stamps).encode()).hexdigest()[:12]}" if stamps else str(version)

    def imported_catalogue(self) -> Catalogue:
        """The newest as it was imported. CatalogueError while it is empty."""
        key = ("catalogue", self.version())
        return self.cache.get_or_make(key, lambda: open_catalogue(self.workspace), max_size=2)

    def _filled_catalogue(self) -> Catalogue:
        imported, stamp = self.imported_catalogue(), self.workspace.stamp(FILLED)
        if not self.filling().standing:
            return imported
        key = ("catalogue with filled values", imported.version, stamp)
        return self.cache.get_or_make(key, lambda: with_filled(imported, self.filling(), (stamp,)), max_size=2)

    def filling(self) -> FilledLog:
        """Values of attributes that were filled here, and all that was done with them."""
        stamp = self.workspace.stamp(FILLED)
        if stamp == (0, 0):
            return FilledLog()
        return self.cache.get_or_make(("filling", stamp), lambda: read_filled(self.workspace), max_size=2)

    def naming(self) -> NamingLog:
        """Visual attributes, and all that was done with them."""
        stamp = self.workspace.stamp(VISUAL_ATTRIBUTES)
        if stamp == (0, 0):
            return NamingLog()
        return self.cache.get_or_make(("naming", stamp), lambda: read_naming(self.workspace), max_size=2)

    def catalogue_at(self, version: int) -> Catalogue:
        """As it was; not kept. CatalogueError when that version was cleared away."""
        return open_catalogue(self.workspace, version)

    def catalogue_begun_with(self, version: int) -> Catalogue:
        """For work that goes on: as it was, or the newest where that version was cleared away, or none is said (0)."""
        try:
            return self.catalogue_at(version) if version else self.catalogue()
        except CatalogueError:
            return self.catalogue()

    def pixels(self, size: int, catalogue: Catalogue | None = None) -> np.ndarray:
        """uint8 (N, size, size, 3) of all products, memory-mapped; of the newest catalogue unless said."""
        return pixel_array(self.workspace, catalogue or self.catalogue(), size)

    def copies(self, catalogue: Catalogue | None = None) -> Copies:
        """Which products have the same picture; of the newest catalogue unless said. Seconds, once for each version."""
        seen = catalogue or self.catalogue()
        return self.cache.get_or_make(("copies", seen.version), lambda: find_copies(self.workspace, seen), max_size=2)

    def _copies_beside(self, catalogue: Catalogue, rows_m: np.ndarray) -> np.ndarray:
        """int64 (M,): how many others have the picture of each row, where a job has found that already; else 0."""
        stamp = self.workspace.pixels.stat().st_mtime_ns if self.workspace.pixels.exists() else 0
        known = self.cache.get_or_make(
            ("copies kept", catalogue.version, stamp), lambda: kept_copies(self.workspace, catalogue), max_size=2
        )
        return np.zeros(len(rows_m), np.int64) if known is None else known.count_n[rows_m] - 1

    def product(self, product_id: str) -> Product:
        return self.product_at(self.catalogue().row(product_id))

    def product_at(self, row: int) -> Product:
        return self.products_at([row])[0]

    def products_at(
        self,
        rows_m: Sequence[int] | np.ndarray,
        distance_m: Sequence[float] | np.ndarray | None = None,
        typical: float | None = None,
    ) -> list[Product]:
        """The products of catalogue rows, with their distances if given. RequestError for a row that is not there."""
        catalogue = self.catalogue()
        rows_m = checked_rows(rows_m, catalogue)
        found, beside_m = [], self._copies_beside(catalogue, rows_m)
        for i, (row, values) in enumerate(zip(rows_m.tolist(), catalogue.values_of(rows_m), strict=True)):
            distance = None if distance_m is None else float(distance_m[i])
            near = None if distance is None or not typical else distance / typical
            product_id, name, sha256 = catalogue.product_ids[row], catalogue.names[row], catalogue.sha256[row]
            words = {
                key: value_words(value, catalogue.units.get(key, ""))
                for key, value in values.items()
                if not isinstance(value, str)
            }
            copies = int(beside_m[i])
            found.append(Product(row, product_id, name, sha256, values, distance, near, words, copies))
        return found

    def random_product(self, seed: int | None = None, model: str = "") -> Product:
        """Any product; with a model, any that has a code."""
        rng = np.random.default_rng(seed)
        if model:
            space = self.space(model)
            space.require_codes()
            return self.product_at(int(rng.choice(space.rows_n)))
        return self.product_at(int(rng.choice(self.catalogue().there)))

    def thumbnail(self, sha256: str, edge_px: int) -> bytes:
        """A product's picture by its fingerprint, `edge_px` at most. RequestError when no product has it."""

        catalogue = self.catalogue()
        row = catalogue.row_of_picture(sha256)
        if row is None:
            raise RequestError("no product of this catalogue has that picture")
        return self.cache.get_or_make(
            ("thumbnail", sha256, edge_px), lambda: thumbnail(catalogue.pictures([row])[0], edge_px), max_size=4096
        )

    def tag_state(self) -> TagState:
        """Who carries which tag, and all that was done; of the log only what is new is read."""
        catalogue = self.catalogue()
        with self._tags_lock:
            self._tags = read_tags(self.workspace, catalogue, self._tags)
            return self._tags

    def import_products(self, source: str, columns: Columns) -> Iterator[ImportReport]:
        return import_source(self.workspace, source, columns)

    def offered(self, source: str, columns: Columns) -> Listing:
        """What an import would take in, and how it understands each column; to be imported or closed."""
        return offered(self.workspace, source, columns)

    def import_listing(self, listing: Listing, source: str) -> Iterator[ImportReport]:
        """One that was `offered`; of a source that came over the page nothing stays behind."""
        yield from import_listing(self.workspace, listing, Path(source).name)
        drop_imported(self.workspace, source)

    def absent_from_source(self, source: str) -> int:
        """How many products of the catalogue a source does not list."""
        return absent_from_source(self.workspace, source)

    # -- models --------------------------------------------------------------------------------------------------

    def models(self) -> list[str]:
        """Finished models that can be used, the newest first."""
        weights = list(self.workspace.models.glob("*/weights.safetensors"))
        newest_first = sorted(weights, key=lambda path: -path.stat().st_mtime)
        return [path.parent.name for path in newest_first if not self.problem(path.parent.name)]

    def decodes(self, model: str) -> bool:
        """Whether it can draw: all models but looks, which only know what is alike."""
        return self._family(model) not in (LOOK, GIVEN)

    def encodes(self, model: str) -> bool:
        """Whether a picture gives it a code: all but vectors that were brought."""
        return self._family(model) != GIVEN

    def _family(self, model: str) -> str:
        stamp = self._model_stamp(model)
        return self.cache.get_or_make(("family", model, stamp), lambda: self.card(model).family, max_size=256)

    def _rank(self, model: str) -> tuple[bool, bool]:
        """Looks first, since they tell best what is alike; of these, what photographs can be looked up by."""
        return self.decodes(model), not self.encodes(model)

    def models_to_show(self, *, decodes: bool = False) -> list[str]:
        """The same for pages: first those that have seen products, of these the looks. RequestError where there is
        none.

        `decodes`: only those that can draw.
        """
        models = [model for model in self.models() if not decodes or self.decodes(model)]
        unseen = {model: self.workspace.stamp(f"codes--{model}") == (0, 0) for model in models}
        shown = sorted(models, key=lambda model: (unseen[model], *self._rank(model)))
        while shown:
            with suppress(ModelError):  # it is named by `problems` from now on
                self.space(shown[0])
                return shown
            shown = shown[1:]
        raise self._no_model()

    def problem(self, model: str) -> str:
        """Why a model can't be used, in a sentence; "" for one that can, or that is not finished yet."""
        stamp = self._model_stamp(model)
        then, said = self._unusable.get(model, ((), ""))
        if then == stamp:
            return said
        folder = self.workspace.models / model
        try:
            return self.cache.get_or_make(("problem of a model", model, stamp), lambda: _problem(folder), max_size=256)
        except OSError as reason:  # of a moment: not kept
            return str(reason)

    def problems(self) -> dict[str, str]:
        """All models that can't be used, finished or not, by name, and why."""
        files = ("card.json", "weights.safetensors")
        names = {path.parent.name for file in files for path in self.workspace.models.glob(f"*/{file}")}
        return {name: said for name in sorted(names) if (said := self.problem(name))}

    def _is_usable(self, model: str) -> bool:
        try:
            checked_name(model, "model")
        except CatalogueError:
            return False
        return self._model_stamp(model)[1] != (0, 0) and not self.problem(model)

    def _no_model(self) -> RequestError:
        broken = "; ".join(self.problems().values())
        said = f"no model here can be used: {broken}" if broken else "there is no model yet"
        return RequestError(f"{said}. Train one: looks-like train vae")

    def _model_stamp(self, model: str) -> tuple[tuple[int, int], ...]:
        """Changes with any file that the model is read from."""
        folder, found = f"{self.workspace.models}/{model}", []
        for file in ("card.json", "weights.safetensors", "mixture.safetensors", "axes.safetensors"):
            try:
                said = os.stat(f"{folder}/{file}")  # noqa: PTH116 - four for every request; a Path takes ten times as long
                found.append((said.st_mtime_ns, said.st_size))
            except OSError:
                found.append((0, 0))
        return tuple(found)

    def model_name(self, asked: str | None, *, decodes: bool = False) -> str:
        """The model asked for, or the newest; of those that have seen products a look goes before, since it tells best
        what is alike. RequestError lists what there is.

        `decodes`: only one that can draw will do.
        """
        if asked and self._is_usable(asked):
            return asked
        have = self.models()
        if decodes:
            have = [model for model in have if self.decodes(model)]
        elif not asked:
            unseen = {model: not self.workspace.count(f"codes--{model}") for model in have}
            have = sorted(have, key=lambda model: (self.decodes(model) or unseen[model], *self._rank(model)[1:]))
        if asked:
            if broken := self.problems().get(asked):
                raise RequestError(broken)
            raise RequestError(f"there is no model {asked[:60]!r}; there are: {', '.join(have) or 'none'}")
        if not have:
            raise self._no_model()
        return have[0]

    def folder(self, model: str) -> Path:
        return self.workspace.models / checked_name(model, "model")

    def card(self, model: str) -> Card:
        return read_card(self.folder(model))

    def net(self, model: str) -> Family:
        """Encoder and decoder, on the device of this process."""
        return self._loaded(self.model_name(model))[0]

    def _loaded(self, model: str) -> tuple[Family, Card, Mixture | None, Axes | None]:
        folder = self.folder(model)
        return self.cache.get_or_make(
            ("net", model, self._model_stamp(model)),
            lambda: (*load_model(folder, pick_device().name), read_mixture(folder), read_axes(folder)),
            max_size=16,
        )

    def space(self, model: str) -> Space:
        """The model with the codes of the catalogue's products. A model of which that can't be made is a `problem`."""
        name = self.model_name(model)
        try:
            return self._space(name)
        except ModelError as reason:
            if _of_a_moment(reason) is None:
                self._unusable[name] = (self._model_stamp(name), str(reason))
            raise

    def _space(self, name: str) -> Space:
        weights, stamp = self.weights(name), self._model_stamp(name)
        net, card, mixture, axes = self._loaded(name)

        def make() -> Space:
            catalogue, embedding = self.catalogue(), read_embedding(self.workspace, name)
            if embedding is None or embedding.weights != weights:
                none_0d = np.empty((0, net.settings.latent), np.float32)
                return Space(net, card, none_0d, np.empty(0, np.int64), mixture=mixture, axes=axes)
            rows_n = catalogue.rows_of(embedding.product_ids)
            order_n = np.argsort(rows_n, kind="stable")[(rows_n < 0).sum() :]
            z_nd, rows_n = embedding.z_nd[order_n], rows_n[order_n]
            space = Space(net, card, z_nd, rows_n, mixture=mixture, axes=axes)
            space.first_of_rows = lambda: self.copies(catalogue).first_n
            return space

        codes = self.workspace.stamp(f"codes--{name}")
        return self.cache.get_or_make(("space", name, stamp, self.version(), codes), make, max_size=16)

    def weights(self, model: str) -> str:
        """The fingerprint of a finished model's weights."""
        folder = self.folder(model)
        key = ("weights", folder.name, self._model_stamp(model))
        return self.cache.get_or_make(key, lambda: fingerprint(folder))

    def has_code(self, model: str, product_id: str) -> bool:
        catalogue = self.catalogue()
        return catalogue.has(product_id) and self.space(model).has(catalogue.row(product_id))

    def add_model(self, source: Path, name: str) -> None:
        """Copies a finished model from elsewhere; RequestError when another one has its name."""
        folder = self.folder(name)
        if folder.exists():
            if (folder / "weights.safetensors").exists() and fingerprint(folder) == fingerprint(source):
                return
            raise RequestError(
                f"{self.workspace.folder} has another model {name!r} already, perhaps of an older program. To have "
                f"this program's beside it: looks-like models rename {name} {name}-before, and again; or choose "
                "another --workspace"
            )
        with self.workspace.write_lock(f"model {name}"):
            copy_model(source, folder, self.workspace.folder / f".model-{name}.part")

    # -- maps ----------------------------------------------------------------------------------------------------

    def maps(self, model: str) -> list[MapCard]:
        """Oldest first."""
        begins = f"map--{checked_name(model, 'model')}--"
        tables = [name for name in self.workspace.table_names() if name.startswith(begins)]
        stamps = tuple((name, self.workspace.stamp(name)) for name in tables)
        return list(self.cache.get_or_make(("maps", model, stamps), lambda: list_maps(self.workspace, model)))

    def map_view(self, model: str, name: str) -> MapView:
        """The map, row by row of the catalogue. CatalogueError when there is none of that name."""
        catalogue = self.catalogue()
        stamp = self.workspace.stamp(f"map--{checked_name(model, 'model')}--{checked_name(name, 'map')}")
        return self.cache.get_or_make(
            ("map", catalogue.version, model, name, stamp),
            lambda: map_view(read_map(self.workspace, model, name), catalogue),
            max_size=16,
        )

    # -- decodes, neighbours -------------------------------------------------------------------------------------

    def decode(self, model: str, z_td: np.ndarray) -> np.ndarray:
        """uint8 (T, S, S, 3)."""
        return self.space(model).decode(z_td)

    def nearest_products(self, model: str, z_d: np.ndarray, k: int) -> list[Product]:
        """The k products nearest to a point of the space; of copies of one picture one."""
        space = self.space(model)
        space.require_codes()
        one = space.one_of_each
        among_m = None if len(one) == len(space.rows_n) else space.rows_n[one]
        rows_1k, distances_1k = space.nearest(z_d[None], k, among_m)
        return self.products_at(rows_1k[0], distances_1k[0], space.typical_distance)


def _problem(folder: Path) -> str:
    try:
        checked_name(folder.name, "model")
        check_model(folder)
    except (CatalogueError, ModelError) as reason:
        if (cause := _of_a_moment(reason)) is not None:
            raise cause from None
        return str(reason)
    return ""


def _of_a_moment(reason: Exception) -> OSError | None:
    """What the machine lacked, perhaps only just then, where that is the cause."""
    cause = reason.__context__
    return cause if isinstance(cause, OSError) and cause.errno in (EMFILE, ENFILE, ENOMEM, EIO) else None


@cache
def open_lab() -> Lab:
    """The Lab of this process, over $LOOKS_LIKE_WORKSPACE or ./workspace: shared by pages and routes."""
    return Lab(os.environ.get("LOOKS_LIKE_WORKSPACE") or "workspace")
