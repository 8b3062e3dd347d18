"""One file, one family. Dropping a file in here is all: it registers itself under its file's name."""

import importlib
import pkgutil

from looks_like.model.family import FAMILIES, Family, Settings, create

for _found in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_found.name}")

__all__ = ["FAMILIES", "Family", "Settings", "create"]
