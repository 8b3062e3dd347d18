"""Stub."""

import numpy as np

from explorer.lab import Lab


def mask(lab: Lab, tag: str) -> np.ndarray:
    return np.zeros(len(lab.catalogue()), bool)


def stamp(lab: Lab) -> tuple[int, int]:
    return lab.workspace.stamp("tags")
