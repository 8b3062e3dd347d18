"""The Lab: every question that a page, a command, a route or a test may ask, answered in plain values.

The one place where the catalogue (`data`) and the models (`model`) meet. It is shared by all threads of a process:
answers are read-only, and everything cached is keyed by the version of what it was made from.
"""

import gc
import io
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

from data.catalogue import Catalogue, catalogue_version, open_catalogue
from data.embeddings import drop_codes, read_embedding, write_codes
from data.importing import ImportReport, import_source, strangers
from data.maps import Map, MapCard, list_maps, read_map, write_map
from data.pictures import pixels_of, square_picture, thumbnail
from data.pixels import pixel_array, pixel_reader
from data.sources import Columns
from data.tag_state import TagState, read_tags
from data.workspace import Workspace, checked_name
from explorer.asks import PathAsk, checked_seed
from explorer.colours import CATEGORIES_MAX, Colouring, by_category, by_number, plain
from explorer.errors import MISTAKES, AskError
from explorer.layout import lay_out, quality
from explorer.space import Space, encode_pixels
from explorer.training import TrainAsk, TrainingReport, train_model
from model.card import Card, copy_model, fingerprint, load_model, read_card
from model.device import answer_with_one_thread, pick_device
from model.maps import METHODS, method
from model.mixture import read_mixture

Answer = TypeVar("Answer")
_SEARCH_MAX = 12
_ENCODE_CHUNK = 2048


@dataclass(frozen=True)
class Item:
    """A product as people see it."""

    row: int
    product_id: str
    name: str
    sha256: str  # of the picture
    attributes: dict[str, Any]
    distance: float | None = None  # in z-space
    typical: float | None = None  # the same over the distance from a typical product to its nearest


@dataclass(frozen=True)
class Path_:
    """A path, decoded and matched: step i is frames[i], and nearest[i] is the real product closest to it."""

    ask: PathAsk
    z_td: np.ndarray
    frames_thwc: np.ndarray  # uint8
    nearest: list[Item]


@dataclass(frozen=True)
class MapView:
    """A map laid over a catalogue: a place for each row, NaN where the map has none."""

    card: MapCard
    xy_n2: np.ndarray
    tag: str  # changes when the answer does
    missing: int  # products that the map does not show yet
    placed_n: np.ndarray  # bool: placed after the map was made
    far_n: np.ndarray  # bool: like nothing on the map when it was placed


@dataclass(frozen=True)
class Status:
    """What the workspace holds, and what is behind."""

    products: int
    version: int
    models: list[dict[str, Any]]


