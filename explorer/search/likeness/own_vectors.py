"""Vectors that others made, as a look: maps, clusters and similar products come of them as of ours.

They lie where models do, and are renamed, deleted and brought back as they are. Who comes later has none until somebody
brings it.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from looks_like.data.catalogue import Catalogue
from looks_like.data.embeddings import drop_codes, read_embedding, write_codes
from looks_like.data.vectors import Vectors, few, read_vectors
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.model.disk.card import GIVEN, Card, load_model, write_card, write_weights
from looks_like.model.networks import Given, fit_given

DISTANCES = ("cosine", "euclidean")
_LENGTH_MAX = 1e6  # of a number of a code; beyond, distances are no longer exact
_SAME = 1e-3  # of a code's largest number: saved in half precision and read again is the same vector
_OTHER_SHARE = 0.5  # of the vectors that are here already: where more have changed, it is another space
_BYTES_EACH = 4


@dataclass(frozen=True)
class VectorsRequest:
    """What to bring, and how it is understood."""

    file: Path = Path()
    ids: str = ""  # a file with an id a line (of .npy), or a column (of .parquet)
    distance: str = "cosine"
    some: bool = False  # leave out vectors of what is no product here
    anew: bool = False  # forget the vectors that are here already


@dataclass(frozen=True)
class VectorsAdded:
    """What was done."""

    model: str
    added: int
    replaced: int
    same: int  # that were here already
    without: int  # products of the catalogue that have none now
    given: int  # numbers of a vector
    kept: int  # numbers of a code
    notes: tuple[str, ...] = ()

    @property
    def bytes_each(self) -> int:
        """What a product takes, on disk and in memory."""
        return _BYTES_EACH * self.kept

    def words(self) -> str:
        """In sentences."""
        done = [f"{self.added:,} vectors added", *([f"{self.replaced:,} replaced"] if self.replaced else [])]
        done += [f"{self.same:,} were here already"] if self.same else []
        kept = "" if self.kept == self.given else f", of which {self.kept} principal components are kept"
        costs = (
            f"{self.given:,} numbers each{kept}: {self.bytes_each:,} bytes a product, {self.bytes_each:,} MB a million"
        )
        return ". ".join([", ".join(done), costs, *self.notes])


def add_vectors(lab: Lab, name: str, asked: VectorsRequest) -> VectorsAdded:
    """Brings vectors under a name: those of a new look, or more and other ones of one that is there.

    What was found of the first ones stays, so later ones move nobody. RequestError for ids that are no products, for
    another length than those that are here, for a name that a model has; CatalogueError for a file that can't be read
    or while somebody else writes.
    """
    if asked.distance not in DISTANCES:
        raise RequestError(f"distances are {' or '.join(DISTANCES)}, got {asked.distance[:40]!r}")
    if not lab.version() or not lab.catalogue().count:
        raise RequestError("there are no products yet that vectors could be of: looks-like import SOURCE")
    folder, catalogue = lab.folder(name), lab.catalogue()
    if folder.exists() and lab.card(name).family != GIVEN:
        raise RequestError(f"there is a model {name!r} already: choose another name for the vectors")
    ids = [catalogue.product_ids[row] for row in catalogue.there.tolist()]
    notes: list[str] = []
    found = _known(catalogue, read_vectors(asked.file, asked.ids, ids), asked.some, notes)
    _check_lengths(found, asked.distance)
    with lab.workspace.training_lock(name), lab.workspace.write_lock(f"vectors {name}"):
        begun = folder.exists() and not asked.anew
        net = _kept_net(folder, found, asked) if begun else fit_given(found.v_nv, cosine=asked.distance == "cosine")
        z_nd = net.codes(found.v_nv)
        if begun:
            same_n, known_n = _compared(lab, name, found, z_nd)
        else:
            same_n = known_n = np.zeros(len(z_nd), bool)
            _begin(lab, name, net, len(z_nd), asked)
        _write(lab, name, catalogue, [found.product_ids[i] for i in np.flatnonzero(~same_n)], z_nd[~same_n])
    space = lab.space(name)
    missing = np.setdiff1d(catalogue.there, space.rows_n)
    if len(missing):
        lack = few([catalogue.product_ids[row] for row in missing[:_NAMED].tolist()] + [""] * (len(missing) - _NAMED))
        notes.append(f"{len(missing):,} products have no vector, and so no place and nothing similar: {lack}")
    replaced = int((known_n & ~same_n).sum())
    if replaced and lab.maps(name):
        notes.append(
            f"What was replaced keeps its place on maps until they are made again: looks-like map {name} --refit"
        )
    added = len(z_nd) - replaced - int(same_n.sum())
    settings = net.settings
    return VectorsAdded(
        name, added, replaced, int(same_n.sum()), len(missing), settings.given, settings.latent, tuple(notes)
    )


_NAMED = 4  # ids of which a sentence needs to know


def _known(catalogue: Catalogue, found: Vectors, some: bool, notes: list[str]) -> Vectors:
    """Those of products of the catalogue. RequestError where others are among them, unless `some`."""
    known_n = catalogue.rows_of(found.product_ids) >= 0
    foreign = [found.product_ids[i] for i in np.flatnonzero(~known_n)]
    if found.empty:
        notes.append(f"{found.empty:,} rows of the file hold no vector")
    if not foreign:
        return found
    if not known_n.any():
        raise RequestError(f"none of the {len(foreign):,} ids is a product of this catalogue: {few(foreign)}")
    is_none = "is no product" if len(foreign) == 1 else "are no products"
    said = f"{len(foreign):,} of {len(known_n):,} ids {is_none} of this catalogue: {few(foreign)}"
    if not some:
        raise RequestError(f"{said}. To leave them out: --some")
    notes.append(f"{said}: left out")
    return Vectors([found.product_ids[i] for i in np.flatnonzero(known_n)], found.v_nv[known_n], found.empty)


def _check_lengths(found: Vectors, distance: str) -> None:
    """RequestError for what can't be compared."""
    longest_n = np.abs(found.v_nv).max(1)
    if distance == "cosine":
        bad, said = longest_n == 0, "all zeros, and so point nowhere. To compare by distance: --distance euclidean"
    else:
        bad, said = longest_n >= _LENGTH_MAX, "numbers of a million and more: divide them all by the same"
    if bad.any():
        ids = [found.product_ids[i] for i in np.flatnonzero(bad)]
        raise RequestError(f"{len(ids):,} vectors are {said}. These are of {few(ids)}")


