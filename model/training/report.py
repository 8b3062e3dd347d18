"""What a training says while it runs, and when it is going wrong."""

import math
from dataclasses import dataclass, field

from looks_like.model.family import Family


@dataclass(frozen=True)
class Report:
    step: int
    steps: int
    epoch: float
    parts: dict[str, float]  # means since the last report: recon and kl in nats per picture, mse, lr
    pictures_per_s: float
    seconds_left: float
    held_out: dict[str, float] = field(default_factory=dict)  # mse, active (dimensions), kl (nats)
    alarm: str = ""  # what is going wrong, in a sentence


def alarm(model: Family, done: float, held_out: dict[str, float], parts: dict[str, float]) -> str:
    """What is going wrong after the share `done` of the steps, and what to try; "" while all is well."""
    if done < 0.2 or "active" not in held_out:
        return ""
    active, remedy = held_out["active"], model.remedy
    if active < min(4, model.settings.latent):
        return f"only {active:.0f} dimensions are used: the code is collapsing (try {remedy})"
    if held_out.get("kl", math.inf) < 2:
        return f"the code carries {held_out['kl']:.1f} nats per picture, next to nothing (try {remedy})"
    return model.alarm(parts)
