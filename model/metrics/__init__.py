"""Measures of models, codes and maps, one file per question. Dropping a file in here, with its MEASURES, is all."""

import functools
import importlib
import pkgutil

from looks_like.model.metrics.metric import Metric


@functools.cache
def metrics_by_file() -> dict[str, tuple[Metric, ...]]:
    """What each file here measures, in the order of the files; those that measure nothing are left out."""
    files = [file.name for file in pkgutil.iter_modules(__path__)]
    found = {file: getattr(importlib.import_module(f"{__name__}.{file}"), "MEASURES", ()) for file in files}
    return {file: measures for file, measures in found.items() if measures}


@functools.cache
def metrics() -> dict[str, Metric]:
    """Every measure by its key, in the order of the files. TypeError when two share a key."""
    found: dict[str, Metric] = {}
    for metric in (metric for measures in metrics_by_file().values() for metric in measures):
        if metric.key in found:
            raise TypeError(f"two measures are called {metric.key!r}")
        found[metric.key] = metric
    return found
