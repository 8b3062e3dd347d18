"""Charts as SVG: one file that needs nothing else, legible on white and on black; for a page, and for a paper."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from looks_like.explorer.check.findings import Chart, Line

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 760, 300, 66, 34, 44, 24
_INK = "#767676"  # on white and on the page's dark ground
_LINE = "#8884"
_COLOURS = ("#0b76a5", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#882255", "#56b4e9", "#aa4499")
_ROW = 22
_LABEL_MAX = 24
_LETTER = 7  # px, of the usual one
_TICKS = 5
_DOTTED_MAX = 8  # of so few points each is shown: they were measured, what is between was not


def chart_svg(chart: Chart) -> str:
    """The whole document."""
    return _heat(chart) if chart.kind == "heat" else _plot(chart)


@dataclass(frozen=True)
class _Frame:
    """From values to places on the drawing."""

    least_x: float
    most_x: float
    low: float  # its logarithm where the axis is logarithmic
    high: float
    log_y: bool
    wide: float = _WIDTH - _LEFT - _RIGHT
    tall: float = _HEIGHT - _TOP - _BOTTOM

    @classmethod
    def of(cls, points: list[tuple[float, float]], chart: Chart) -> "_Frame":
        xs, room = [x for x, _ in points], 0.5 if chart.kind == "bars" else 0.0
        values = [math.log10(y) if chart.log_y else y for _, y in points]
        low, high = min(values) if chart.log_y else min(0.0, *values), max(values)
        return cls(min(xs) - room, max(xs) + room, low, high if high > low else low + 1.0, chart.log_y)

    def across(self, x: float) -> float:
        return _LEFT + self.wide * (x - self.least_x) / ((self.most_x - self.least_x) or 1.0)

    def down(self, y: float) -> float:
        value = math.log10(y) if self.log_y else y
        return _TOP + self.tall * (1 - (value - self.low) / (self.high - self.low))

    @property
    def ground(self) -> float:
        """Where bars stand."""
        return self.down(10**self.low if self.log_y else max(self.low, 0.0))


def _plot(chart: Chart) -> str:
    shown = [(line, _points(line, chart)) for line in chart.lines]
    points = [point for _, each in shown for point in each]
    if not points:
        return _document(chart, _WIDTH, 60, [_words(_LEFT, 40, "No values.")])
    frame = _Frame.of(points, chart)
    marks = _axes(frame, chart)
    for place, (line, each) in enumerate(shown):
        colour = _colour(chart.lines, line)
        x, y = _LEFT + 4 + 170 * (place % 4), 16 + 14 * (place // 4)
        marks.append(_words(x, y, f"● {line.name[:_LABEL_MAX]}", "start", colour))
        if chart.kind == "bars":
            marks += _bars(frame, each, (place, len(shown)), colour)
        elif each:
            path = " ".join(f"{frame.across(x):.1f},{frame.down(y):.1f}" for x, y in each)
            dash = ' stroke-dasharray="2 3"' if line.dotted else ""
            marks.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
            if len(each) <= _DOTTED_MAX:
                marks += [
                    f'<circle cx="{frame.across(x):.1f}" cy="{frame.down(y):.1f}" r="2.5" fill="{colour}"/>'
                    for x, y in each
                ]
    return _document(chart, _WIDTH, _HEIGHT, marks)


def _points(line: Line, chart: Chart) -> list[tuple[float, float]]:
    pairs = [(x, y) for x, y in zip(line.x, line.y, strict=False) if y is not None and _is_shown(y, chart.log_y)]
    return [(math.log10(x), y) for x, y in pairs if x > 0] if chart.log_x else pairs


def _is_shown(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _bars(frame: _Frame, points: list[tuple[float, float]], place_of: tuple[int, int], colour: str) -> list[str]:
    """Of one line, beside those of the others."""
    place, lines = place_of
    each = 0.8 * frame.wide / max(1.0, frame.most_x - frame.least_x) / lines
    marks = []
    for x, y in points:
        left, top = frame.across(x) + each * (place - lines / 2), min(frame.down(y), frame.ground)
        size = f'width="{each:.1f}" height="{abs(frame.down(y) - frame.ground):.1f}"'
        marks.append(f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{colour}"/>')
    return marks


def _axes(frame: _Frame, chart: Chart) -> list[str]:
    marks = []
    for value in _ticks(frame.low, frame.high, log=chart.log_y):
        at = _TOP + frame.tall * (1 - (value - frame.low) / (frame.high - frame.low))
        marks.append(f'<path d="M{_LEFT} {at:.1f}H{_WIDTH - _RIGHT}" stroke="{_LINE}"/>')
        marks.append(_words(_LEFT - 8, at + 4, _power_of_ten(value) if chart.log_y else f"{value:.6g}", "end"))
    for x in _ticks(frame.least_x, frame.most_x, log=chart.log_x):
        said = _power_of_ten(x) if chart.log_x else f"{x:,.6g}"
        at_end = frame.across(x) + _LETTER * len(said) / 2 > _WIDTH
        across, anchor = (_WIDTH, "end") if at_end else (frame.across(x), "middle")
        marks.append(_words(across, _HEIGHT - _BOTTOM + 18, said, anchor))
    title = _words(0, 0, chart.y_title, "middle")
    marks.append(_words(_LEFT + frame.wide / 2, _HEIGHT - 8, chart.x_title, "middle"))
    return [*marks, f'<g transform="translate(14 {_TOP + frame.tall / 2:.0f}) rotate(-90)">{title}</g>']


def _power_of_ten(exponent: float) -> str:
    value = 10.0**exponent
    return f"{value:,.0f}" if 1 <= value < 1e10 and abs(value - round(value)) < 1e-6 * value else f"{value:.3g}"


def _ticks(low: float, high: float, *, log: bool) -> list[float]:
    """Round values from one to the other; of logarithms those of 1, 10, 100 …, and of 3, 30 … where those are few."""
    if not log:
        return _round_ticks(low, high)
    within = range(math.floor(low), math.ceil(high) + 1)
    for between in ((1,), (1, 3), (1, 2, 5)):
        ticks = [decade + math.log10(each) for decade in within for each in between]
        shown = [tick for tick in ticks if low - 1e-9 <= tick <= high + 1e-9]
        if len(shown) >= _TICKS - 1:
            return shown
    return shown if len(shown) > 1 else [math.log10(value) for value in _round_ticks(10**low, 10**high)]


def _round_ticks(low: float, high: float) -> list[float]:
    """About five round values from one to the other."""
    rough = (high - low) / _TICKS or 1.0
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * each for each in (1, 2, 5, 10) if unit * each >= rough)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step + 1e-9) + 1)]


def _heat(chart: Chart) -> str:
    names = [name if len(name) <= _LABEL_MAX else f"{name[:_LABEL_MAX]}…" for name in chart.columns]
    top = 30 + 5 * max((len(name) for name in names), default=1)
    wide = max(24.0, min(64.0, (_WIDTH - 70 - 60) / max(1, len(names))))
    values = [value for row in chart.matrix for value in row if value is not None]
    most, marks = max(values, default=1.0) or 1.0, []
    for at, name in enumerate(names):
        x = 64 + wide * (at + 0.5)
        marks.append(f'<g transform="translate({x:.1f} {top - 6}) rotate(-45)">{_words(0, 0, name)}</g>')
    for place, (row, name) in enumerate(zip(chart.matrix, chart.rows, strict=False)):
        y = top + _ROW * place
        marks.append(_words(56, y + 15, name, "end"))
        for at, value in enumerate(row):
            if value is not None:
                share = max(0.0, min(1.0, value / most))
                place_said = f'x="{64 + wide * at:.1f}" y="{y}" width="{wide - 1:.1f}" height="{_ROW - 1}"'
                marks.append(
                    f'<rect {place_said} fill="{_COLOURS[0]}" fill-opacity="{0.06 + 0.94 * share:.3f}">'
                    f"<title>{escape(name)} · {escape(chart.columns[at])}: {value:.3f}</title></rect>"
                )
    marks.append(_words(56, top - 10, chart.y_title, "end"))
    width = int(64 + wide * len(names) + 90)
    return _document(chart, max(width, 200), top + _ROW * len(chart.rows) + 10, marks)


def _colour(lines: Sequence[Line], line: Line) -> str:
    """A model's lines have one colour."""
    models = list(dict.fromkeys(each.of or each.name for each in lines))
    return _COLOURS[models.index(line.of or line.name) % len(_COLOURS)]


def _words(x: float, y: float, text: str, anchor: str = "start", fill: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


def _document(chart: Chart, width: int, height: int, marks: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="system-ui, sans-serif" font-size="12"><title>{escape(chart.title)}</title>{"".join(marks)}</svg>'
    )
