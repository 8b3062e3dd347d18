"""Which attribute a map tells best: the one that its points are coloured by at first.

Normalised mutual information (Strehl & Ghosh 2002, with the arithmetic mean) between an attribute and the place on the
map, which is cut into cells with as many products each. What chance alone gives (Miller & Madow 1955) is taken off, or
whatever has many values would win.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Lab
from looks_like.explorer.search import is_technical

SAMPLE = 5_000  # products, evenly among all
_HALVINGS = 6  # so 64 cells, or as many as have _PER_CELL products
_PER_CELL = 12
_VALUES = (3, 30)  # so many values are worth a legend
_GIVEN_MIN = 0.7  # of the products


def default_colour_attribute(lab: Lab, model: str, name: str) -> str:
    """The attribute of few values that a map tells best; "" where there is none that says anything of it."""
    view, catalogue = lab.map_view(model, name), lab.catalogue()

    def make() -> str:
        placed = np.flatnonzero(np.isfinite(view.xy_n2).all(1) & catalogue.there_n)
        if not len(placed):
            return ""
        some = placed[np.linspace(0, len(placed) - 1, min(SAMPLE, len(placed))).round().astype(int)]
        cell_m = cells(view.xy_n2[some])
        scores = {name: _told(catalogue, name, some, cell_m) for name in catalogue.imported_attributes}
        best = max(scores, key=scores.__getitem__, default="")
        return best if best and scores[best] > 0 else ""

    return lab.cache.get_or_make(("telling", catalogue.as_of, model, name, view.etag), make, max_size=8)


def cells(xy_m2: np.ndarray) -> np.ndarray:
    """int64 (M,): in which cell of a map each place lies; halved along the longer side, again and again."""
    cell_m = np.zeros(len(xy_m2), np.int64)
    for _ in range(_HALVINGS):
        if len(xy_m2) < 2 * _PER_CELL * (cell_m.max(initial=0) + 1):
            break
        for cell in range(int(cell_m.max()) + 1):
            inside = np.flatnonzero(cell_m == cell)
            places_c2 = xy_m2[inside]
            side = int(np.argmax(np.ptp(places_c2, axis=0)))
            upper = inside[np.argsort(places_c2[:, side], kind="stable")[len(inside) // 2 :]]
            cell_m[upper] = cell_m.max() + 1
    return cell_m


def mutual_information(value_m: np.ndarray, cell_m: np.ndarray) -> float:
    """How well one tells the other, 0 to 1, of two int64 (M,); what chance gives taken off."""
    _, value_m = np.unique(value_m, return_inverse=True)
    _, cell_m = np.unique(cell_m, return_inverse=True)
    values, places = int(value_m.max()) + 1, int(cell_m.max()) + 1
    both_vc = np.bincount(value_m * places + cell_m, minlength=values * places).reshape(values, places)
    of_value, of_cell = _entropy(both_vc.sum(1)), _entropy(both_vc.sum(0))
    shared = of_value + of_cell - _entropy(both_vc.ravel()) - (values - 1) * (places - 1) / (2 * len(value_m))
    return float(2 * shared / (of_value + of_cell)) if of_value + of_cell else 0.0


def _entropy(counts: np.ndarray) -> float:
    """In nats."""
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())


def _told(catalogue: Catalogue, name: str, rows_m: np.ndarray, cell_m: np.ndarray) -> float:
    """0 for what is no attribute to colour by: of too few or too many values, of hardly any product, or technical."""
    kind = catalogue.rows[name].type
    if not (pa.types.is_string(kind) or pa.types.is_integer(kind)):
        return 0.0
    values = catalogue.rows[name].take(pa.array(rows_m)).combine_chunks()
    given = values.drop_null()
    if not len(given) or len(given) < _GIVEN_MIN * len(values):
        return 0.0
    distinct = int(pc.count_distinct(given).as_py())
    if not _VALUES[0] <= distinct <= _VALUES[1] or is_technical(name, given, distinct):
        return 0.0
    index = pc.fill_null(values.dictionary_encode().indices.cast(pa.int64()), -1)
    return mutual_information(index.to_numpy(), cell_m)
