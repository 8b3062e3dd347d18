"""python -m benchmarks.growth FIGURES [--svg FOLDER]: what grows how, of what `benchmarks.scale` measured.

A table in Markdown: seconds and most memory of each command at each size, and the exponent of both: the slope of a
straight line through their logarithms, 1 where twice the products take twice as long, 0 where they take no longer. Of
the seconds also over the larger sizes alone, where the start of a command weighs little.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale import figures
from looks_like.explorer.check.findings import Chart, Line
from looks_like.explorer.check.report.svg import chart_svg

LARGE = 100_000
CHARTS = {
    "jobs": ("import", "look", "encode", "map", "clusters", "colours"),
    "answers": ("find", "similar", "tag", "update", "browse"),
}


def main() -> None:
    """The table is printed, the charts are written."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("--svg", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    found = [each for each in figures(asked.figures) if "seconds" in each]
    print(table(found))
    if asked.svg:
        for name, steps in CHARTS.items():
            (asked.svg / f"growth-{name}.svg").write_text(growth_chart(found, steps), "utf-8")


def table(found: list[dict[str, Any]]) -> str:
    """One row for each command."""
    counts = sorted({each["products"] for each in found})
    powers = ["seconds grow as", f"from {LARGE:,} on", "memory grows as"]
    head = ["", *(f"{count:,}" for count in counts), *powers]
    rows = [head, ["---"] * len(head)]
    for step in dict.fromkeys(each["step"] for each in found):
        by_count = {each["products"]: each for each in found if each["step"] == step}
        cells = [_cell(by_count.get(count)) for count in counts]
        mine = list(by_count.values())
        large = [each for each in mine if each["products"] >= LARGE]
        found_powers = exponent(mine, "seconds"), exponent(large, "seconds"), exponent(mine, "memory_mb")
        rows.append([step, *cells, *map(_power, found_powers)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def exponent(found: list[dict[str, Any]], of: str) -> float | None:
    """The slope of log(value) over log(products); None of fewer than two sizes."""
    if len({each["products"] for each in found}) < 2:
        return None
    points_n2 = np.log([(each["products"], max(each[of], 1e-3)) for each in found])
    return float(np.polyfit(points_n2[:, 0], points_n2[:, 1], 1)[0])


def growth_chart(found: list[dict[str, Any]], steps: tuple[str, ...]) -> str:
    """Seconds by products, both axes logarithmic: a power is a straight line, its exponent stands behind the name."""
    lines = []
    for step in steps:
        if mine := sorted((each for each in found if each["step"] == step), key=lambda each: each["products"]):
            counts, seconds = ([each[of] for each in mine] for of in ("products", "seconds"))
            lines.append(Line(f"{step}, {_power(exponent(mine, 'seconds'))}", [*map(float, counts)], seconds))
    axes = {"title": "Seconds by products", "x_title": "products", "y_title": "seconds"}
    return chart_svg(Chart(kind="lines", says="", lines=lines, log_x=True, log_y=True, **axes))


def _cell(each: dict[str, Any] | None) -> str:
    return "–" if each is None else f"{each['seconds']:,.0f} s, {each['memory_mb'] / 1000:.2f} GB"


def _power(found: float | None) -> str:
    return "–" if found is None else f"n^{round(found, 2) + 0.0:.2f}"


if __name__ == "__main__":
    main()
