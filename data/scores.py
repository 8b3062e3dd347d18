"""What products score on visual attributes, worked out when the catalogue is opened, from the codes or the fine numbers
that lie in the store by then: so a product that came later has a score as soon as it has a code. 0 is lower and 100
higher than 95 % of the products were when the name was given.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from looks_like.data.catalogue import Catalogue
from looks_like.data.embeddings import Embedding, read_embedding, read_fine
from looks_like.data.visual_attributes import FINE, TABLE, VisualAttribute
from looks_like.data.workspace import Workspace

_AT_ONCE = 65_536  # a million products' fine numbers as floats would be four times their size


def score_stamps(workspace: Workspace, named: Mapping[str, VisualAttribute]) -> tuple[object, ...]:
    """Changes with whatever scores follow from. Far cheaper than working them out."""
    models = sorted({each.model for each in named.values()})
    return workspace.stamp(TABLE), *(workspace.stamp(f"codes--{model}") for model in models)


def with_scores(
    workspace: Workspace, catalogue: Catalogue, named: Mapping[str, VisualAttribute], stamps: tuple[object, ...]
) -> Catalogue:
    """The catalogue with a column for each visual attribute; a column that was imported goes before one of its name."""
    imported = {name.casefold() for name in catalogue.rows.column_names}
    columns, kept = dict[str, pa.Array](), dict[tuple[str, str], tuple[Embedding, np.ndarray] | None]()
    for name, each in named.items():
        if name.casefold() in imported:
            continue
        key = (each.model, each.source)
        if key not in kept:
            read = read_fine if each.source == FINE else read_embedding
            found = read(workspace, each.model)
            kept[key] = None if found is None else (found, catalogue.rows_of(found.product_ids))
        columns[name] = pa.array(_scores(each, kept[key], len(catalogue)), from_pandas=True)
    return catalogue.with_columns(columns, {name: named[name] for name in columns}, stamps)


def read_off(x_nd: np.ndarray, reads_d: np.ndarray) -> np.ndarray:
    """float32 (N,): vectors (N, D) of any kind of number times (D,), in bounded memory."""
    reads_d = np.asarray(reads_d, np.float32)
    parts = [x_nd[i : i + _AT_ONCE].astype(np.float32) @ reads_d for i in range(0, len(x_nd), _AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _scores(attribute: VisualAttribute, known: tuple[Embedding, np.ndarray] | None, count: int) -> np.ndarray:
    """float32 (N,); NaN where a product has no code, or one of other weights."""
    score_n = np.full(count, np.nan, np.float32)
    if known is None:
        return score_n
    found, rows_m = known
    if found.weights != attribute.weights or found.z_nd.shape[1] != len(attribute.reads):
        return score_n
    there_m = rows_m >= 0
    read_m = read_off(found.z_nd, np.array(attribute.reads)) - attribute.zero
    score_n[rows_m[there_m]] = np.where(np.isfinite(read_m), np.round(read_m, 1), np.nan)[there_m]
    return score_n
