"""The notebook in docs runs from the first cell to the last, and is the one that is made."""

from pathlib import Path

import nbformat
import pytest

from docs.make_notebook import NOTEBOOK, executed, notebook

BYTES_MAX = 600_000


def test_the_notebook_in_docs_is_the_one_that_is_made() -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    sources = [cell.source for cell in kept.cells]
    assert sources == [cell.source for cell in notebook().cells], "run: python -m docs.make_notebook"
    assert all(
        cell.outputs for cell in kept.cells if cell.cell_type == "code" and "import looks_like" not in cell.source
    )
    assert NOTEBOOK.stat().st_size < BYTES_MAX
    assert ".venv" not in NOTEBOOK.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of what kernels run on
def test_every_cell_runs(tmp_path: Path) -> None:
    outputs = [out for cell in executed(tmp_path).cells for out in cell.get("outputs", [])]
    assert not [out for out in outputs if out.output_type == "error"]
    assert (tmp_path / "shop").is_dir()
    shown = "".join(str(out.get("data", "")) for out in outputs)
    assert "data:image/webp;base64" in shown, "a path is shown"
    assert "application/vnd.plotly" in shown, "a map is drawn"
