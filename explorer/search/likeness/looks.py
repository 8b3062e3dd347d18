"""The look of every product: codes that need no training, so that all that likeness does works before any model is
trained, and better than by a model's codes: maps, clusters, similar products.

It lies where models do, and is deleted, renamed and followed by imports as they are.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from looks_like.data.pixels import pixel_reader
from looks_like.explorer.core import Lab, encode_while_writing
from looks_like.explorer.errors import RequestError
from looks_like.model.device import pick_device
from looks_like.model.disk.card import LOOK, Card, write_card, write_weights
from looks_like.model.errors import ModelError
from looks_like.model.networks import FITTED_MAX, Look, fit_look

LOOK_NAME = "look"  # usually


@dataclass(frozen=True)
class LookProgress:
    stage: str  # for people
    done: int
    total: int


def make_look(lab: Lab, name: str = LOOK_NAME) -> Iterator[LookProgress]:
    """Finds what is usual among the products, where that is not known yet, and how each of them looks.

    What is usual stays as it was found, so later products move nobody. RequestError where a model has the name,
    ModelError without the pretrained weights, CatalogueError while somebody else writes.
    """
    folder = lab.folder(name)
    if folder.exists() and lab.card(name).family != LOOK:
        raise RequestError(f"there is a model {name!r} already: choose another name for the look")
    if not lab.version() or not lab.catalogue().count:
        raise RequestError("there are no products to look at yet: looks-like import SOURCE")
    with lab.workspace.training_lock(name), lab.workspace.write_lock(f"look {name}"):
        if not (folder / "weights.safetensors").exists():
            yield LookProgress("Finding what is usual", 0, 1)
            _find(lab, name)
        for done, total in encode_while_writing(lab, name):
            yield LookProgress("Looking at each product", done, total)


def without_look(lab: Lab) -> bool:
    """Whether no look is here yet."""
    return all(lab.decodes(model) for model in lab.models())


def _find(lab: Lab, name: str) -> None:
    """A kill leaves nothing that bears the name."""
    catalogue, folder = lab.catalogue(), lab.folder(name)
    rows_m = catalogue.there[np.linspace(0, catalogue.count - 1, min(catalogue.count, FITTED_MAX)).astype(np.int64)]
    look = fit_look(pixel_reader(lab.workspace, catalogue, Look.settings_type().size, len(rows_m), keep=False)(rows_m))
    aside = lab.workspace.folder / f".model-{name}.part"
    shutil.rmtree(aside, ignore_errors=True)
    card = Card(
        name=name,
        family=LOOK,
        settings=asdict(look.settings),
        seed=0,
        steps=0,
        catalogue_version=catalogue.version,
        products=len(rows_m),
        device=str(pick_device().name),
        libraries=Card.here(),
        started=Card.now(),
        objective=f"{Look.objective}; {look.bytes_each:,} bytes a product, {look.bytes_each:,} MB a million",
        start=Look.source,
        finished=True,
    )
    write_card(aside, card)
    write_weights(aside, look)
    lab.workspace.models.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        raise ModelError(f"{folder} is in the way: delete or rename it")
    os.replace(aside, folder)
