"""Sections of several models become one that shows them side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from looks_like.explorer.check.findings import Chart, Row, Section, Sheet

BASELINE_FAMILY = "autoencoder"  # whose space nothing smooths
_NO_BASELINE = (
    "There is no autoencoder to hold these against, whose space nothing smooths: looks-like train autoencoder, then "
    "looks-like encode autoencoder."
)
_OF_A_SIZE = ("PCA-", "ICA-", "real, held out")  # how baselines begin that are another thing at another size


@dataclass(frozen=True)
class Part:
    """What was found of one model in one section."""

    model: str
    family: str
    sees: tuple[int, int]  # edge in px, and channels
    section: Section


def merged(parts: Sequence[Part]) -> Section:
    """One section of them all, in their order. The first to say a baseline is believed: they were counted alike."""
    first = parts[0].section
    apart = len({part.sees for part in parts}) > 1
    whole = Section(first.key, first.title, first.says)
    for part in parts:
        one = _with_sizes(part.section, part.sees[0]) if apart else part.section
        _take(whole, one)
    if first.key == "smoothness" and whole.rows and all(part.family != BASELINE_FAMILY for part in parts):
        whole.lacks(_NO_BASELINE)
    for sheet in whole.sheets:
        sheet.strips.sort(key=lambda strip: strip.place)
    return whole


def _take(whole: Section, one: Section) -> None:
    for row in one.rows:
        kept = whole.row(row.metric.key, row.of)
        kept.scores |= {name: score for name, score in row.scores.items() if name not in kept.scores}
        kept.baselines |= {name: score for name, score in row.baselines.items() if name not in kept.baselines}
    _take_charts(whole.charts, one.charts)
    for sheet in one.sheets:
        there = next((each for each in whole.sheets if each.title == sheet.title), None)
        if there is None:
            whole.sheets.append(Sheet(sheet.title, sheet.says, list(sheet.strips)))
        else:
            known = {strip.name for strip in there.strips}
            there.strips += [strip for strip in sheet.strips if strip.name not in known]
    for sentence in one.lacking:
        whole.lacks(sentence)
    for reason, every in one.failed.items():
        whole.failed.setdefault(reason, []).extend(every)


def _take_charts(whole: list[Chart], charts: Iterable[Chart]) -> None:
    for chart in charts:
        at = next((i for i, each in enumerate(whole) if each.title == chart.title and each.kind == chart.kind), None)
        if at is None:
            whole.append(chart)
        else:
            whole[at] = replace(whole[at], lines=[*whole[at].lines, *chart.lines])


def _with_sizes(section: Section, edge_px: int) -> Section:
    """Baselines that are another thing at another size say which they are of."""

    def called(name: str) -> str:
        return f"{name}, {edge_px} px" if name.startswith(_OF_A_SIZE) else name

    rows = [
        Row(row.metric, row.of, row.scores, {called(name): score for name, score in row.baselines.items()})
        for row in section.rows
    ]
    sheets = [
        Sheet(sheet.title, sheet.says, [replace(strip, name=called(strip.name)) for strip in sheet.strips])
        for sheet in section.sheets
    ]
    return replace(section, rows=rows, sheets=sheets)