def _kept_net(folder: Path, found: Vectors, asked: VectorsRequest) -> Given:
    """How those that are here became codes. RequestError where the new ones can't be like them."""
    net = load_model(folder)[0]
    assert isinstance(net, Given)
    here, distance = net.settings.given, DISTANCES[0] if net.settings.cosine else DISTANCES[1]
    if here != found.v_nv.shape[1]:
        raise RequestError(
            f"the vectors {folder.name!r} have {here:,} numbers, these have {found.v_nv.shape[1]:,}: choose another "
            "name, or --anew to put these in their place"
        )
    if distance != asked.distance:
        raise RequestError(f"the vectors {folder.name!r} are compared by {distance}: --distance {distance}, or --anew")
    return net


def _compared(lab: Lab, name: str, found: Vectors, z_nd: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """-> (bool (N,): the same is here already, bool (N,): one of that product is). RequestError where most differ."""
    embedding = read_embedding(lab.workspace, name)
    known_n, same_n = np.zeros(len(z_nd), bool), np.zeros(len(z_nd), bool)
    if embedding is None or embedding.weights != lab.weights(name):
        drop_codes(lab.workspace, name)
        return same_n, known_n
    at = {product_id: i for i, product_id in enumerate(embedding.product_ids)}
    at_n = np.array([at.get(product_id, -1) for product_id in found.product_ids])
    known_n = at_n >= 0
    apart_m = np.abs(z_nd[known_n] - embedding.z_nd[at_n[known_n]]).max(1, initial=0)
    same_n[known_n] = apart_m <= _SAME * np.abs(z_nd[known_n]).max(1, initial=0)
    changed = int((known_n & ~same_n).sum())
    if changed > _OTHER_SHARE * max(1, int(known_n.sum())):
        raise RequestError(
            f"{changed:,} of the {int(known_n.sum()):,} products that have a vector {name!r} have another one in this "
            "file: that is another space, in which the maps mean nothing. To forget those that are here: --anew"
        )
    return same_n, known_n


def _begin(lab: Lab, name: str, net: Given, count: int, asked: VectorsRequest) -> None:
    """The folder with what makes codes of vectors. A kill leaves the one before or this one, never codes of another."""
    folder, aside = lab.folder(name), lab.workspace.folder / f".model-{name}.part"
    shutil.rmtree(aside, ignore_errors=True)
    card = Card(
        name=name,
        family=GIVEN,
        settings=asdict(net.settings),
        seed=0,
        steps=0,
        catalogue_version=lab.catalogue().version,
        products=count,
        device="cpu",
        libraries=Card.here(),
        started=Card.now(),
        objective=_objective(net),
        start=asked.file.name[:200],
        finished=True,
    )
    write_card(aside, card)
    write_weights(aside, net)
    lab.workspace.models.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        for file in ("weights.safetensors", "card.json"):
            os.replace(aside / file, folder / file)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        os.replace(aside, folder)
    if lab.workspace.stamp(f"codes--{name}") != (0, 0):
        drop_codes(lab.workspace, name)


def _objective(net: Given) -> str:
    """For the card: how they are compared, and what a product costs."""
    said = net.settings
    how = "by cosine: of unit length" if said.cosine else "by distance: as they are"
    kept = "" if said.latent == said.given else f"; {said.latent} principal components of {said.given:,} numbers"
    each = _BYTES_EACH * said.latent
    return f"{Given.objective}, compared {how}{kept}; {each:,} bytes a product, {each:,} MB a million"


def _write(lab: Lab, name: str, catalogue: Catalogue, ids: Sequence[str], z_nd: np.ndarray) -> None:
    if len(ids):
        digests = [catalogue.sha256[row] for row in catalogue.rows_of(ids)]
        write_codes(lab.workspace, name, lab.weights(name), list(ids), digests, z_nd)
