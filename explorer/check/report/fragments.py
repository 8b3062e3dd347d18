"""Parts of the report for a page that has a frame of its own: tables and rows of pictures as HTML, tables as files.

Whatever comes from a catalogue or a model is escaped, in HTML by Jinja, in LaTeX here; cells that a spreadsheet would
run are made harmless by the writer of tables.
"""

import io
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from looks_like.explorer.check.findings import Row, Section, Sheet, Strip
from looks_like.explorer.check.report.formatting import ARROWS, baseline_names, number
from looks_like.explorer.check.report.page import picture_uri, templates
from looks_like.explorer.check.report.tables import interval_words, measures_table, protocols

_LATEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "−": "$-$",
    "↑": "$\\uparrow$",
    "↓": "$\\downarrow$",
}


def rows_html(rows: Sequence[Row], models: list[str]) -> str:
    """A table of measures: each with its sentence, intervals, and what it is held against."""
    table: Any = templates().get_template("tables.html.jinja").module  # its macros are not known to types
    made = table.measures(measures_table(list(rows), models))
    counted = table.protocols(protocols(rows))
    return f'<div class="check">{made}{counted}</div>'


def strip_html(strip: Strip, columns: int) -> str:
    """A row of pictures with its name and labels; `columns` make up the whole width."""
    labels = "".join(f"<span>{escape(label)}</span>" for label in strip.labels)
    over = f'<div class="labels" style="--columns:{columns}">{labels}</div>' if labels else ""
    width = 100 * len(strip.pixels_nhwc) / columns
    image = f'<img style="width:{width:.4g}%" alt="{escape(strip.alt)}" src="{picture_uri(strip.pixels_nhwc)}">'
    return f'<div class="strip"><span class="name">{escape(strip.name)}</span><div>{over}{image}</div></div>'


def sheet_html(sheet: Sheet) -> str:
    """All rows of pictures of a sheet."""
    columns = sheet_columns(sheet)
    return f'<div class="check">{"".join(strip_html(strip, columns) for strip in sheet.strips)}</div>'


def sheet_columns(sheet: Sheet) -> int:
    return max((len(strip.pixels_nhwc) for strip in sheet.strips), default=1)


def rows_csv(sections: Sequence[Section], models: Sequence[str]) -> bytes:
    """A line for each number: section, measure, of what, model or baseline, value, its interval, how it was counted."""
    import pyarrow as pa

    from looks_like.data.tables import table_writer

    lines = []
    for section in sections:
        for row in section.rows:
            for held, scores in ((False, row.scores), (True, row.baselines)):
                for name, score in scores.items():
                    low, high = (score.interval.low, score.interval.high) if score.interval else (None, None)
                    words = (section.title, row.metric.key, row.of, name)
                    lines.append((*words, held, score.value, low, high, row.metric.better, score.said))
    kinds = (*(("section", "measure", "of", "model")), "baseline", "value", "low", "high", "better", "counted")
    types = [*([pa.string()] * 4), pa.bool_(), *([pa.float64()] * 3), pa.string(), pa.string()]
    schema = pa.schema(list(zip(kinds, types, strict=True)))
    columns = [pa.array([line[i] for line in lines], kind) for i, kind in enumerate(types)]
    out = io.BytesIO()
    with table_writer(out, "csv", schema) as write:
        write(pa.table(columns, schema=schema))
    return out.getvalue()


def rows_latex(sections: Sequence[Section], models: Sequence[str]) -> str:
    """A tabular (booktabs) with a row for each measure: value and interval of each model, value of each baseline."""
    rows = [row for section in sections for row in section.rows]
    beside = baseline_names(rows)
    lines = [
        "% needs \\usepackage{booktabs}",
        f"\\begin{{tabular}}{{l{'r' * (len(models) + len(beside))}}}",
        "\\toprule",
    ]
    lines += [" & ".join(["Measure", *map(_latex, (*models, *beside))]) + " \\\\", "\\midrule"]
    for section in sections:
        if section.rows:
            lines.append(
                f"\\multicolumn{{{1 + len(models) + len(beside)}}}{{l}}{{\\emph{{{_latex(section.title)}}}}} \\\\"
            )
        for row in section.rows:
            arrow = ARROWS[row.metric.better][:1].replace("n", "")
            cells = [f"{row.title} {arrow}".strip()]
            for name in models:
                score = row.scores.get(name)
                sure = interval_words(score) if score else ""
                cells.append("" if score is None else number(score.value) + (f" ({sure})" if sure else ""))
            cells += [number(score.value) if (score := row.baselines.get(name)) else "" for name in beside]
            lines.append(" & ".join(map(_latex, cells)) + " \\\\")
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}", ""])


def _latex(text: str) -> str:
    return re.sub(r"[&%$#_{}\\~^−↑↓]", lambda sign: _LATEX[sign[0]], " ".join(text.split()))
