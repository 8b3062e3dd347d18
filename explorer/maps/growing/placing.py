"""Products that come later get codes, and places on the maps that are there; nothing on a map moves."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from looks_like.data.embeddings import coded_by
from looks_like.data.errors import CatalogueError
from looks_like.data.maps import Map, MapCard, Places, add_places, read_map
from looks_like.explorer.core import Lab, encode_while_writing
from looks_like.explorer.errors import MISTAKES
from looks_like.explorer.maps import layout


@dataclass(frozen=True)
class CatchUpProgress:
    """How far new products have come onto the maps of a model; counts are of places, so two maps count twice."""

    stage: str  # for people
    done: int
    total: int
    encoded: int = 0
    placed: int = 0  # products that had no place
    replaced: int = 0  # products whose picture has changed: they alone move
    far: int = 0  # of both, those that are like nothing on the map
    without: int = 0  # products that have no vector, of a look whose vectors were brought
    left: tuple[str, ...] = ()  # maps on which nothing could be placed, and why

    def words(self) -> str:
        said = [f"{self.encoded:,} encoded", f"{self.placed:,} placed"]
        if self.replaced:
            said.append(f"{self.replaced:,} placed again, since their pictures changed")
        if self.far:
            said.append(f"{self.far:,} of them like nothing on the map")
        lack = f"{self.without:,} products have no vector yet (looks-like look add brings them)"
        return "; ".join([", ".join(said), *([lack] if self.without else []), *self.left])


@dataclass(frozen=True)
class _Behind:
    """What a map lacks: rows of the catalogue to place, and its own places to place them by."""

    rows_m: np.ndarray
    again: int  # of these, how many have a place already
    fixed_n: np.ndarray  # of the map's places, those laid out with it whose picture is still the same
    fixed_rows_n: np.ndarray  # and their rows in the catalogue
    there_n: np.ndarray  # the same of all its places whose picture is still the same, those placed later too
    there_rows_n: np.ndarray


def catch_up(lab: Lab, model: str) -> Iterator[CatchUpProgress]:
    """Codes for products without one, then places on every map of the model; no other product moves by a bit.

    CatalogueError when another process writes.
    """
    with lab.workspace.write_lock("placing new products"):
        now = CatchUpProgress("Encoding", 0, 0)
        for done, total in encode_while_writing(lab, model):
            now = replace(now, done=done, total=total, encoded=done)
            yield now
        if not lab.encodes(model):
            now = replace(now, without=lab.catalogue().count - len(lab.space(model).rows_n))
        cards = lab.maps(model)
        for number, card in enumerate(cards):
            yield replace(now, stage=f"Placing on map {card.name}", done=number, total=len(cards))
            try:
                placed, again, far = place_missing(lab, card)
            except MISTAKES as reason:
                now = replace(now, left=(*now.left, f"map {card.name} stays as it is: {reason}"))
                continue
            now = replace(now, placed=now.placed + placed, replaced=now.replaced + again, far=now.far + far)
        yield replace(now, stage="Placed", done=len(cards), total=len(cards))


def followed(lab: Lab) -> list[str]:
    """Models that an import updates: those whose stored codes match their current weights, newest first."""
    found = []
    for model in lab.models():
        with suppress(*MISTAKES):  # a model that can't be read keeps nobody from importing
            found += [model] if coded_by(lab.workspace, model) == lab.weights(model) else []
    return found


def place_missing(lab: Lab, card: MapCard, at: int | None = None) -> tuple[int, int, int]:
    """Places what a map lacks, for whoever holds `workspace.write_lock`. -> (placed, placed again, far)

    `at`: what is kept as the time of it; the catalogue's version unless said.
    """
    if card.weights != lab.weights(card.model):
        raise CatalogueError(f"it is of other weights of model {card.model!r}; make it again")
    found, catalogue = read_map(lab.workspace, card.model, card.name), lab.catalogue()
    if not found.knows_pictures:
        found = replace(found, sha256=_pictures_then(lab, found))
    behind = _behind(found, lab)
    if not len(behind.rows_m):
        return 0, 0, 0
    xy_m2, far_m = _placed_with_copies(lab, found, behind)
    places = Places(
        [catalogue.product_ids[row] for row in behind.rows_m],
        [catalogue.sha256[row] for row in behind.rows_m],
        xy_m2,
        np.full(len(behind.rows_m), catalogue.version if at is None else at, np.int32),
        far_m,
    )
    add_places(lab.workspace, found, places)
    return len(behind.rows_m) - behind.again, behind.again, int(far_m.sum())


def _placed_with_copies(lab: Lab, found: Map, behind: _Behind) -> tuple[np.ndarray, np.ndarray]:
    """-> (places float32 (M, 2), bool (M,): like nothing on the map) of the products that a map lacks.

    A copy of a product on the map lies where that one lies; of copies that are all new one is placed, for all of them.
    """
    space, first_n = lab.space(found.card.model), lab.copies().first_n
    code_of = np.full(len(lab.catalogue()), -1)
    code_of[space.rows_n] = np.arange(len(space.rows_n))
    place_of = np.full(len(first_n), -1)  # on the map, of the picture whose first row this is
    place_of[first_n[behind.there_rows_n[::-1]]] = behind.there_n[::-1]
    at_m = place_of[first_n[behind.rows_m]]
    xy_m2, far_m = found.xy_n2[at_m].astype(np.float32), (at_m >= 0) & found.far_n[at_m]
    new_m = np.flatnonzero(at_m < 0)
    _, one, of_new_m = np.unique(first_n[behind.rows_m[new_m]], return_index=True, return_inverse=True)
    fixed = np.unique(first_n[behind.fixed_rows_n], return_index=True)[1]  # copies would be all that votes
    fixed_nd = space.z_nd[code_of[behind.fixed_rows_n[fixed]]]
    new_ud = space.z_nd[code_of[behind.rows_m[new_m[one]]]]
    fixed_n2 = found.xy_n2[behind.fixed_n[fixed]]
    placed = layout.place(found.card.method, fixed_nd, fixed_n2, new_ud, found.card.lonely)
    xy_m2[new_m], far_m[new_m] = placed.xy_m2[of_new_m], placed.far_m[of_new_m]
    return xy_m2, far_m


def _behind(found: Map, lab: Lab) -> _Behind:
    catalogue, space = lab.catalogue(), lab.space(found.card.model)
    coded_n = np.zeros(len(catalogue) + 1, bool)  # the last one stands for products that are not in the catalogue
    coded_n[space.rows_n] = True
    row_n = catalogue.rows_of(found.product_ids)
    now_n, then_n = (
        np.array([*catalogue.sha256, ""], "S64")[row_n],
        np.array([each or "" for each in found.sha256], "S64"),
    )
    changed_n = (then_n != b"") & (now_n != b"") & (now_n != then_n)
    needs_n = coded_n.copy()
    needs_n[row_n] = False
    needs_n[row_n[changed_n & coded_n[row_n]]] = True
    needs_n[-1] = False
    there_n = ~changed_n & coded_n[row_n]
    fixed_n = (found.placed_n == 0) & there_n
    again = int((changed_n & coded_n[row_n]).sum())
    fixed, there = np.flatnonzero(fixed_n), np.flatnonzero(there_n)
    return _Behind(np.flatnonzero(needs_n), again, fixed, row_n[fixed], there, row_n[there])


def _pictures_then(lab: Lab, found: Map) -> list[str | None]:
    """Picture hashes for a map that lacks them: taken from the catalogue version that it was made from."""
    try:
        then = lab.catalogue_at(found.card.catalogue_version)
    except CatalogueError:  # that version was cleared away
        then = lab.catalogue()
    return [then.sha256[row] if row >= 0 else None for row in then.rows_of(found.product_ids)]
