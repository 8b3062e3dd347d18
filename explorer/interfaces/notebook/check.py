"""How good models are, as a table and as the report."""

import os
from html import escape
from pathlib import Path as FilePath

import pandas as pd

from looks_like.atomic import write_whole
from looks_like.explorer.check import Check, report


class Scores:
    """What a check found: `table`, one line a measure and model, and the report with pictures and charts."""

    def __init__(self, found: Check) -> None:
        self._found = found

    @property
    def table(self) -> pd.DataFrame:
        """section, measure, model, value, baseline: True for what the models are held against."""
        lines = [
            (section.title, row.metric.key, name, score.value, scores is row.baselines)
            for section in self._found.sections
            for row in section.rows
            for scores in (row.scores, row.baselines)
            for name, score in scores.items()
        ]
        return pd.DataFrame(lines, columns=["section", "measure", "model", "value", "baseline"])

    def save(self, file: str | os.PathLike[str]) -> FilePath:
        """The report as one HTML file that needs nothing else."""
        write_whole(FilePath(file), report(self._found).encode())
        return FilePath(file)

    def __repr__(self) -> str:
        return f"Scores({', '.join(model.name for model in self._found.models)}: {len(self.table)} values)"

    def _repr_html_(self) -> str:
        page = escape(report(self._found), quote=True)
        style = "width:100%;height:640px;border:1px solid #ccc"
        return f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="Report of the check" style="{style}"></iframe>'
