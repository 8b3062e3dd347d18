"""The widgets' ES modules as a server gives them: under an address that changes when any of them does."""

import hashlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "widgets"
ADDRESS = "/api/widgets/{version}/{path:path}"


@cache
def modules() -> dict[str, bytes]:
    """By path, such as "latent_map/latent_map.js": read once, so that no word of an address reaches the disk."""
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in sorted(_FOLDER.rglob("*.js"))}


@cache
def version() -> str:
    """Changes when any module does."""
    return hashlib.sha256(repr(sorted(modules().items())).encode()).hexdigest()[:16]


def module_address(path: str) -> str:
    return ADDRESS.replace("{version}", version()).replace("{path:path}", path)


def stylesheet(name: str) -> str:
    """Of the widget in the folder `name`, after what all widgets share."""
    files = (_FOLDER / "shared" / "shared.css", _FOLDER / name / f"{name.rpartition('/')[2]}.css")
    return "\n".join(file.read_text("utf-8") for file in files)
