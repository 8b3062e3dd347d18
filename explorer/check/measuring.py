"""Runs a check: from the request to the results, reporting progress step by step."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from looks_like.explorer.check.findings import Check, ModelRow, Plan, Section
from looks_like.explorer.check.keeping import KeptSection, keep, read_kept, settings_folder
from looks_like.explorer.check.merging import Part, merged
from looks_like.explorer.check.sections import (
    code,
    declared,
    disentanglement,
    fidelity,
    learning,
    maps,
    neighbours,
    reconstruction,
    samples,
    smoothness,
    traversals,
    views,
)
from looks_like.explorer.check.trial import CheckRequest, Subject, Trial
from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import machine
from looks_like.model.disk.card import Card
from looks_like.model.families import FAMILIES

SECTIONS: tuple[ModuleType, ...] = (
    reconstruction,
    code,
    fidelity,
    samples,
    smoothness,
    disentanglement,
    declared,
    views,
    neighbours,
    traversals,
    maps,
    learning,
)


SECTION_KEYS = tuple(module.__name__.rpartition(".")[2] for module in SECTIONS)  # each section is called as its file
_PRIOR_S = 10.0  # of planned work, by which the pace is the one that was planned


@dataclass(frozen=True)
class CheckProgress:
    stage: str  # what it is at, for people
    share: float  # of all work that is left to do, 0..1
    found: Check | None = None  # all that is there, whenever a section has come; in the last one, everything
    seconds_left: float | None = None


@dataclass(frozen=True)
class _Work:
    """One section of one model."""

    subject: Subject
    file: Path
    made_from: dict[str, Any]
    plan: Plan
    kept: KeptSection | None  # as it was found before
    about: dict[str, Any]  # what was said beside it

    @property
    def section(self) -> Section:
        return self.kept.section if self.kept else self.plan[0]

    @property
    def seconds(self) -> float:
        return 0.0 if self.kept else sum(step.seconds for step in self.plan[1])


def check(
    lab: Lab, request: CheckRequest, sections: tuple[ModuleType, ...] = SECTIONS, *, again: bool = False
) -> Iterator[CheckProgress]:
    """Minutes of work. What can't be measured is said in its section. RequestError, ModelError for a bad request.

    Each section of each model is kept beside the model as soon as it is there, and measured `again` only where it
    was made from anything else.
    """
    yield CheckProgress("reading the models", 0.0)
    trial, clock = Trial(lab, request), _Clock()
    if not request.factors:
        sections = tuple(module for module in sections if module is not declared)
    if not (request.factors and request.views):
        sections = tuple(module for module in sections if module is not views)
    works = {module: [_work(trial, module, subject, again) for subject in trial.subjects] for module in sections}
    clock.planned_s = sum(work.seconds for each in works.values() for work in each)
    done: list[Section] = []
    for each in works.values():
        for work in each:
            if not work.kept:
                yield from _measure(work, clock)
        done.append(merged([_part(work) for work in each]))
        ahead = [works[other][0].section.title for other in list(works)[len(done) :]]
        yield CheckProgress(
            f"{done[-1].title} is there" if ahead else "done",
            clock.share if ahead else 1.0,
            _found(trial, done, ahead, clock.seconds, {work.subject.name: work.about["judged"] for work in each}),
            clock.seconds_left,
        )


class _Clock:
    """How far all the work is, and how long what is left will take at the pace so far."""

    def __init__(self) -> None:
        self.started, self.planned_s, self.done_s = time.perf_counter(), 0.0, 0.0

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.started

    @property
    def share(self) -> float:
        return min(1.0, self.done_s / self.planned_s) if self.planned_s else 1.0

    @property
    def seconds_left(self) -> float:
        pace = (self.seconds + _PRIOR_S) / (self.done_s + _PRIOR_S)
        return max(0.0, self.planned_s - self.done_s) * pace


def _work(trial: Trial, module: ModuleType, subject: Subject, again: bool) -> _Work:
    plan = module.plan(trial, subject)
    depends_on = getattr(module, "depends_on", None)
    made_from = trial.made_from(subject) | {"beside": depends_on(trial, subject) if depends_on else []}
    file = settings_folder(trial.lab.folder(subject.name), made_from["settings"]) / f"{plan[0].key}.json"
    kept = None if again else read_kept(file)
    kept = kept if kept and kept.made_from == made_from else None
    return _Work(subject, file, made_from, plan, kept, dict(kept.about) if kept else {})


def _measure(work: _Work, clock: _Clock) -> Iterator[CheckProgress]:
    section, steps = work.plan
    started = time.perf_counter()
    for step in steps:
        yield CheckProgress(step.title, clock.share, seconds_left=clock.seconds_left)
        section.trying(step.title, step.run)
        clock.done_s += step.seconds
    seconds = round(time.perf_counter() - started, 1)
    about = {"date": Card.now(), "seconds": seconds, "machine": machine(), "judged": _judged(work.subject)}
    keep(work.file, section, work.made_from, about)
    work.about.update(about)


def _judged(subject: Subject) -> dict[str, int]:
    split = subject.split
    products = min(len(split.judged_m), len(subject.judged)) if len(split.judged_m) > 1 else len(split.judged_m)
    return {"products": products, "near_copies": split.near_copies, "same_group": split.same_group}


def _part(work: _Work) -> Part:
    space = work.subject.space
    return Part(work.subject.name, space.card.family, (space.size, work.subject.channels), work.section)


def _found(
    trial: Trial, sections: list[Section], ahead: list[str], seconds: float, judged: dict[str, dict[str, int]]
) -> Check:
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
        models=model_rows([(subject.space.card, subject.baseline) for subject in trial.subjects]),
        sections=[section for section in sections if section.is_told],
        ahead=ahead,
        judged=judged,
        split_by=trial.request.split_by,
    )


def model_rows(cards: Sequence[tuple[Card, bool]]) -> list[ModelRow]:
    """What each model is, and whether it is there to compare with; with the settings in which they differ."""
    differing = {
        key
        for card, _ in cards
        for key in card.settings
        if any(other.settings.get(key) != card.settings[key] for other, _ in cards)
    }
    return [_model_row(card, baseline, differing) for card, baseline in cards]


def _model_row(card: Card, baseline: bool, differing: set[str]) -> ModelRow:
    family = FAMILIES[card.family]
    own: dict[str, Any] = {key: value for key, value in card.settings.items() if key in differing}
    return ModelRow(
        name=card.name,
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
        baseline=baseline,
        libraries=card.libraries,
    )
