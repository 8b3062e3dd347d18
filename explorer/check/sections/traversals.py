"""Traversals: one dimension moved at a time, around a real product."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial

ROWS = 10
STEPS = (-2.5, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 2.5)  # standard deviations


def plan(trial: Trial) -> Plan:
    section = Section(
        "traversals",
        "Traversals",
        "One held-out product, and what becomes of it when one number of its code is moved: the dimensions that carry "
        "most, from 2.5 standard deviations below the catalogue's mean to 2.5 above.",
    )
    return section, [
        CheckStep(f"{subject.name}: traversals", 1, partial(_walk, section, subject)) for subject in trial.subjects
    ]


def _walk(section: Section, subject: Subject) -> None:
    dimensions = subject.space.dimensions[:ROWS]
    if not dimensions:
        section.lacks(f"No dimension of {subject.name} is active: there is nothing to move.")
        return
    code_d = subject.encode(subject.held_out[slice(1)])[0]
    product = subject.lab.catalogue().product_ids[int(subject.held_out.rows_n[0])]
    sheet = Sheet(subject.name, f"Around product {product}; its own decode, unmoved, is in the first row.")
    sheet.strips.append(Strip("unmoved", subject.decode(code_d[None]), f"{product}, decoded from its own code"))
    labels = tuple(f"{step:+g}σ".replace("-", "−") for step in STEPS)
    for dimension in dimensions:
        z_td = np.repeat(code_d[None], len(STEPS), 0)
        z_td[:, dimension.index] = dimension.mean + np.array(STEPS) * dimension.deviation
        carries = f"σ {dimension.deviation:.2f}" if dimension.kl_nats is None else f"{dimension.kl_nats:.2f} nats"
        sheet.strips.append(
            Strip(
                f"{dimension.index} ({carries})",
                subject.decode(z_td),
                f"Dimension {dimension.index} of {subject.name} from −2.5σ to +2.5σ",
                labels,
            )
        )
    section.sheets.append(sheet)
