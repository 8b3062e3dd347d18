"""Columns of every kind after a deletion: whatever is asked, the answer is that of a catalogue that never had them."""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.core import Lab, MapContext
from looks_like.explorer.maps import colouring
from looks_like.explorer.maps.color_by import legible_attribute
from looks_like.explorer.search import Filter, choices, find_enrichment, mask, rows_where, search
from looks_like.explorer.selecting import compact_workspace, delete_products, export_products, undo_deletion

HEADERS = ["id", "image", "name", "brand", "sizes", "materials", "made", "price", "washable", "year", "worn"]
COUNT = 48
# They have the newest days, the dearest prices, sizes and words of their own, and alone lack a brand
GONE = [*range(1, COUNT, 4), 10]


def product(number: int) -> list[object]:
    """Some of each kind are not given, among those that go and among those that stay; three each share a picture."""
    gone, lacks, picture = number in GONE, number % 5 == 0, number - number % 3
    return [
        f"p{number:02d}",
        f"{picture:04d}.{'png' if picture % 2 else 'jpg'}",
        f"Shoe {number}",
        "" if gone else ("Alder", "Birch", "Cedar")[number % 3],
        "" if lacks else "[47, 48]" if gone else f"[{36 + number % 4}, {40 + number % 3}]",
        "" if lacks else "straw|felt" if gone else ("wool|silk", "wool|cork", "silk|jute")[number % 3],
        "" if lacks else f"2026-0{1 + number % 9}-{10 + number % 12}" if gone else f"2024-0{1 + number % 9}-15",
        "" if lacks else f"€ {900 + number}.50" if gone else f"€ {20 + number}.50",
        "" if lacks else "yes" if gone or number % 2 else "no",
        "" if lacks else 2030 if gone else 2000 + number % 20,
        "" if lacks else f"2024-03-{1 + number % 28:02d} 14:30" if not gone else "2027-01-01 00:30",
    ]


@pytest.fixture
def catalogue_of(shop: Any, tmp_path: Path, write_table: Callable[..., Path]) -> Callable[..., Lab]:
    """catalogue_of("name", numbers, tagged) -> a Lab over these products, of which the tagged ones are for summer"""
    shutil.copytree(shop.folder / "images", tmp_path / "images")

    def make(name: str, numbers: Iterable[int], tagged: Iterable[int]) -> Lab:
        lab = Lab(tmp_path / name)
        take_in(lab, write_table(tmp_path / f"{name}.csv", HEADERS, [product(number) for number in numbers]))
        tags.add(lab, "summer", lab.catalogue().rows_of(f"p{number:02d}" for number in tagged), "ann")
        return lab

    return make


def take_in(lab: Lab, table: Path) -> None:
    for _ in lab.import_products(str(table), Columns()):
        pass


def ids(lab: Lab, rows_m: np.ndarray) -> list[str]:
    return [lab.catalogue().product_ids[row] for row in rows_m]


ATTRIBUTES = HEADERS[3:]
CONDITIONS = [
    *(f"{name} is null" for name in ATTRIBUTES),
    *(f"{name} is not null" for name in ATTRIBUTES),
    *("sizes = 38", "sizes <> 38", "not sizes = 38", "sizes in (38, 47)", "not (sizes between 39 and 48)"),
    *("materials = 'wool'", "not materials like 'w%'", "brand <> 'Alder'", "not brand = 'Alder' or brand is null"),
    *("made < '2024-05-01'", "not made >= '2024-05-01'", "worn > '2024-03-10' or worn is null", "price > 30"),
    *("not price > 30", "washable", "not washable", "washable is not true", "coalesce(price, 0) < 30", "1 = 1"),
    *("tag = 'summer'", "tag <> 'summer'", "tag is null", "not tag = 'summer' and year is null"),
]
FILTERS: list[list[object]] = [
    *([name, "is", [None]] for name in ATTRIBUTES),
    *([name, "between", [None, None, True]] for name in ("made", "worn", "price", "year", "sizes")),
    *([name, "newest", days] for name in ("made", "worn") for days in (1, 7, 90, 365)),
    *(["sizes", "is", [38]], ["sizes", "is", [None, 38, 47]], ["sizes", "between", [38, 39]]),
    *(["materials", "is", ["wool", None]], ["materials", "holds", "wool"], ["", "holds", "shoe"]),
    *(["made", "between", ["2024-03-01", None, True]], ["made", "is", ["2024-03-15", None]]),
    *(["price", "between", [30, 1000]], ["price", "between", [30, None, True]], ["washable", "is", [False, None]]),
    *(["", "untagged", [""]], ["", "untagged", ["summer"]], ["", "tagged", ["summer"]]),
]


