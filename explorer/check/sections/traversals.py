"""Traversals: one dimension moved at a time, around a real product."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.explorer.core import Dimension

ROWS = 10
STEPS = (-2.5, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 2.5)  # standard deviations


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "traversals",
        "Traversals",
        "One held-out product, and what becomes of it when one dimension is moved: those that change or carry most, "
        "from 2.5 standard deviations below the catalogue's mean to 2.5 above.",
    )
    return section, [CheckStep(f"{subject.name}: traversals", 1, partial(_walk, section, subject))]


def _walk(section: Section, subject: Subject) -> None:
    dimensions, axes = subject.space.dimensions[:ROWS], subject.space.axes
    if not dimensions:
        section.lacks(f"No dimension of {subject.name} is active: there is nothing to move.")
        return
    code_d = subject.encode(subject.held_out[slice(1)])[0]
    product = subject.lab.catalogue().product_ids[int(subject.held_out.rows_n[0])]
    sheet = Sheet(subject.name, f"Around product {product}; its own decode, unmoved, is in the first row.")
    sheet.strips.append(Strip("unmoved", subject.decode(code_d[None]), f"{product}, decoded from its own code"))
    labels = tuple(f"{step:+g}σ".replace("-", "−") for step in STEPS)
    for dimension in dimensions:
        step_d, now = np.array(dimension.step_d), (code_d - axes.mean_d) @ dimension.read_d
        z_td = code_d + (np.array(STEPS) - now)[:, None] * step_d
        sheet.strips.append(
            Strip(
                f"{dimension.number}{_told(dimension)}",
                subject.decode(z_td),
                f"Dimension {dimension.number} of {subject.name} from −2.5σ to +2.5σ",
                labels,
            )
        )
    section.sheets.append(sheet)


def _told(dimension: Dimension) -> str:
    """ " (ΔE 2.40)", " (carries 8 %)" or nothing."""
    if dimension.effect is not None:
        return f" (ΔE {dimension.effect:.2f})"
    return "" if dimension.carries is None else f" (carries {dimension.carries:.0%})"
