"""Maps that stay put: products that come later are placed on them, and a new layout is laid over the old one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from data.catalogue import open_catalogue
from data.errors import CatalogueError
from data.maps import Map, MapCard, Places, add_places, read_map, rewrite_card
from data.workspace import checked_name
from explorer import layout
from explorer.errors import MISTAKES
from explorer.lab import Lab
from explorer.layout import Drift


@dataclass(frozen=True)
class CatchUp:
    """How far new products have come onto the maps of a model; counts are of places, so two maps count twice."""

    stage: str  # for people
    done: int
    total: int
    encoded: int = 0
    placed: int = 0  # products that had no place
    replaced: int = 0  # products whose picture has changed: they alone move
    far: int = 0  # of both, those that are like nothing on the map
    left: tuple[str, ...] = ()  # maps on which nothing could be placed, and why

    def words(self) -> str:
        said = [f"{self.encoded:,} encoded", f"{self.placed:,} placed"]
        if self.replaced:
            said.append(f"{self.replaced:,} placed again, since their pictures changed")
        if self.far:
            said.append(f"{self.far:,} of them like nothing on the map")
        return "; ".join([", ".join(said), *self.left])


@dataclass(frozen=True)
class _Behind:
    """What a map lacks: rows of the catalogue to place, and its own places to place them by."""

    rows_m: np.ndarray
    again: int  # of these, how many have a place already
    fixed_n: np.ndarray  # of the map's places, those laid out with it whose picture is still the same
    fixed_rows_n: np.ndarray  # and their rows in the catalogue


def catch_up(lab: Lab, model: str) -> Iterator[CatchUp]:
    """Codes for products without one, then places on every map of the model; no other product moves by a bit.

    CatalogueError when another process writes.
    """
    with lab.workspace.writing("placing new products"):
        now = CatchUp("Encoding", 0, 0)
        for done, total in lab.encode_while_writing(model):
            now = replace(now, done=done, total=total, encoded=done)
            yield now
        cards = lab.maps(model)
        for number, card in enumerate(cards):
            yield replace(now, stage=f"Placing on map {card.name}", done=number, total=len(cards))
            try:
                placed, again, far = _grow(lab, card)
            except MISTAKES as reason:
                now = replace(now, left=(*now.left, f"map {card.name} stays as it is: {reason}"))
                continue
            now = replace(now, placed=now.placed + placed, replaced=now.replaced + again, far=now.far + far)
        yield replace(now, stage="Placed", done=len(cards), total=len(cards))


def followed(lab: Lab) -> list[str]:
    """The models that an import brings up to date: those whose codes are of their weights, the newest first."""
    found = []
    for model in lab.models():
        with suppress(*MISTAKES):  # a model that can't be read keeps nobody from importing
            found += [model] if len(lab.space(model).z_nd) else []
    return found


def refit(
    lab: Lab,
    model: str,
    name: str,
    method: str | None = None,
    seed: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> MapCard:
    """Lays all products out anew over the map of that name, which stays until the new one is written.

    `method` and `seed`: as they were, unless said. CatalogueError when there is no map of that name.
    """
    before = read_map(lab.workspace, model, checked_name(name, "map"))
    seed = before.card.seed if seed is None else seed
    return lab.make_map(model, method or before.card.method, name, seed, progress, before=before)


def drift(lab: Lab, model: str, name: str) -> Drift:
    """How far a map has fallen behind; from at most 1,000 products placed later and 1,000 others."""
    view = lab.map_view(model, name)

    def make() -> Drift:
        rows_n, z_nd = _mapped(lab, model, name)
        missing = len(lab.space(model).rows_n) - len(rows_n)
        return layout.drift(z_nd, view.xy_n2[rows_n], view.placed_n[rows_n], view.far_n[rows_n], missing)

    return lab.once_aside(("drift", model, name, view.tag, len(lab.space(model).rows_n)), make)


def map_truth(lab: Lab, model: str, name: str) -> np.ndarray:
    """float32 (N,) by row: the share of a product's 10 most alike that are its 10 nearest on the map.

    NaN where it has no code or no place. Computed when it is first asked for: seconds for 30,000.
    """
    view = lab.map_view(model, name)

    def make() -> np.ndarray:
        rows_n, z_nd = _mapped(lab, model, name)
        kept_n = np.full(len(view.xy_n2), np.nan, np.float32)
        kept_n[rows_n] = layout.truth(z_nd, view.xy_n2[rows_n])
        kept_n.flags.writeable = False
        return kept_n

    return lab.once_aside(("truth", model, name, view.tag), make)


def measured(lab: Lab, model: str, name: str) -> MapCard:
    """The card with what the map keeps; measured now for a map that was made before that was done."""
    view = lab.map_view(model, name)
    if view.card.measured_on:
        return view.card

    def make() -> MapCard:
        rows_n, z_nd = _mapped(lab, model, name)
        found = layout.quality(z_nd, view.xy_n2[rows_n])
        return replace(
            view.card,
            trustworthiness=found.trustworthiness,
            neighbours_kept=found.neighbours_kept,
            measured_on=found.measured_on,
        )

    return lab.once_aside(("measured", model, name, view.tag), make)


def measure(lab: Lab, model: str, name: str) -> MapCard:
    """The same, and kept with the map."""
    card = measured(lab, model, name)
    with lab.workspace.writing(f"measures of map {name}"):
        found = read_map(lab.workspace, model, name)
        if found.card.made == card.made and not found.card.measured_on:
            rewrite_card(lab.workspace, found, card)
    return card


def map_quality(lab: Lab, model: str, name: str) -> str:
    """One sentence for people on what a map keeps; "" where there are too few products to say."""
    card = measured(lab, model, name)
    return layout.quality_words(card.trustworthiness, card.neighbours_kept, card.products)


def _mapped(lab: Lab, model: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """-> (rows of the catalogue that have a code and a place, their codes)"""
    space, view = lab.space(model), lab.map_view(model, name)
    shown_n = np.isfinite(view.xy_n2[space.rows_n]).all(1)
    return space.rows_n[shown_n], space.z_nd[shown_n]


def _grow(lab: Lab, card: MapCard) -> tuple[int, int, int]:
    """Places what a map lacks. -> (placed, placed again, far)"""
    if card.weights != lab.weights(card.model):
        raise CatalogueError(f"it is of other weights of model {card.model!r}; make it again")
    found, catalogue, space = read_map(lab.workspace, card.model, card.name), lab.catalogue(), lab.space(card.model)
    if not found.knows_pictures:
        found = replace(found, sha256=_pictures_then(lab, found))
    behind = _behind(found, lab)
    if not len(behind.rows_m):
        return 0, 0, 0
    code_of = np.full(len(catalogue), -1)
    code_of[space.rows_n] = np.arange(len(space.rows_n))
    fixed_nd, new_md = space.z_nd[code_of[behind.fixed_rows_n]], space.z_nd[code_of[behind.rows_m]]
    placed = layout.place(card.method, fixed_nd, found.xy_n2[behind.fixed_n], new_md)
    places = Places(
        [catalogue.product_ids[row] for row in behind.rows_m],
        [catalogue.sha256[row] for row in behind.rows_m],
        placed.xy_m2,
        np.full(len(behind.rows_m), catalogue.version, np.int32),
        placed.far_m,
    )
    add_places(lab.workspace, found, places)
    return len(behind.rows_m) - behind.again, behind.again, int(placed.far_m.sum())


def _behind(found: Map, lab: Lab) -> _Behind:
    catalogue, space = lab.catalogue(), lab.space(found.card.model)
    coded_n = np.zeros(len(catalogue) + 1, bool)  # the last one stands for products that are not in the catalogue
    coded_n[space.rows_n] = True
    row_n = catalogue.places(found.product_ids)
    pictures = [*catalogue.sha256, None]
    pairs = zip(row_n, found.sha256, strict=True)
    changed_n = np.array([then is not None and pictures[row] not in (then, None) for row, then in pairs], bool)
    needs_n = coded_n.copy()
    needs_n[row_n] = False
    needs_n[row_n[changed_n & coded_n[row_n]]] = True
    needs_n[-1] = False
    fixed_n = (found.placed_n == 0) & ~changed_n & coded_n[row_n]
    again = int((changed_n & coded_n[row_n]).sum())
    return _Behind(np.flatnonzero(needs_n), again, np.flatnonzero(fixed_n), row_n[fixed_n])


def _pictures_then(lab: Lab, found: Map) -> list[str | None]:
    """Of a map that does not say which pictures it is of: those of the catalogue that it was made from."""
    try:
        then = open_catalogue(lab.workspace, found.card.catalogue_version)
    except CatalogueError:  # that version was cleared away
        then = lab.catalogue()
    return [then.sha256[row] if row >= 0 else None for row in then.places(found.product_ids)]
