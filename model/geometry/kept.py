"""Arrays kept beside a model's weights, a safetensors file for each kind: whole or not at all, checked on reading."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from looks_like.atomic import own_file, replacing
from looks_like.model.errors import ModelError

_BYTES_MAX = 1_000_000_000
_Arrays = TypeVar("_Arrays")


@contextmanager
def replacing_tensors(path: Path) -> Iterator[Path]:
    """`replacing`, for a safetensors file. ModelError where it can't be written, as on a full disk."""
    try:
        with replacing(path) as aside:
            yield aside
    except SafetensorError as reason:
        said = str(reason).removeprefix("Error while serializing: ").removeprefix("I/O error: ")
        raise ModelError(
            f"{path} could not be written ({said}): make room on the disk, then try again; what was there still is"
        ) from None


def write_arrays(path: Path, arrays: object) -> None:
    """The fields of a dataclass of arrays. ModelError where the disk is full."""
    with replacing_tensors(path) as aside:
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
        arrays = load_file(own_file(path, _BYTES_MAX))
        made = make(**arrays)
        if not all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("not all of its numbers are finite and float32")
        check(made)
    except (SafetensorError, OSError, TypeError, ValueError) as reason:
        raise ModelError(f"{path} {refused.format(reason=reason)}") from None
    return made
