"""Measures of models, codes and maps, one file per question. Dropping a file in here, with its MEASURES, is all."""

import functools
import importlib
import pkgutil

from model.metric import Metric


@functools.cache
def metrics() -> dict[str, Metric]:
    """Every measure by its key, in the order of the files. TypeError when two share a key."""
    found: dict[str, Metric] = {}
    for file in pkgutil.iter_modules(__path__):
        for metric in getattr(importlib.import_module(f"{__name__}.{file.name}"), "MEASURES", ()):
            if metric.key in found:
                raise TypeError(f"two measures are called {metric.key!r}")
            found[metric.key] = metric
    return found
