"""Views of one thing: whether the way from one to another comes past those between, in order."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from looks_like.explorer.check.factors import Factor
from looks_like.explorer.check.findings import CheckStep, Plan, Section
from looks_like.explorer.check.trial import Subject, Trial
from looks_like.explorer.core import Space
from looks_like.model.geometry import NearestNeighbours
from looks_like.model.images import Pictures
from looks_like.model.metrics.intervals import of_mean
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.space.following import following

PAIRS, QUICK_PAIRS, STEPS = 200, 30, 33
CROSS_FADE = "cross-fade"
_VALUES_MIN = 3  # of a thing: with two there is nothing between


def plan(trial: Trial, subject: Subject) -> Plan:
    section = Section(
        "views",
        "Views of one thing",
        "Products that show the same thing in several views (--views), each with a known value (a number among "
        "--factors): from one view to another a path should come past those between, in order.",
    )
    if not (trial.request.views and trial.request.factors):
        return section, []
    work = partial(_follow, trial, section, subject)
    return section, [CheckStep(f"{subject.name}: views of one thing", 5 if trial.request.quick else 30, work)]


def _follow(trial: Trial, section: Section, subject: Subject) -> None:
    for factor in trial.request.factors:
        name = factor.column
        values_n = _numbers(trial, name)
        if values_n is None:
            section.lacks(f"{name} holds no numbers, so there is no order to follow.")
            continue
        pairs = list(_pairs(trial, subject, values_n))
        if not pairs:
            section.lacks(f"No thing has {_VALUES_MIN} views or more with different {name} and a code.")
            continue
        ours, fades = ([walk(subject, pair, values_n, factor) for pair in pairs] for walk in (_path, _fade))
        said = f"{len(pairs)} pairs of one {trial.request.views}, {STEPS} steps, seed {subject.seed}"
        things = subject.things(Pictures(subject.pixels_nhwc, subject.space.rows_n))
        for i, key in enumerate(("visited", "in_order")):
            row = section.row(key, name)
            trial.put(row, subject, _score(key, np.array(ours)[:, i], said, things))
            row.baselines[CROSS_FADE] = _score(key, np.array(fades)[:, i], said, things)


def _score(key: str, value_p: np.ndarray, said: str, things: str) -> Score:
    return Score(key, float(value_p.mean()), said, interval=of_mean(value_p, f"{things}, {said}"))


def _numbers(trial: Trial, column: str) -> np.ndarray | None:
    """float64 (N,) by catalogue row, NaN where it is not known; None where any is no number."""
    values = trial.lab.imported_catalogue().rows[column].to_pylist()
    if any(value is not None and (isinstance(value, bool) or not isinstance(value, int | float)) for value in values):
        return None
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _pairs(trial: Trial, subject: Subject, values_n: np.ndarray) -> Iterator[tuple[Space, int, int]]:
    """Of as many things as are needed, drawn by lot: their part of the space, and two of their rows."""
    rng = np.random.default_rng(subject.seed)
    things: dict[str, list[int]] = {}
    named = trial.lab.imported_catalogue().rows[trial.request.views].to_pylist()
    for row in subject.space.rows_n.tolist():
        if named[row] is not None and np.isfinite(values_n[row]):
            things.setdefault(str(named[row]), []).append(row)
    many = [rows for rows in things.values() if len(np.unique(values_n[rows])) >= _VALUES_MIN]
    parts: dict[int, Space] = {}
    for _ in range(QUICK_PAIRS if trial.request.quick else PAIRS) if many else ():
        thing = int(rng.integers(len(many)))
        rows_m = np.array(many[thing])
        begin = int(rng.choice(rows_m))
        end = int(rng.choice(rows_m[values_n[rows_m] != values_n[begin]]))
        if thing not in parts:
            parts[thing] = subject.space.restricted_to(rows_m)
        yield parts[thing], begin, end


def _path(subject: Subject, pair: tuple[Space, int, int], values_n: np.ndarray, factor: Factor) -> tuple[float, float]:
    part, begin, end = pair
    z_td = part.path_codes(part.codes([begin, end]), STEPS, "dense")
    return following(values_n[part.nearest(z_td)[0][:, 0]], values_n[part.rows_n], factor.period or None)


def _fade(subject: Subject, pair: tuple[Space, int, int], values_n: np.ndarray, factor: Factor) -> tuple[float, float]:
    """Of the real pictures, matched in pixels."""
    part, begin, end = pair
    flat_np = np.asarray(subject.pixels_nhwc[part.rows_n], np.float32).reshape(len(part.rows_n), -1)
    places = {int(row): at for at, row in enumerate(part.rows_n)}
    a_p, b_p, t_t1 = flat_np[places[begin]], flat_np[places[end]], np.linspace(0, 1, STEPS, dtype=np.float32)[:, None]
    near_t1, _ = NearestNeighbours(flat_np).nearest((1 - t_t1) * a_p + t_t1 * b_p, 1)
    return following(values_n[part.rows_n[near_t1[:, 0]]], values_n[part.rows_n], factor.period or None)
