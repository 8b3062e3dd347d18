"""The same question to a catalogue that lies elsewhere, of which this machine holds nothing."""

from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.shared_tables import SharedTables
from looks_like.explorer.core import Lab
from looks_like.explorer.search.likeness.photographs import photograph, read_photograph, square_photograph


def similar_there(lab: Lab, model: str, address: str, typed: str, k: int) -> list[tuple[str, float]]:
    """-> (product, distance) of the k products at an address nearest by code to one there, or to a photograph's file.

    CatalogueError for what is neither, or where no codes of the model lie.
    """
    there, weights = SharedTables(address), lab.weights(model)
    try:
        z_d = there.code(weights, typed)
    except CatalogueError:
        if not Path(typed).is_file():
            raise
        z_d = photograph(lab, model, square_photograph(lab, read_photograph(typed))).z_d
    return [each for each in there.nearest(weights, z_d, k + 1) if each[0] != typed][:k]
