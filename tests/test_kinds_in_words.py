"""Values of each kind as people write them: in words, as colours of the map, and where they set products apart."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from looks_like.data.catalogue import Catalogue
from looks_like.explorer.core import Cache, Lab, attribute_titles, value_words
from looks_like.explorer.core.palette import MISSING
from looks_like.explorer.maps.color_by import by_attribute
from looks_like.explorer.search.enrichment import find_enrichment
from looks_like.explorer.search.finding.text import holds


class Stand(Lab):
    """As much of a Lab as is asked, over columns of a catalogue."""

    def __init__(self, units: dict[str, str] | None = None, **columns: Any) -> None:
        self.cache = Cache()
        self.found = Catalogue(1, pa.table(columns), None, np.empty(0, np.int64), units or {})  # type: ignore[arg-type]

    def catalogue(self) -> Catalogue:
        return self.found


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ([38, None, 39], "", "38, 39"),
        (["wool", "silk"], "", "wool, silk"),
        (date(2026, 1, 31), "", "2026-01-31"),
        (datetime(2026, 1, 31), "", "2026-01-31"),
        (datetime(2026, 1, 31, 14, 30), "", "2026-01-31 14:30"),
        (datetime(2026, 1, 31, 14, 30, 5, tzinfo=UTC), "", "2026-01-31 14:30:05 +0000"),
        (12.5, "€", "€ 12.50"),
        (1299.0, "CHF", "CHF 1,299.00"),
        (0.0042, "€", "€ 0.0042"),
        (True, "", "yes"),
        (2**53 + 1, "", "9,007,199,254,740,993"),
        (2015, "", "2015"),
        (0.1 + 0.2, "", "0.3"),
        ("<b>", "", "<b>"),
    ],
)
def test_a_value_is_said_as_people_write_it(value: object, unit: str, words: str) -> None:
    assert value_words(value, unit) == words


def test_titles_are_readable_and_never_alike() -> None:
    assert attribute_titles(["sole_colour", "価格", "SKU Group"]) == {
        "sole_colour": "Sole colour",
        "価格": "価格",
        "SKU Group": "SKU Group",
    }
    assert list(attribute_titles(["colour", "Colour", "a_b", "a b"]).values()) == ["colour", "Colour", "a_b", "a b"]


DAYS = [datetime(2026, 1, 1) + timedelta(days=n) for n in range(100)]


@pytest.mark.parametrize(
    ("kind", "low"),
    [
        (pa.timestamp("ms"), "2026-01-02"),
        (pa.timestamp("us"), "2026-01-02"),
        (pa.timestamp("us", "Asia/Tokyo"), "2026-01-03"),
        (pa.date32(), "2026-01-02"),
    ],
)
def test_dates_are_colours_of_a_scale_with_days_at_its_ends(kind: pa.DataType, low: str) -> None:
    found = by_attribute(Stand(made=pa.array([*DAYS, None]).cast(kind, safe=False)), "made")
    assert (found.low, found.high, found.missing, found.legend) == (low, "2026-04-08", 1, [])
    assert found.index_n[-1] == MISSING
    assert (np.diff(found.index_n[:-1].astype(int)) >= 0).all()


def test_lists_money_and_yes_or_no_are_colours_too() -> None:
    lab = Stand(
        {"price": "€"},
        sizes=pa.array([[39, 38], [38, 39], [38], [], None]),
        price=[1.5, 2, 3, 4, None],
        stocked=[True, True, False, None, True],
        gtin=[2**53 + n for n in range(5)],
        **{"its cluster": ["a", "b", "a", "a", "a"]},
    )
    assert [(entry.label, entry.count) for entry in by_attribute(lab, "sizes").legend] == [
        ("38, 39", 2),
        ("38", 1),
        ("not given", 2),
    ]
    assert not any(entry.one for entry in by_attribute(lab, "sizes").legend)
    assert [entry.label for entry in by_attribute(lab, "stocked").legend] == ["yes", "no", "not given"]
    assert by_attribute(lab, "price").low.startswith("€ 1.5")
    assert by_attribute(lab, "gtin").missing == 0
    assert len(by_attribute(lab, "its cluster").legend) == 2


def test_what_sets_products_apart_is_found_in_lists_dates_and_money() -> None:
    lab = Stand(
        {"cost of it": "€"},
        material=pa.array([["wool", "wool", "felt"]] * 24 + [["felt"]] + [["felt"]] * 65 + [["wool"]] * 5 + [None] * 5),
        made=pa.array(DAYS, pa.timestamp("us")),
        **{"cost of it": [float(100 - n) for n in range(100)]},
    )
    found = find_enrichment(lab, np.arange(25))
    wool = next(one for one in found.values if one.value == "wool")
    assert (wool.count, wool.within, wool.rest) == (24, 24 / 25, 5 / 70)
    told = {one.attribute: one.words for one in found.numbers}
    assert told["made"].startswith("made: earlier, median 2026-01-13 against 2026-03-04;")
    assert told["cost of it"].startswith("cost of it: dearer, median € 88.00 against € 38.00;")


def test_words_are_looked_for_in_each_value_of_a_list() -> None:
    lab = Stand(
        material=pa.array([["Wool", None, "felt"], ["wo", "ol"], [], None]), sizes=pa.array([[38], [3, 8], [], None])
    )
    assert holds(lab, "material", "wool").tolist() == [True, False, False, False]
    assert holds(lab, "sizes", "38").tolist() == [True, False, False, False]
