"""Conditions such as `price < 100 and sizes = 38`: read from text, checked against the columns, and worked out here.

Nothing of the text reaches the store: it would ignore what follows a semicolon, read columns of our own, and know
functions that fill the memory. Reading order: tokens, tree, times and comparing, columns, bound, functions, checking.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from looks_like.data.conditions.bound import broadcast
from looks_like.data.conditions.checking import Checker
from looks_like.data.conditions.columns import Columns, Marks
from looks_like.data.conditions.comparing import compare, compare_times, number_scalar, one_of, time_one_of, without_nan
from looks_like.data.conditions.functions import check_error
from looks_like.data.conditions.times import Datum, Times, read_time
from looks_like.data.conditions.tokens import CHARACTERS_MAX, tokens_of
from looks_like.data.conditions.tree import NESTING_MAX, tree_of
from looks_like.data.errors import CatalogueError

__all__ = [
    "CHARACTERS_MAX",
    "NESTING_MAX",
    "Datum",
    "Marks",
    "Times",
    "asks_for",
    "compare",
    "compare_times",
    "met_by",
    "number_scalar",
    "one_of",
    "read_time",
    "time_one_of",
    "without_nan",
]


def met_by(
    sql: str, rows: pa.Table, units: Mapping[str, str] | None = None, marks: Mapping[str, Marks] | None = None
) -> np.ndarray:
    """bool (N,): the rows that meet the condition; what is unknown is not met. CatalogueError for a mistake in it.

    `units`: currencies of columns that are money. `marks`: words on rows that stand in no column, by what a condition
    calls them; an attribute of that name comes first.
    """
    columns = Columns(rows, units or {}, marks or {})
    try:
        found = Checker(sql, columns).condition(tree_of(sql)).run()
        met = pc.fill_null(broadcast(found, rows.num_rows).cast(pa.bool_()), False)
    except RecursionError:
        raise CatalogueError("the condition is nested too deep: write it with fewer brackets") from None
    except (pa.ArrowException, OverflowError) as reason:
        raise check_error(reason) from None
    return np.asarray(met.to_numpy(zero_copy_only=False)) if isinstance(met, pa.Array) else np.asarray(met.to_numpy())


def asks_for(sql: str, name: str) -> bool:
    """Whether a condition that is sound says this name."""
    return any(token.kind in ("word", "quoted") and token.text.casefold() == name for token in tokens_of(sql))
