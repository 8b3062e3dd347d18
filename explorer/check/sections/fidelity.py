"""Fidelity: whether what is shown looks like products, rebuilt and on the way from one product to another."""

from functools import partial

import numpy as np

from looks_like.explorer.check.findings import CheckStep, Leads, Plan, Section, Sheet, Strip
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.explorer.core import CURVE_DEFAULT
from looks_like.model.geometry import CURVES
from looks_like.model.images import Pictures
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.fidelity import NEAREST, REAL, RealPictures, each_recognised
from looks_like.model.metrics.pictures.kid import drawn
from looks_like.model.metrics.pictures.sharpness import sharpness
from looks_like.model.metrics.space.smoothness import random_pairs
from looks_like.model.networks import features

PAIRS = 300  # walked
_STEPS, _AT = 11, (3, 5, 7)  # .3, .5 and .7 of the way
_SHOWN = 6  # paths to look at
REBUILT = "reconstructions"
FLOOR = "real, held out"
NEAREST_PRODUCT, CROSS_FADE = "nearest real products", "cross-fade of the two"
ON = {name: f"on {CURVES[name].title.lower()} paths" for name in (CURVE_DEFAULT, "linear")}


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "fidelity",
        "How real it looks",
        "The share of the shown pictures that look like some product (precision), and how well (density): of held-out "
        "products rebuilt, and at .3, .5 and .7 of the way between two products. Beside them: real products, those "
        "nearest to the same codes, and the cross-fade of the two real pictures, which is two ghosts.",
    )
    if trial.request.quick:
        section.lacks(f"How real pictures look needs features of {REAL:,} real ones: it is left out of a quick check.")
        return section, []
    work = [("rebuilt products", 0.02 * trial.request.count, _rebuilt)]
    work += [(f"pictures {ON[curve]}", 0.1 * _pairs(trial), partial(_paths, curve=curve)) for curve in ON]
    if not subject.baseline:
        work.append(("paths to look at", 2, _sheet))
    return section, [
        CheckStep(f"{subject.name}: {title}", seconds, partial(run, trial, section, subject))
        for title, seconds, run in work
    ]


def _pairs(trial: Trial) -> int:
    return trial.request.pairs or PAIRS


def _rebuilt(trial: Trial, section: Section, subject: Subject) -> None:
    real, shown_mf = _reference(trial, subject), trial.rebuilt_features(subject)
    held_out_mf = trial.features("held out", subject, lambda: subject.as_it_sees(subject.shown))
    _put(trial, section, subject, REBUILT, {subject.name: shown_mf, FLOOR: held_out_mf}, real)
    row, own_m = section.row("recognised"), each_recognised(shown_mf, held_out_mf)
    said, sure = f"among {len(held_out_mf):,} held-out products", of_mean(own_m, subject.things(subject.shown))
    trial.put(row, subject, Score("recognised", float(own_m.mean()), said, {}, sure))
    row.baselines.setdefault("by lot", Score("recognised", 1 / len(held_out_mf), "one of as many"))


def _paths(trial: Trial, section: Section, subject: Subject, curve: str) -> None:
    real, kind, space = _reference(trial, subject), ON[curve], subject.space
    rows_p2 = _rows(trial, subject)
    z_td = np.concatenate([space.path_codes(space.codes(pair), _STEPS, curve)[list(_AT)] for pair in rows_p2])
    made_nhwc = subject.decode(z_td)
    nearest_nhwc = _real_pictures(subject, space.nearest(z_td)[0][:, 0])
    shown = {
        subject.name: features(made_nhwc),
        NEAREST_PRODUCT: features(nearest_nhwc),
        CROSS_FADE: trial.features(CROSS_FADE, subject, lambda: _cross_fades(subject, rows_p2)),
    }
    _put(trial, section, subject, kind, shown, real)
    own = sharpness(nearest_nhwc)
    said, value = f"{len(z_td):,} pictures; theirs is {own:.3g}", sharpness(made_nhwc) / own if own else float("nan")
    row = section.row("sharpness", f"{kind}, beside the nearest products'")
    trial.put(row, subject, Score("sharpness", value, said))
    row.baselines.setdefault(NEAREST_PRODUCT, Score("sharpness", 1.0, said))


def _put(
    trial: Trial, section: Section, subject: Subject, kind: str, shown: dict[str, np.ndarray], real: RealPictures
) -> None:
    """Precision and density of each, coverage too where a picture stands for a product; the first is the model."""
    for name, shown_mf in shown.items():
        found, things = real.fidelity(shown_mf), f"{subject.things(subject.shown)}, {kind}"
        said = f"{len(shown_mf):,} pictures against {len(real):,} products, k = {NEAREST}, seed {subject.seed}"
        sure = {
            "precision": of_mean(found.around_m > 0, things),
            "density": of_mean(found.around_m / NEAREST, things),
            "coverage": of_mean(found.met_n),
        }
        for key in ("precision", "density", *(("coverage",) if kind == REBUILT else ())):
            row, score = section.row(key, kind), Score(key, getattr(found, key), said, {}, sure[key])
            if name == subject.name:
                trial.put(row, subject, score)
            else:
                row.baselines.setdefault(name, score)


def _reference(trial: Trial, subject: Subject) -> RealPictures:
    """By as many real pictures as precision needs."""

    def make() -> RealPictures:
        if subject.count >= REAL:
            return RealPictures(trial.features("real", subject, lambda: subject.as_it_sees(subject.real)))
        return RealPictures(features(subject.as_it_sees(drawn(subject.learnt_from, REAL, subject.seed))))

    return trial.cache.get_or_make(("real pictures", subject.name), make)


def _rows(trial: Trial, subject: Subject) -> np.ndarray:
    """(P, 2) catalogue rows, two different products each."""
    rows_n = subject.space.rows_n
    return np.asarray(rows_n[random_pairs(len(rows_n), _pairs(trial), subject.seed)])


def _real_pictures(subject: Subject, rows_m: np.ndarray) -> np.ndarray:
    return subject.as_it_sees(Pictures(subject.pixels_nhwc, rows_m))


def _cross_fades(subject: Subject, rows_p2: np.ndarray) -> np.ndarray:
    a_phwc, b_phwc = (_real_pictures(subject, rows_p2[:, side]).astype(np.float32) for side in (0, 1))
    shares = np.array(_AT, np.float32) / (_STEPS - 1)
    mixed = a_phwc[:, None] + shares[:, None, None, None] * (b_phwc - a_phwc)[:, None]
    return np.asarray(mixed.reshape(-1, *a_phwc.shape[1:]).round().astype(np.uint8))


def _sheet(trial: Trial, section: Section, subject: Subject) -> None:
    sheet = Sheet(
        f"Paths of {subject.name}",
        "The same pairs of products twice: through products, and straight. Is every step a product?",
    )
    ids = subject.lab.catalogue().product_ids
    for pair in _rows(trial, subject)[:_SHOWN]:
        a, b = map(int, pair)
        for curve in ON:
            made_nhwc = subject.decode(subject.space.path_codes(subject.space.codes([a, b]), _STEPS, curve))
            name, leads = CURVES[curve].title, Leads(subject.name, ids[a], ids[b], curve, _STEPS)
            sheet.strips.append(Strip(name, made_nhwc, f"From {ids[a]} to {ids[b]}, {name.lower()}", leads=leads))
    section.sheets.append(sheet)
