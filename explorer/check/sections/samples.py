"""Samples: pictures that no product has, beside real ones, by KID and to look at."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import DRAWN, Codec, Subject, Trial, drawn_codes
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.kid import kernel_distance, kernel_interval
from looks_like.model.networks import features

COLUMNS = 10
_KID_MIN = 100  # pictures
# What is left with the decoder's blur on both sides: whether codes are where products are
FROM_REBUILT = "from rebuilt products"
REBUILT, FLOOR = "reconstructions", "real, held out"
QUICK_KINDS = (REBUILT, "mixture")
_SAYS = {
    "mixture": "From a mixture of ten Gaussians fitted on the codes of products.",
    "N(0, I)": "From the prior that a variational model promises.",
}


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "samples",
        "Samples",
        "Whether the space between products holds products too. The floor is other real products, held out: no model "
        "can be expected to be below it. PCA is sampled in the same ways.",
    )
    name, count = subject.name, trial.request.count
    floor = partial(_floor, trial, section, subject)
    steps = [CheckStep(f"{name}: features of real products", 0.01 * count, floor)]
    for kind in _kinds(trial):
        work = partial(_kid, trial, section, subject, kind)
        steps.append(CheckStep(f"{name}: KID of {kind}", 0.005 * count, work))
    looks = [(kind, partial(_sheet, trial, section, subject, kind)) for kind in _SAYS if kind in _kinds(trial)]
    return section, [*steps, *(CheckStep(f"{name}: {kind} to look at", 1, work) for kind, work in looks)]


def _floor(trial: Trial, section: Section, subject: Subject) -> None:
    real_nf, held_out_nf = _real(trial, subject), _held_out(trial, subject)
    score = _score(real_nf, held_out_nf, _said(subject, len(real_nf), len(held_out_nf)))
    if len(held_out_nf) < _KID_MIN:
        section.lacks(
            f"{len(held_out_nf):,} held-out pictures are too few for KID: below {_KID_MIN} it hangs on which ones they "
            "are, and its intervals say by how much."
        )
    for kind in _kinds(trial):
        section.row("kid", kind).baselines[FLOOR] = score


def _kinds(trial: Trial) -> tuple[str, ...]:
    return QUICK_KINDS if trial.request.quick else (REBUILT, *DRAWN)


def _kid(trial: Trial, section: Section, subject: Subject, kind: str) -> None:
    real_nf = _real(trial, subject)
    shown_mf = trial.rebuilt_features(subject) if kind == REBUILT else features(_pictures(subject, subject, kind))
    said = _said(subject, len(real_nf), len(shown_mf))
    trial.put(section.row("kid", kind), subject, _score(real_nf, shown_mf, said))
    linear, row = trial.linear(subject), section.row("kid", kind)
    if not trial.request.quick or kind == REBUILT:
        linear_mf = features(_pictures(linear, subject, kind))
        row.baselines[linear.name] = _score(real_nf, linear_mf, said)
    if trial.request.quick:
        return
    from_rebuilt = _score(_rebuilt(trial, subject), shown_mf, f"{said}, rebuilt")
    trial.put(section.row("kid", f"{kind}, {FROM_REBUILT}"), subject, from_rebuilt)


def _score(real_nf: np.ndarray, shown_mf: np.ndarray, said: str) -> Score:
    return Score("kid", kernel_distance(real_nf, shown_mf), said, {}, kernel_interval(real_nf, shown_mf))


def _pictures(coder: Codec, subject: Subject, kind: str) -> np.ndarray:
    if kind == REBUILT:
        return coder.decode(coder.encode(subject.shown[slice(None)]))
    return coder.decode(drawn_codes(coder, subject, kind, subject.count))


def _real(trial: Trial, subject: Subject) -> np.ndarray:
    return trial.features("real", subject, lambda: subject.as_it_sees(subject.real))


def _held_out(trial: Trial, subject: Subject) -> np.ndarray:
    return trial.features("held out", subject, lambda: subject.as_it_sees(subject.shown))


def _rebuilt(trial: Trial, subject: Subject) -> np.ndarray:
    def make() -> np.ndarray:
        return features(subject.decode(subject.encode(subject.real[slice(None)])))

    return trial.cache.get_or_make(("rebuilt", subject.name), make)


def _said(subject: Subject, real: int, shown: int) -> str:
    return f"{shown:,} pictures against {real:,} products that it learnt from, seed {subject.seed}"


def _sheet(trial: Trial, section: Section, subject: Subject, kind: str) -> None:
    sheet = Sheet(f"Samples: {kind}", _SAYS[kind])
    section.sheets.append(sheet)
    for coder, place in trial.coders(subject):
        made_nhwc = coder.decode(drawn_codes(coder, subject, kind, COLUMNS))
        sheet.strips.append(Strip(coder.name, made_nhwc, f"{COLUMNS} pictures by {coder.name}, {kind}", place=place))