def told(lab: Lab, attribute: str) -> object:
    """What a map says of its colours; the colours of products by their ids."""
    found = colouring(lab, attribute, MapContext("", "", ""))
    by_id = dict(zip(lab.catalogue().product_ids, found.index_n.tolist(), strict=True))
    return found.legend, found.low, found.high, found.missing, {key: by_id[key] for key in by_id if key}


# whatever people ask of attributes -> plain values
ANSWERS: dict[str, Callable[[Lab], Any]] = {
    "conditions": lambda lab: {sql: ids(lab, rows_where(lab, sql)) for sql in CONDITIONS},
    "filters": lambda lab: {
        str(each): ids(lab, np.flatnonzero(mask(lab, Filter.from_text(json.dumps([each]))))) for each in FILTERS
    },
    "filter options": choices,
    "colours": lambda lab: {name: told(lab, name) for name in ATTRIBUTES},
    "legible attribute": legible_attribute,
    "worth comparing": lambda lab: lab.catalogue().comparable_attributes,
    "what sets apart": lambda lab: [
        find_enrichment(lab, rows_where(lab, sql), None, tags.masks(lab))
        for sql in ("year < 2008", "materials = 'wool'", "price is null", "brand = 'Alder'", "made < '2024-04-01'")
    ],
    "search": lambda lab: [found.product_id for word in ("felt", "wool", "p01") for found in search(lab, word)],
    "values": lambda lab: [lab.catalogue().values(lab.catalogue().row(key)) for key in ids(lab, lab.catalogue().there)],
    "export": lambda lab: [export_products(lab, None, kind) for kind in ("csv", "jsonl")],
    "copies": lambda lab: {
        key: (ids(lab, lab.copies().of(lab.catalogue().row(key))), lab.product(key).copies)
        for key in ids(lab, lab.catalogue().there)
    },
    "units": lambda lab: dict(lab.catalogue().units),
    "tags": lambda lab: (tags.coverage(lab), [(tag.tag, tag.products, tag.share) for tag in tags.tags(lab)]),
}


def test_every_answer_is_that_of_a_catalogue_without_the_deleted_ones(catalogue_of: Callable[..., Lab]) -> None:
    stay, every_third = [number for number in range(COUNT) if number not in GONE], range(0, COUNT, 3)
    lab = catalogue_of("all", range(COUNT), every_third)
    left = catalogue_of("left", stay, set(every_third) & set(stay))
    wanted, whole = ({name: ask(each) for name, ask in ANSWERS.items()} for each in (left, lab))
    alike = {name for name in ANSWERS if wanted[name] == whole[name]}
    assert alike <= {"worth comparing", "units"}, "the deleted ones would not be missed"
    delete_products(lab, GONE, "ann")
    for name, ask in ANSWERS.items():
        assert ask(lab) == wanted[name], name
    undo_deletion(lab, "ann")
    for name, ask in ANSWERS.items():
        assert ask(lab) == whole[name], name
    delete_products(lab, GONE, "ann")
    for _ in compact_workspace(lab, "ann"):
        pass
    for name, ask in ANSWERS.items():
        assert ask(Lab(lab.workspace.folder)) == wanted[name], f"{name}, compacted"


@pytest.mark.parametrize("compacted", [False, True])
def test_products_that_come_after_a_deletion_are_asked_beside_those_that_stayed(
    compacted: bool, catalogue_of: Callable[..., Lab], tmp_path: Path
) -> None:
    """Here all but one are deleted, and some of them come again."""
    last = COUNT - 1
    lab, again = catalogue_of("all", range(COUNT), [last]), catalogue_of("few", [*range(6), last], [last])
    delete_products(lab, np.arange(last), "ann")
    for _ in compact_workspace(lab, "ann") if compacted else ():
        pass
    only = catalogue_of("one", [last], [last])
    for name, ask in ANSWERS.items():
        assert ask(lab) == ask(only), name
    take_in(lab, tmp_path / "few.csv")
    for name, ask in ANSWERS.items():
        assert ask(lab) == ask(again), f"{name}, again"