class Lab:
    def __init__(self, folder: str | Path) -> None:
        self.workspace = Workspace(folder)
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._lock = threading.RLock()
        self._tags: TagState | None = None
        self._tags_lock = threading.Lock()
        self._gates: dict[tuple[object, ...], threading.Lock] = {}
        self.thumbnail = lru_cache(maxsize=4096)(self._thumbnail)
        self._paths = lru_cache(maxsize=16)(self._path)

    def once(self, key: tuple[object, ...], make: Callable[[], Answer], keep: int = 32) -> Answer:
        """The answer kept under `key`, made by one thread if it is new; the least used are let go."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                while len(self._kept) > keep:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]  # type: ignore[return-value]

    def once_aside(self, key: tuple[object, ...], make: Callable[[], Answer]) -> Answer:
        """The same for what takes seconds: others are answered meanwhile, whoever asks for this waits."""
        with self._lock:
            gate = self._gates.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                if key in self._kept:
                    return self.once(key, make)
            try:
                found = make()
            finally:  # also of a question that has no answer: links may ask any number of them
                with self._lock:
                    self._gates.pop(key, None)
            return self.once(key, lambda: found)

    # -- the catalogue -------------------------------------------------------------------------------------------

    def version(self) -> int:
        """Of the catalogue; 0 while it is empty."""
        stamp = self.workspace.stamp("products")
        return self.once(("version", stamp), lambda: catalogue_version(self.workspace))

    def catalogue(self) -> Catalogue:
        return self.once(("catalogue", self.version()), lambda: open_catalogue(self.workspace))

    def item(self, product_id: str) -> Item:
        return self.item_at(self.catalogue().row(product_id))

    def item_at(self, row: int) -> Item:
        return self.items_at([row])[0]

    def items_at(
        self,
        rows_m: Sequence[int] | np.ndarray,
        distance_m: Sequence[float] | np.ndarray | None = None,
        typical: float | None = None,
    ) -> list[Item]:
        """The products of catalogue rows, with their distances if given. AskError for a row that is not there."""
        catalogue = self.catalogue()
        wrong = [row for row in rows_m if not 0 <= row < len(catalogue)]
        if wrong:
            raise AskError(f"there is no row {wrong[0]} in this catalogue of {len(catalogue):,}")
        found = []
        for i, (row, values) in enumerate(zip(map(int, rows_m), catalogue.values_of(rows_m), strict=True)):
            distance = None if distance_m is None else float(distance_m[i])
            near = None if distance is None or not typical else distance / typical
            product_id, name, sha256 = catalogue.product_ids[row], catalogue.names[row], catalogue.sha256[row]
            found.append(Item(row, product_id, name, sha256, values, distance, near))
        return found

    def search(self, text: str, limit: int = _SEARCH_MAX) -> list[Item]:
        """Products whose id or name holds the text, exact ids first; the first ones where the text is empty."""
        catalogue = self.catalogue()
        wanted = text.strip().lower()
        if not wanted:
            return self.items_at(range(min(limit, len(catalogue))))
        ids, names = self._lower_case(catalogue)
        hit_n = pc.or_(pc.match_substring(ids, wanted), pc.match_substring(names, wanted))
        rows = np.flatnonzero(hit_n.to_numpy(zero_copy_only=False))
        exact = [row for row in rows[:10_000] if catalogue.product_ids[row].lower() == wanted]
        ordered = exact + [int(row) for row in rows[: limit + 1] if row not in exact]
        return self.items_at(ordered[:limit])

    def _lower_case(self, catalogue: Catalogue) -> tuple[pa.Array, pa.Array]:
        def make() -> tuple[pa.Array, pa.Array]:
            names = pa.array(catalogue.names, pa.string())
            return pc.utf8_lower(catalogue.rows["product_id"].combine_chunks()), pc.utf8_lower(names)

        return self.once(("lower case", catalogue.version), make)

    def random_item(self, seed: int | None = None, model: str = "") -> Item:
        """Any product; with a model, any that has a code."""
        rng = np.random.default_rng(seed)
        if model:
            space = self.space(model)
            space.need_codes()
            return self.item_at(int(rng.choice(space.rows_n)))
        return self.item_at(int(rng.integers(len(self.catalogue()))))

    def _thumbnail(self, sha256: str, edge_px: int) -> bytes:
        """A product's picture by its fingerprint, `edge_px` at most. AskError when no product has it."""
        catalogue = self.catalogue()
        row = catalogue.row_of_picture(sha256)
        if row is None:
            raise AskError("no product of this catalogue has that picture")
        return thumbnail(catalogue.pictures([row])[0], edge_px)

    def colouring(self, attribute: str) -> Colouring:
        """A colour index for each product by an attribute; "" = all alike. AskError for one that does not exist."""
        catalogue = self.catalogue()
        if not attribute:
            return plain(len(catalogue))
        if attribute not in catalogue.attributes:
            raise AskError(f"no attribute {attribute!r}; there are: {', '.join(catalogue.attributes) or 'none'}")

        def make() -> Colouring:
            column = catalogue.rows[attribute]
            number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
            if number or pa.types.is_timestamp(column.type):
                return by_number(attribute, column)
            return by_category(attribute, column)

        return self.once(("colouring", catalogue.version, attribute), make)

    def telling_attribute(self) -> str:
        """The text attribute to colour by at first: given for most products, of many but not too many values."""
        catalogue = self.catalogue()

        def tells(name: str) -> float:
            column = catalogue.rows[name]
            values = int(pc.count_distinct(column).as_py()) if pa.types.is_string(column.type) else 0
            legible = values if values <= CATEGORIES_MAX else 2 - values / (2 * CATEGORIES_MAX)  # "others" tell nothing
            return legible * (1 - column.null_count / len(column)) if 2 <= values <= 2 * CATEGORIES_MAX else 0.0

        def make() -> str:
            scores = {name: tells(name) for name in catalogue.attributes}
            best = max(scores, key=scores.__getitem__, default="")
            return best if best and scores[best] else ""

        return self.once(("telling", catalogue.version), make)

    def tag_state(self) -> TagState:
        """Who carries which tag, and all that was done; of the log only what is new is read."""
        catalogue = self.catalogue()
        with self._tags_lock:
            self._tags = read_tags(self.workspace, catalogue, self._tags)
            return self._tags

    def import_products(self, source: str, columns: Columns) -> Iterator[ImportReport]:
        return import_source(self.workspace, source, columns)

    def strangers(self, source: str) -> int:
        """How many products of the catalogue a source does not list."""
        return strangers(self.workspace, source)

    # -- models --------------------------------------------------------------------------------------------------

    def models(self) -> list[str]:
        """Finished models, the newest first."""
        folders = [path.parent for path in self.workspace.models.glob("*/weights.safetensors")]
        return [folder.name for folder in sorted(folders, key=lambda f: -(f / "weights.safetensors").stat().st_mtime)]

    def models_to_show(self) -> list[str]:
        """The same for pages: first those that have seen products."""
        return sorted(self.models(), key=lambda model: self.workspace.stamp(f"codes--{model}") == (0, 0))

    def model_name(self, asked: str | None) -> str:
        """The model asked for, or the newest. AskError lists what there is."""
        have = self.models()
        if asked and asked in have:
            return asked
        if asked:
            raise AskError(f"there is no model {asked[:60]!r}; there are: {', '.join(have) or 'none'}")
        if not have:
            raise AskError("there is no model yet. Train one: looks-like train vae")
        return have[0]

    def folder(self, model: str) -> Path:
        return self.workspace.models / checked_name(model, "model")

    def card(self, model: str) -> Card:
        return read_card(self.folder(model))

    def space(self, model: str) -> Space:
        """The model with the codes of the catalogue's products."""
        folder = self.folder(self.model_name(model))
        stamp = (folder / "weights.safetensors").stat().st_mtime_ns
        weights = self.weights(folder.name)
        net, card, mixture = self.once(
            ("net", folder.name, stamp), lambda: (*load_model(folder, pick_device().name), read_mixture(folder))
        )

        def make() -> Space:
            catalogue, embedding = self.catalogue(), read_embedding(self.workspace, folder.name)
            if embedding is None or embedding.weights != weights:
                none_0d = np.empty((0, net.settings.latent), np.float32)
                return Space(net, card, none_0d, np.empty(0, np.int64), mixture=mixture)
            rows_n = catalogue.places(embedding.product_ids)
            order_n = np.argsort(rows_n, kind="stable")[(rows_n < 0).sum() :]
            return Space(net, card, embedding.z_nd[order_n], rows_n[order_n], mixture=mixture)

        codes = self.workspace.stamp(f"codes--{folder.name}")
        return self.once_aside(("space", folder.name, stamp, self.version(), codes), make)

    def weights(self, model: str) -> str:
        """The fingerprint of a finished model's weights."""
        folder = self.folder(model)
        stamp = (folder / "weights.safetensors").stat().st_mtime_ns
        return self.once(("weights", folder.name, stamp), lambda: fingerprint(folder))

    def has_code(self, model: str, product_id: str) -> bool:
        catalogue = self.catalogue()
        return catalogue.has(product_id) and self.space(model).has(catalogue.row(product_id))

    def train(self, ask: TrainAsk) -> Iterator[TrainingReport]:
        """Trains until done; stopping to read leaves a checkpoint that `resume` goes on from.

        A resumed training goes on with the products it began with, whatever was imported since.
        """
        checked_name(ask.name, "model")
        begun = self.card(ask.name).catalogue_version if ask.resume else 0
        catalogue = open_catalogue(self.workspace, begun) if begun else self.catalogue()

        def pixels(size: int) -> tuple[np.ndarray, np.ndarray]:
            everything = pixel_array(self.workspace, catalogue, size)
            return everything, catalogue.held_out

        with self.workspace.training(ask.name):
            yield from train_model(self.workspace.models, ask, pixels, catalogue.version)

    def add_model(self, source: Path, name: str) -> None:
        """Copies a finished model from elsewhere; AskError when another one has its name."""
        folder = self.folder(name)
        if folder.exists():
            if (folder / "weights.safetensors").exists() and fingerprint(folder) == fingerprint(source):
                return
            raise AskError(
                f"{self.workspace.folder} has another model {name!r} already: rename its folder, or choose another "
                "--workspace"
            )
        with self.workspace.writing(f"model {name}"):
            copy_model(source, folder, self.workspace.folder / f".model-{name}.part")

    def pixels(self, size: int) -> np.ndarray:
        """uint8 (N, size, size, 3) of all products, memory-mapped."""
        return pixel_array(self.workspace, self.catalogue(), size)

    def encode(self, model: str) -> Iterator[tuple[int, int]]:
        """(done, total) of the products that have no code yet, or whose picture changed."""
        with self.workspace.writing(f"encoding with {self.model_name(model)}"):
            yield from self.encode_while_writing(model)

    def encode_while_writing(self, model: str) -> Iterator[tuple[int, int]]:
        """The same, for whoever holds `workspace.writing` already."""
        name = self.model_name(model)
        catalogue, weights = self.catalogue(), self.weights(name)
        embedding = read_embedding(self.workspace, name)
        if embedding is not None and embedding.weights != weights:
            drop_codes(self.workspace, name)
            embedding = None
        have = dict(zip(embedding.product_ids, embedding.sha256, strict=True)) if embedding else {}
        pairs = zip(catalogue.product_ids, catalogue.sha256, strict=True)
        rows = np.array([i for i, (key, digest) in enumerate(pairs) if have.get(key) != digest], dtype=np.int64)
        yield 0, len(rows)
        if not len(rows):
            return
        net, codes = load_model(self.folder(name), pick_device().name)[0], []
        pixels_of_rows = pixel_reader(self.workspace, catalogue, net.settings.size, len(rows))
        for i in range(0, len(rows), _ENCODE_CHUNK):
            codes.append(encode_pixels(net, pixels_of_rows(rows[i : i + _ENCODE_CHUNK]), pick_device()))
            yield min(i + _ENCODE_CHUNK, len(rows)), len(rows)
        ids, digests = [catalogue.product_ids[i] for i in rows], [catalogue.sha256[i] for i in rows]
        write_codes(self.workspace, name, weights, ids, digests, np.concatenate(codes))

    # -- maps ----------------------------------------------------------------------------------------------------

    def maps(self, model: str) -> list[MapCard]:
        """Oldest first."""
        begins = f"map--{checked_name(model, 'model')}--"
        tables = [name for name in self.workspace.table_names() if name.startswith(begins)]
        stamps = tuple((name, self.workspace.stamp(name)) for name in tables)
        return list(self.once(("maps", model, stamps), lambda: list_maps(self.workspace, model)))

    def make_map(
        self,
        model: str,
        method: str,
        name: str,
        seed: int = 0,
        progress: Callable[[float], None] = lambda share: None,
        *,
        before: Map | None = None,
        measure: bool = True,
    ) -> MapCard:
        """Lays out all codes of a model and keeps the map, in the place of one of that name.

        `before`: a map that regions shall keep their place of. `measure`: what it keeps, a second's work at 30,000.
        """
        space, catalogue = self.space(model), self.catalogue()
        checked_name(name, "map")
        checked_seed(seed)
        space.need_codes()
        started = time.perf_counter()
        old_n2 = None
        if before is not None:
            places_n = catalogue.places(before.product_ids)
            old_n2 = _over_catalogue(len(catalogue), places_n, before.xy_n2, np.nan)[space.rows_n]
        resume = before is not None and before.card.method == method
        laid = lay_out(method, space.z_nd, seed, progress, old_n2, resume=resume)
        card = MapCard(
            model=space.card.name,
            name=name,
            method=method,
            seed=seed,
            catalogue_version=catalogue.version,
            weights=self.weights(space.card.name),
            made=Card.now(),
            seconds=round(time.perf_counter() - started, 1),
            since="" if before is None else before.card.since or before.card.made,
            moved=None if laid.moved is None else round(laid.moved, 4),
            **(asdict(quality(space.z_nd, laid.xy_n2)) if measure else {}),
        )
        ids, digests = (np.array(column, dtype=object) for column in (catalogue.product_ids, catalogue.sha256))
        with self.workspace.writing(f"map {name}"):
            write_map(self.workspace, card, [*ids[space.rows_n]], laid.xy_n2, [*digests[space.rows_n]])
        return card

    def map_view(self, model: str, name: str) -> MapView:
        """The map, row by row of the catalogue. CatalogueError when there is none of that name."""
        catalogue = self.catalogue()
        stamp = self.workspace.stamp(f"map--{checked_name(model, 'model')}--{checked_name(name, 'map')}")

        def make() -> MapView:
            found: Map = read_map(self.workspace, model, name)
            rows_n = catalogue.places(found.product_ids)
            xy_n2 = _over_catalogue(len(catalogue), rows_n, found.xy_n2, np.nan)
            made = "".join(c for c in found.card.made if c.isdigit())
            return MapView(
                found.card,
                xy_n2,
                f"{catalogue.version}-{found.version}-{made}",
                int(np.isnan(xy_n2[:, 0]).sum()),
                _over_catalogue(len(catalogue), rows_n, found.placed_n > 0, False),
                _over_catalogue(len(catalogue), rows_n, found.far_n, False),
            )

        return self.once(("map", catalogue.version, model, name, stamp), make)

    # -- paths, decodes, neighbours ------------------------------------------------------------------------------

    def decode(self, model: str, z_td: np.ndarray) -> np.ndarray:
        """uint8 (T, S, S, 3)."""
        return self.space(model).decode(z_td)

    def path(self, ask: PathAsk) -> Path_:
        """The path, kept for as long as its space is. Unknown products, models and curves are mistakes that say so."""
        return self._paths(ask, self.space(ask.model))

    def _path(self, ask: PathAsk, space: Space) -> Path_:
        catalogue = self.catalogue()
        z_td = space.walk([catalogue.row(product_id) for product_id in ask.anchors], ask.steps, ask.curve)
        rows_t1, distances_t1 = space.nearest(z_td)
        nearest = self.items_at(rows_t1[:, 0], distances_t1[:, 0], space.typical_distance)
        return Path_(ask, z_td, space.decode(z_td), nearest)

    def pictures_of(self, items: list[Item], edge_px: int) -> list[np.ndarray]:
        """uint8 (S, S, 3) of each; smaller ones are enlarged in whole pixels, not blurred."""
        rows = sorted({item.row for item in items})
        content = dict(zip(rows, self.catalogue().pictures(rows), strict=True))
        pixels = {row: _enlarge(content[row], edge_px) for row in rows}
        return [pixels[item.row] for item in items]

    def near_code(self, model: str, z_d: np.ndarray, k: int) -> list[Item]:
        """The k products nearest to a point of the space."""
        space = self.space(model)
        rows_1k, distances_1k = space.nearest(z_d[None], k)
        return self.items_at(rows_1k[0], distances_1k[0], space.typical_distance)

    def similar(self, model: str, product: str, k: int = 12) -> list[Item]:
        """The k products most like one of the catalogue (itself left out) or a photograph's file."""
        space, catalogue = self.space(model), self.catalogue()
        if catalogue.has(product):
            row = catalogue.row(product)
            found = self.near_code(model, space.code(row), k + 1)
            return [item for item in found if item.row != row][:k]
        return self.near_code(model, self.code_of_photograph(model, self.file_of_photograph(product)), k)

    @staticmethod
    def file_of_photograph(name: str) -> bytes:
        """The content of a file named where a product might have been. AskError when it is neither."""
        path = Path(name)
        if not _is_file(path):
            raise AskError(f"{name[:80]!r} is neither a product of this catalogue nor a file")
        return path.read_bytes()

    def code_of_photograph(self, model: str, content: bytes) -> np.ndarray:
        """(D,) of a stranger's picture, squared as an import would. PictureError when it is not one."""
        space = self.space(model)
        pixels = pixels_of(square_picture(content).content, space.size)
        return np.asarray(space.encode(pixels[None])[0])

    # -- what there is -------------------------------------------------------------------------------------------

    def status(self) -> Status:
        version = self.version()
        products = len(self.catalogue()) if version and self._has_products() else 0
        return Status(products, version, [self._model_status(name, products) for name in self._model_folders()])

    def _has_products(self) -> bool:
        table = self.workspace.table("products")
        return table is not None and table.count_rows() > 0

    def _model_folders(self) -> list[str]:
        return sorted(path.parent.name for path in self.workspace.models.glob("*/card.json"))

    def _model_status(self, name: str, products: int) -> dict[str, Any]:
        card = self.card(name)
        table = self.workspace.table(f"codes--{name}")
        encoded = 0 if table is None else table.count_rows()
        return {
            "name": name,
            "family": card.family,
            "latent": card.settings["latent"],
            "size": card.settings["size"],
            "finished": card.finished,
            "measures": card.measures,
            "catalogue_version": card.catalogue_version,
            "products_without_code": max(0, products - encoded),
            "maps": [asdict(card) for card in self.maps(name)],
        }

    def get_ready(self) -> None:
        """Reads the newest model, its codes and its newest map, for a server that will soon be asked."""
        answer_with_one_thread()
        with suppress(*MISTAKES):  # an empty workspace has nothing to read; the pages say what to do
            model = self.model_name(None)
            for card in self.maps(model)[-1:]:  # the first thing that a page shows
                self.map_view(card.model, card.name)
            space = self.space(model)
            space.decode(space.middle[None])
            space.nearest(space.middle[None])
        # Streamlit collects garbage after every run of a page, and nothing else moves meanwhile: 1 s with all that
        # torch and the catalogue keep, unless what is here to stay is left out of it
        gc.freeze()

    @staticmethod
    def map_methods() -> tuple[str, ...]:
        return METHODS

    def map_title(self, card: MapCard) -> str:
        """Its method, after its name where that is another."""
        title = self.map_words(card.method)[0]
        return title if card.name == card.method else f"{card.name} ({title})"

    @staticmethod
    def map_words(name: str) -> tuple[str, str]:
        """The title of a map method, and what it keeps in one sentence."""
        return method(name).TITLE, method(name).SENTENCE


