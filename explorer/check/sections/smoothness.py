"""Smoothness: whether a small move through the space is a small change of the picture, and shows a product."""

from dataclasses import replace
from functools import partial

import numpy as np

from looks_like.explorer.check.findings import FIRST, LAST, CheckStep, Leads, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.explorer.maps import legible_attribute
from looks_like.model.errors import ModelError
from looks_like.model.geometry import path_points
from looks_like.model.images import Pictures
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.space.magnification import magnification_scores
from looks_like.model.metrics.space.ppl import ppl
from looks_like.model.metrics.space.smoothness import (
    FEATURE_PAIRS,
    PAIRS,
    STEPS,
    WalkPlan,
    WorstPath,
    random_pairs,
    smoothness,
)
from looks_like.model.networks import efficientnet

COLUMNS = 10
CODES = 200  # at which the decoder's stretch is measured
QUICK_PAIRS, QUICK_CODES = 24, 6
_FILMS = 3  # of each model's worst cliffs
_BEFORE, _AFTER = 3, 4  # steps shown around a cliff


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "smoothness",
        "Smoothness",
        "Walks from one product to another, decoded step by step. A smooth space has no cliffs (one step that changes "
        "much more than the others) and no chasms (regions where no product is). Each number is the median over random "
        "pairs; below it the 95th percentile, and the same for pairs that share an attribute.",
    )
    quick = trial.request.quick
    work = (
        ("walks", 6 if quick else 70, _walks),
        ("path length", 3 if quick else 15, _ppl),
        ("stretch", 3 if quick else 12, _stretch),
        ("mid-points to look at", 1, _mid_points),
    )
    return section, [
        CheckStep(f"{subject.name}: {title}", seconds, partial(run, trial, section, subject))
        for title, seconds, run in work
    ]


def _walks(trial: Trial, section: Section, subject: Subject) -> None:
    space, quick = subject.space, trial.request.quick
    attribute = legible_attribute(trial.lab)
    if not attribute:
        section.lacks("No attribute of few values is known of most products, so there are no same-attribute pairs.")
    plan = WalkPlan(
        pairs=trial.request.pairs or (QUICK_PAIRS if quick else PAIRS),
        feature_pairs=0 if quick or _no_features(section) else FEATURE_PAIRS,
        seed=subject.seed,
        device=space.device,
        things=subject.things(Pictures(subject.pixels_nhwc, space.rows_n)),
    )
    found = smoothness(
        space.net.decode,
        space.net.encode,
        space.z_nd,
        plan,
        same=_labels(trial, subject, attribute) if attribute else None,
        mixture=space.mixture,
        neighbours=space.neighbours,
    )
    for score in found.scores:
        trial.put(section.row(score.key), subject, _depths_first(score))
    if not subject.baseline:
        section.sheets.append(_films(subject, found.worst[:_FILMS]))


def _depths_first(score: Score) -> Score:
    """Of a chasm, whose depth tells more than a share that is 1 for most pairs."""
    depths = {name: value for name, value in score.parts.items() if "depth" in name}
    return replace(score, parts=depths | score.parts)


def _no_features(section: Section) -> bool:
    """Says so where the network that looks is not installed; all else can be measured."""
    try:
        efficientnet()
    except ModelError as reason:
        section.lacks(str(reason))
        return True
    return False


def _labels(trial: Trial, subject: Subject, attribute: str) -> np.ndarray:
    """(N,) a whole number for each value of an attribute, -1 where it is not known."""
    column = trial.lab.catalogue().rows[attribute].to_pylist()
    places = {value: i for i, value in enumerate(sorted({value for value in column if value}))}
    return np.array([places.get(column[row], -1) for row in subject.space.rows_n])


def _ppl(trial: Trial, section: Section, subject: Subject) -> None:
    space, count = subject.space, trial.request.count
    score = ppl(space.net.decode, space.z_nd, pairs=count, seed=subject.seed, device=space.device)
    trial.put(section.row(score.key), subject, score)


def _stretch(trial: Trial, section: Section, subject: Subject) -> None:
    space, count = subject.space, QUICK_CODES if trial.request.quick else CODES
    found = magnification_scores(space.net.decode, space.z_nd, count=count, seed=subject.seed, device=space.device)
    for score in found:
        trial.put(section.row(score.key), subject, score)


def _films(subject: Subject, worst: list[WorstPath]) -> Sheet:
    sheet = Sheet(
        f"Worst cliffs of {subject.name}",
        "The random pairs whose longest step is longest: the steps around it, between the two ends.",
    )
    ids = subject.lab.catalogue().product_ids
    for walk in worst:
        begin = min(max(walk.at - _BEFORE, 1), STEPS - 1 - _BEFORE - _AFTER - 1)
        shown = [0, *range(begin, begin + _BEFORE + _AFTER + 1), STEPS - 1]
        z_td = path_points([subject.space.z_nd[walk.a], subject.space.z_nd[walk.b]], STEPS)[shown]
        a, b = (ids[int(subject.space.rows_n[row])] for row in (walk.a, walk.b))
        labels = tuple(f"{step + 1}" + (" ↷" if step == walk.at else "") for step in shown)
        alt = f"From {a} to {b}; the longest step is from {walk.at + 1} to {walk.at + 2}"
        leads = Leads(subject.name, a, b, "matched", STEPS)
        name = f"cliff {walk.cliff:.2f}: {a} to {b}"
        sheet.strips.append(Strip(name, subject.decode(z_td), alt, labels, leads=leads))
    return sheet


def _mid_points(trial: Trial, section: Section, subject: Subject) -> None:
    pairs_p2 = random_pairs(len(subject.shown), COLUMNS, subject.seed)
    sheet = Sheet("Mid-points", "Half-way between two held-out products, above and below: one product, or two ghosts?")
    for title, side, place in (("from", 0, FIRST), ("to", 1, LAST)):
        ends_nhwc = subject.shown[pairs_p2[:, side]]
        sheet.strips.append(Strip(title, ends_nhwc, f"{COLUMNS} held-out products", place=place))
    for coder, place in trial.coders(subject):
        ends = [coder.encode(subject.shown[pairs_p2[:, side]]) for side in (0, 1)]
        middle_pd = np.stack([path_points([a_d, b_d], 3)[1] for a_d, b_d in zip(*ends, strict=True)])
        said = f"Their mid-points by {coder.name}"
        sheet.strips.append(Strip(coder.name, coder.decode(middle_pd), said, place=place))
    section.sheets.insert(0, sheet)
