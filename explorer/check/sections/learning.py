"""Learning curves, from the history that every training writes."""

from functools import partial
from typing import Any

from looks_like.explorer.check.findings import Chart, CheckStep, Line, Plan, Section
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.model.training import read_history

_POINTS_MAX = 400


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "learning",
        "Learning curves",
        "The error on held-out products while each model learnt. Rising again is learning by heart; still falling at "
        "the end means that more steps would help.",
    )
    return section, [CheckStep(f"{subject.name}: learning curves", 0.1, partial(_curves, section, subject))]


def _curves(section: Section, subject: Subject) -> None:
    history = read_history(subject.lab.folder(subject.name))
    if not history:
        section.lacks(f"{subject.name} has no history.jsonl, so no curve.")
    if lines := _lines(subject, history):
        section.charts.append(
            Chart(
                kind="lines",
                title="Error by step",
                says="Mean squared error, logarithmic; the training one is on moved and recoloured pictures with noisy "
                "codes, so it lies higher.",
                x_title="step",
                y_title="mean squared error",
                lines=lines,
                log_y=True,
            )
        )


def _lines(subject: Subject, history: list[dict[str, Any]]) -> list[Line]:
    every = max(1, len(history) // _POINTS_MAX)
    learning = [h for h in history[::every] if "mse" in h]
    held_out = [h for h in history if "held_out_mse" in h]
    found = []
    if held_out:
        values = [h["held_out_mse"] for h in held_out]
        found.append(Line(f"{subject.name}, held out", _steps(held_out), values, subject.name))
    if learning:
        values = [h["mse"] for h in learning]
        found.append(Line(f"{subject.name}, learning", _steps(learning), values, subject.name, dotted=True))
    return found


def _steps(history: list[dict[str, Any]]) -> list[float]:
    return [float(h["step"]) for h in history]
