"""The machine that produced a measurement: processor, memory, device, library versions, date."""

import os
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

_LIBRARIES = (
    "torch", "numpy", "scikit-learn", "pillow", "lancedb", "faiss-cpu", "openTSNE", "umap-learn", "streamlit", "plotly",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """Plain JSON: processor, memory, device and why, versions, date."""
    from looks_like.model.device import pick_device  # torch takes a second to read

    device = pick_device()
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "device": f"{device.name}: {device.why}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _version(library: str) -> str | None:
    """None where it is not installed: what does not need it can still be measured."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    said = dict(line.split(":", 1) for line in lines if ":" in line)
    found = {key.strip(): value.strip() for key, value in said.items()}
    which = ", ".join(f"{key} {found[key]}" for key in ("cpu family", "model") if key in found)
    return f"{found.get('model name', platform.machine())} ({which})"
