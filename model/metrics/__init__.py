"""Measures of models, codes and maps, one file per question, in a folder per what is judged.

Dropping a file in there, with its MEASURES, is all.
"""

import functools
import importlib
import pkgutil

from looks_like.model.metrics.metric import Metric


@functools.cache
def metrics_by_file() -> dict[str, tuple[Metric, ...]]:
    """The measures that each file defines, by the file's name in alphabetical order; files without any are left out."""
    modules = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.") if not module.ispkg]
    found = {
        name.rpartition(".")[2]: getattr(importlib.import_module(name), "MEASURES", ())
        for name in sorted(modules, key=lambda name: name.rpartition(".")[2])
    }
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
