"""What a workspace holds, and what is behind: for `looks-like list`, and for pages that decide what to offer."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from looks_like.data.embeddings import product_ids_in
from looks_like.data.errors import CatalogueError
from looks_like.data.maps import map_table
from looks_like.explorer.core.lab import Lab
from looks_like.model.disk.card import GIVEN, LOOK, Card
from looks_like.model.errors import ModelError


@dataclass(frozen=True)
class Status:
    products: int
    version: int  # of the catalogue
    models: list[dict[str, Any]]  # finished or not, by name


def status_of(lab: Lab) -> Status:
    """Counts rows and reads cards; neither pictures nor codes. A model that can't be read is there with its problem."""
    version = lab.version()
    products = lab.catalogue().count if version and lab.workspace.count("products") else 0
    problems = lab.problems()
    unread = [_MISSING | {"name": name, "problem": said} for name, said in problems.items()]
    folders = {path.parent.name for path in lab.workspace.models.glob("*/card.json")} - problems.keys()
    models = [*unread, *(_model_status(lab, name, products) for name in folders)]
    return Status(products, version, sorted(models, key=lambda model: str(model["name"])))


_MISSING: dict[str, Any] = {
    "family": "",
    "about": "",  # what it is, for people
    "latent": None,
    "size": None,
    "finished": False,
    "measures": {},
    "catalogue_version": 0,
    "products_without_code": 0,
    "maps": [],
}


def _model_status(lab: Lab, name: str, products: int) -> dict[str, Any]:
    try:
        card, codes = lab.card(name), _there(lab, f"codes--{name}")
        maps = [replace(each, products=_there(lab, map_table(name, each.name))) for each in lab.maps(name)]
    except (CatalogueError, ModelError) as reason:  # a map that can't be read; a card that has changed this moment
        return _MISSING | {"name": name, "problem": str(reason)}
    return {
        "name": name,
        "problem": "",
        "family": card.family,
        "about": _about(card),
        "latent": card.settings["latent"],
        "size": card.settings["size"],
        "finished": card.finished,
        "measures": card.measures,
        "catalogue_version": card.catalogue_version,
        "products_without_code": max(0, products - codes),
        "maps": [asdict(each) for each in maps],
    }


def _about(card: Card) -> str:
    said = card.settings
    if card.family == LOOK:
        return f"what is alike, {said['latent']} numbers a product"
    if card.family == GIVEN:
        given = said["given"]
        kept = f"{given} numbers" if given == said["latent"] else f"{said['latent']} of {given:,} numbers"
        return f"own vectors by {'cosine' if said['cosine'] else 'distance'}, {kept} a product"
    return f"{card.family}, {said['latent']} latents, {said['size']} px"


def _there(lab: Lab, table: str) -> int:
    """How many rows of a table are of products that are not deleted."""
    if not lab.version() or not lab.catalogue().deleted:
        return lab.workspace.count(table)
    key = ("rows of products", table, lab.workspace.stamp(table), lab.version())
    return lab.cache.get_or_make(
        key, lambda: int((lab.catalogue().rows_of(product_ids_in(lab.workspace, table)) >= 0).sum())
    )