def _over_catalogue(count: int, rows_n: np.ndarray, values_n: np.ndarray, nothing: float) -> np.ndarray:
    """(count, …), read-only: what a map says of its products, row by row of the catalogue; -1 = of none."""
    said_n = np.full((count, *values_n.shape[1:]), nothing, values_n.dtype)
    said_n[rows_n[rows_n >= 0]] = values_n[rows_n >= 0]
    said_n.flags.writeable = False
    return said_n


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long to be one
        return False


def _enlarge(content: bytes, edge_px: int) -> np.ndarray:
    image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if image.width >= edge_px:
        return pixels_of(content, edge_px)
    return np.asarray(image.convert("RGB").resize((edge_px, edge_px), Image.Resampling.NEAREST))


def item_json(item: Item) -> dict[str, Any]:
    """Plain JSON; times as text, those at midnight as dates."""
    said = asdict(item)
    said["attributes"] = {
        key: value if isinstance(value, str | int | float | bool) else str(value).removesuffix(" 00:00:00")
        for key, value in item.attributes.items()
        if not (isinstance(value, float) and value != value)
    }
    return said


@cache
def open_lab() -> Lab:
    """The Lab of this process, over $LOOKS_LIKE_WORKSPACE or ./workspace: shared by pages and routes."""
    return Lab(os.environ.get("LOOKS_LIKE_WORKSPACE") or "workspace")
