"""Looks Like: see, walk and name the space in which your products look different.

    import looks_like
    ws = looks_like.open("shop").add("products.csv", id="sku", image="file")
    ws.train("vae", budget_s=1800)
    ws.path(["sku-1", "sku-2"]).save("morph.gif")

The names below are all there is to import; they are read when they are first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from looks_like.explorer.interfaces.notebook.check import Scores
    from looks_like.explorer.interfaces.notebook.encoder import Encoder
    from looks_like.explorer.interfaces.notebook.map import Map
    from looks_like.explorer.interfaces.notebook.model import Model, Models
    from looks_like.explorer.interfaces.notebook.path import Path
    from looks_like.explorer.interfaces.notebook.workspace import Workspace, open

__all__ = ["Encoder", "Map", "Model", "Models", "Path", "Scores", "Workspace", "open"]
_HOMES = {"Encoder": "encoder", "Map": "map", "Model": "model", "Models": "model", "Path": "path", "Scores": "check"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOMES.get(name, "workspace")
    return getattr(importlib.import_module(f"{__name__}.explorer.interfaces.notebook.{home}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
