"""What each dimension tells about each attribute of the catalogue: the matrix behind a dimension's card."""

import math
from collections.abc import Mapping

import numpy as np

from looks_like.model.errors import ModelError
from looks_like.model.metrics.factors.information import BINS, in_bins, information
from looks_like.model.metrics.ground_truth import CODES_MIN, checked_codes
from looks_like.model.metrics.metric import Metric, Score

MEASURES = (
    Metric(
        key="attribute_gap",
        judges="codes",
        title="Attribute gap",
        unit="share of entropy",
        better="higher",
        ideal=1.0,
        sentence="How much more the best dimension tells about an attribute of the catalogue than the second best.",
        source="Chen 2018, on attributes in place of factors",
        protocol="Each dimension in 20 bins of equal width, each attribute by its values, numbers with more than 20 "
        "values in 20 bins from least to greatest; mutual information over the attribute's entropy, counted where the "
        "attribute is known; the gap between the two dimensions that tell most; mean over attributes that have two "
        "values or more among 100 products or more. Attributes with many rare values look better told than they are.",
    ),
)


def attribute_information(z_nd: np.ndarray, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """(D, A) in 0..1, NaN for an attribute with one value or known of fewer than 100 products.

    Columns are text or numbers (N,); missing are None, "" and NaN. ModelError for broken codes and other lengths.
    """
    z_nd = checked_codes(z_nd)
    told_da = np.full((z_nd.shape[1], len(columns)), np.nan)
    for a, (name, column_n) in enumerate(columns.items()):
        if len(column_n) != len(z_nd):
            raise ModelError(f"attribute {name!r} has {len(column_n)} values for {len(z_nd)} codes")
        known_n, value_m = _as_values(np.asarray(column_n))
        if len(value_m) >= CODES_MIN and value_m.min() < value_m.max():
            told_da[:, a] = information(z_nd[known_n], value_m[:, None])[:, 0]
    return told_da


def attribute_gap(told_da: np.ndarray, names: list[str]) -> Score:
    """Of that matrix, D >= 2, and the attributes' names. ModelError where there is nothing to compare."""
    usable = [a for a in range(len(names)) if not np.isnan(told_da[:, a]).any()]
    if len(told_da) < 2 or not usable:
        raise ModelError(
            f"a gap needs two dimensions or more, and an attribute with two values or more that {CODES_MIN} products "
            f"have: got {len(told_da)} dimensions and {len(usable)} such attributes"
        )
    best_da = np.sort(told_da[:, usable], axis=0)
    gap_a = best_da[-1] - best_da[-2]
    parts = {names[a]: float(gap) for a, gap in zip(usable, gap_a, strict=True)}
    said = f"{len(told_da)} dimensions, {len(usable)} attributes of {len(names)}, {BINS} bins"
    return Score("attribute_gap", float(gap_a.mean()), said, parts)


def _as_values(column_n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) bool where it is known, and whole numbers (M,) there."""
    known_n = np.array([_is_known(value) for value in column_n.tolist()], bool)
    value_m = np.array(column_n[known_n].tolist())
    if np.issubdtype(value_m.dtype, np.number) and len(np.unique(value_m)) > BINS:
        return known_n, in_bins(value_m)
    return known_n, np.unique(value_m.astype(str), return_inverse=True)[1]


def _is_known(value: object) -> bool:
    return value is not None and value != "" and not (isinstance(value, float) and not math.isfinite(value))
