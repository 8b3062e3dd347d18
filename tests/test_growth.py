"""What `benchmarks.growth` makes of figures: exponents by hand, a row and a line for each command."""

from pathlib import Path

import pytest

from benchmarks.growth import exponent, growth_chart, table
from benchmarks.scale import figures

FOUND = [
    {"products": count, "step": step, "seconds": seconds, "memory_mb": memory}
    for step, count, seconds, memory in (
        ("import", 10_000, 20.0, 500),
        ("import", 1_000_000, 2000.0, 5000),
        ("find", 10_000, 7.0, 300),
        ("find", 1_000_000, 7.0, 300),
        ("tag", 10_000, 7.0, 300),
    )
]


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    assert exponent(FOUND[:2], "seconds") == pytest.approx(1)
    assert exponent(FOUND[:2], "memory_mb") == pytest.approx(0.5)
    assert exponent(FOUND[2:4], "seconds") == pytest.approx(0)
    assert exponent(FOUND[4:], "seconds") is None


def test_each_command_has_a_row_and_a_line() -> None:
    assert table(FOUND).splitlines()[2:] == [
        "| import | 20 s, 0.50 GB | 2,000 s, 5.00 GB | n^1.00 | – | n^0.50 |",
        "| find | 7 s, 0.30 GB | 7 s, 0.30 GB | n^0.00 | – | n^0.00 |",
        "| tag | 7 s, 0.30 GB | – | – | – | – |",
    ]
    larger = [*FOUND[:2], {"products": 100_000, "step": "import", "seconds": 20.0, "memory_mb": 500}]
    assert "n^2.00 |" in table(larger).splitlines()[2]
    assert "import, n^1.00" in growth_chart(FOUND, ("import", "look"))


def test_figures_of_nothing_are_none(tmp_path: Path) -> None:
    assert figures(tmp_path / "none.jsonl") == []
