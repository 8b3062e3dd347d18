"""Arrays kept beside a model's weights, a safetensors file for each kind: whole or not at all, checked on reading."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from looks_like.atomic import replacing
from looks_like.model.errors import ModelError

_Arrays = TypeVar("_Arrays")


def write_arrays(path: Path, arrays: object) -> None:
    """The fields of a dataclass of arrays."""
    with replacing(path) as aside:
        save_file(vars(arrays), aside)


def read_arrays(
    path: Path, make: Callable[..., _Arrays], check: Callable[[_Arrays], None], refused: str
) -> _Arrays | None:
    """None where there is none. ModelError for a file that does not hold such arrays: "{path} `refused`", in which
    {reason} stands for what is wrong.

    `check` raises ValueError with that; whether all numbers are finite and float32 is seen to before.
    """
    if not path.exists():
        return None
    try:
        arrays = load_file(path)
        made = make(**arrays)
        if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("not all of its numbers are finite and float32")
        check(made)
    except (SafetensorError, OSError, TypeError, ValueError) as reason:
        raise ModelError(f"{path} {refused.format(reason=reason)}") from None
    return made
