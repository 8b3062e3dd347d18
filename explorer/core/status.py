"""What a workspace holds, and what is behind: for `looks-like list`, and for pages that decide what to offer."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from looks_like.data.embeddings import product_ids_in
from looks_like.data.maps import map_table
from looks_like.explorer.core.lab import Lab


@dataclass(frozen=True)
class Status:
    products: int
    version: int  # of the catalogue
    models: list[dict[str, Any]]  # finished or not, by name


def status_of(lab: Lab) -> Status:
    """Counts rows and reads cards; neither pictures nor codes. ModelError for a card that does not read as one."""
    version = lab.version()
    products = lab.catalogue().count if version and lab.workspace.count("products") else 0
    folders = sorted(path.parent.name for path in lab.workspace.models.glob("*/card.json"))
    return Status(products, version, [_model_status(lab, name, products) for name in folders])


def _model_status(lab: Lab, name: str, products: int) -> dict[str, Any]:
    card = lab.card(name)
    codes = _there(lab, f"codes--{name}")
    maps = [replace(each, products=_there(lab, map_table(name, each.name))) for each in lab.maps(name)]
    return {
        "name": name,
        "family": card.family,
        "latent": card.settings["latent"],
        "size": card.settings["size"],
        "finished": card.finished,
        "measures": card.measures,
        "catalogue_version": card.catalogue_version,
        "products_without_code": max(0, products - codes),
        "maps": [asdict(each) for each in maps],
    }


def _there(lab: Lab, table: str) -> int:
    """How many rows of a table are of products that are not deleted."""
    if not lab.version() or not lab.catalogue().deleted:
        return lab.workspace.count(table)
    key = ("rows of products", table, lab.workspace.stamp(table), lab.version())
    return lab.cache.get_or_make(
        key, lambda: int((lab.catalogue().rows_of(product_ids_in(lab.workspace, table)) >= 0).sum())
    )
