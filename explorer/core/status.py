"""What a workspace holds, and what is behind: for `looks-like list`, and for pages that decide what to offer."""

from dataclasses import asdict, dataclass
from typing import Any

from looks_like.explorer.core.lab import Lab


@dataclass(frozen=True)
class Status:
    products: int
    version: int  # of the catalogue
    models: list[dict[str, Any]]  # finished or not, by name


def status_of(lab: Lab) -> Status:
    """Counts rows and reads cards; neither pictures nor codes. ModelError for a card that does not read as one."""
    version = lab.version()
    products = len(lab.catalogue()) if version and lab.workspace.count("products") else 0
    folders = sorted(path.parent.name for path in lab.workspace.models.glob("*/card.json"))
    return Status(products, version, [_model_status(lab, name, products) for name in folders])


def _model_status(lab: Lab, name: str, products: int) -> dict[str, Any]:
    card = lab.card(name)
    return {
        "name": name,
        "family": card.family,
        "latent": card.settings["latent"],
        "size": card.settings["size"],
        "finished": card.finished,
        "measures": card.measures,
        "catalogue_version": card.catalogue_version,
        "products_without_code": max(0, products - lab.workspace.count(f"codes--{name}")),
        "maps": [asdict(card) for card in lab.maps(name)],
    }
