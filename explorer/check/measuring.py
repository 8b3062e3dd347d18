"""Runs a check: from the request to the results, reporting progress step by step."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from looks_like.explorer.check.findings import Check, ModelRow, Section
from looks_like.explorer.check.sections import (
    code,
    disentanglement,
    fidelity,
    learning,
    maps,
    reconstruction,
    samples,
    smoothness,
    traversals,
)
from looks_like.explorer.check.trial import CheckRequest, Subject, Trial
from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import machine
from looks_like.model.card import Card

SECTIONS: tuple[ModuleType, ...] = (
    reconstruction,
    code,
    fidelity,
    samples,
    smoothness,
    disentanglement,
    traversals,
    maps,
    learning,
)


@dataclass(frozen=True)
class CheckProgress:
    stage: str  # what it is at, for people
    share: float  # of all work, 0..1
    found: Check | None = None  # in the last one


def check(lab: Lab, request: CheckRequest, sections: tuple[ModuleType, ...] = SECTIONS) -> Iterator[CheckProgress]:
    """Minutes of work. What can't be measured is said in its section. RequestError, ModelError for a bad request."""
    started = time.perf_counter()
    yield CheckProgress("reading the models", 0.0)
    trial = Trial(lab, request)
    plans = [section.plan(trial) for section in sections]
    total = sum(step.seconds for _, steps in plans for step in steps) or 1.0
    done = 0.0
    for section, steps in plans:
        for step in steps:
            yield CheckProgress(step.title, done / total)
            section.trying(step.title, step.run)
            done += step.seconds
    yield CheckProgress("done", 1.0, _found(trial, [section for section, _ in plans], time.perf_counter() - started))


def _found(trial: Trial, sections: list[Section], seconds: float) -> Check:
    catalogue = trial.lab.catalogue()
    return Check(
        catalogue=trial.lab.workspace.folder.resolve().name,
        products=catalogue.count,
        held_out=int(catalogue.held_out.sum()),
        version=catalogue.version,
        date=Card.now(),
        quick=trial.request.quick,
        seed=trial.request.seed,
        seconds=round(seconds, 1),
        machine=machine(),
        models=_models(trial.subjects),
        sections=[
            section for section in sections if section.rows or section.charts or section.sheets or section.missing
        ],
    )


def _models(subjects: list[Subject]) -> list[ModelRow]:
    cards = [subject.space.card for subject in subjects]
    differing = {
        key
        for card in cards
        for key in card.settings
        if any(other.settings.get(key) != card.settings[key] for other in cards)
    }
    return [_model(subject, differing) for subject in subjects]


def _model(subject: Subject, differing: set[str]) -> ModelRow:
    card, family = subject.space.card, type(subject.space.net)
    own: dict[str, Any] = {key: value for key, value in card.settings.items() if key in differing}
    return ModelRow(
        name=subject.name,
        title=family.title,
        family=card.family,
        objective=card.objective or family.objective,
        source=family.source,
        settings=own,
        all_settings=card.settings,
        seed=card.seed,
        steps=card.steps,
        seconds=card.seconds,
        products=card.products,
        device=card.device,
        baseline=subject.baseline,
        libraries=card.libraries,
    )
