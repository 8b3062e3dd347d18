"""A cluster of Ray: the one at an address, or one of this machine alone."""

import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Any

from looks_like.explorer.errors import RequestError

HERE = "here"  # in place of an address
_PATIENCE_S = 10.0  # with one that does not answer
_ALSO = 1  # core by name beside those of the workers, for what brings them together


@contextlib.contextmanager
def on_cluster(address: str, workers: int) -> Iterator[Any]:
    """The module `ray`, connected. RequestError where no cluster answers, or Ray is not installed."""
    try:
        import ray
    except ImportError:
        raise RequestError("many machines need Ray: pip install looks-like[cluster]") from None
    try:
        if ":" in address:  # Ray itself asks for minutes
            host, _, port = address.removeprefix("ray://").rpartition(":")
            socket.create_connection((host, int(port)), _PATIENCE_S).close()
        where = {"num_cpus": workers + _ALSO, "include_dashboard": False} if address == HERE else {"address": address}
        ray.init(**where, logging_level=logging.ERROR, log_to_driver=False)  # type: ignore[arg-type]
    except (OSError, RuntimeError, ValueError, OverflowError) as reason:
        raise RequestError(f"no Ray cluster answers at {address}: {reason}") from None
    try:
        yield ray
    finally:
        ray.shutdown()
