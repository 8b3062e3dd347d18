"""What a film took goes back to the system."""

import ctypes
from contextlib import suppress


def give_memory_back() -> None:
    """Frames are large and made by the hundred: without this, glibc keeps what they took for a next one."""
    with suppress(AttributeError, OSError):  # another C library, which does so by itself or can't be told
        ctypes.CDLL(None).malloc_trim(0)
