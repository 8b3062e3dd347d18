"""What somebody types, understood and found: on a real store with pictures whose colours are known."""

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from looks_like.data.sources import Columns
from looks_like.explorer import tags
from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.search import Filter, Found, find, mask, read_colours, unread_colours
from looks_like.explorer.search.finding import picture_colours as colours_on_disk
from looks_like.explorer.search.finding.numbers import number_at
from looks_like.explorer.search.finding.picture_colours import picture_colours
from looks_like.explorer.search.finding.spelling import fold, forms, pieces_of
from looks_like.explorer.search.finding.understanding import understand
from looks_like.explorer.selecting import Selection, SelectionStep, rows, steps_from_text, steps_text

INKS = {"red": (205, 40, 42), "navy": (30, 45, 92), "white": (238, 238, 236)}
HEADERS = ["id", "image", "title", "type", "colour", "trim", "fabric", "price", "launched", "vegan", "sizes", "story"]
TYPES, COLOURS, TRIMS = ("Dress", "Ankle boots", "T-shirt"), ("Red", "Navy", "White"), ("white", "red", "navy")


@pytest.fixture(scope="module")
def shop_lab(tmp_path_factory: pytest.TempPathFactory, write_table: object) -> Lab:
    """36 products; those of one type and colour are four, of two prices and years each."""
    folder = tmp_path_factory.mktemp("finding")
    (folder / "pictures").mkdir()
    lines: list[list[object]] = []
    for number in range(36):
        kind, colour, turn = number % 3, number // 3 % 3, number // 9
        ground = Image.new("RGB", (64, 64), (250, 250, 250) if COLOURS[colour] != "White" else (40, 90, 60))
        ground.paste(INKS[COLOURS[colour].lower()], (14, 12, 50, 54))
        ground.save(folder / "pictures" / f"{number}.png")
        title = ["Maple", "Größe Süd", "Ember <b>Lite</b>", "Low ride"][turn]
        lines.append(
            [
                *(f"sku-{number:03}", f"{number}.png", title, TYPES[kind], COLOURS[colour], TRIMS[colour]),
                *(("leather", "suede", "cotton|wool")[kind], 20 + 20 * turn, f"{2018 + turn}-05-0{1 + kind}"),
                *("yes" if turn % 2 else "no", 36 + turn, f"a long story, number {number}, of a day in may"),
            ]
        )
    table = write_table(folder / "pictures" / "shop.csv", HEADERS, lines)  # type: ignore[operator]
    lab = Lab(folder / "w")
    for _ in lab.import_products(str(table), Columns(name="title")):
        pass
    tags.add(lab, "summer shoes", range(5), "ann")
    tags.add(lab, "summer", range(9), "ann")
    for _ in read_colours(lab):
        pass
    return lab


def words(found: Found) -> list[str]:
    return [term.reading.words for term in found.terms]


def ids(lab: Lab, found: Found) -> list[str]:
    return [lab.catalogue().product_ids[row] for row in found.rows_m]


@pytest.mark.parametrize(
    ("text", "understood", "count"),
    [
        ("red dress", ["colour is Red", "type is Dress"], 4),
        ("DRESSES, red!", ["type is Dress", "colour is Red"], 4),
        ("rote Kleider", ["colour is Red", "“Kleider” as a word"], 12),
        ("boots under 50", ["type is Ankle boots", "price 50 or less"], 6),
        ("t-shirt from 40 to 70", ["type is T-shirt", "price 40 to 70"], 6),
        ("tshirts cheaper than 30 €", ["type is T-shirt", "price 30 or less"], 3),
        ("suede between 30 and 50", ["fabric is suede", "price 30 to 50"], 3),
        ("wool 2019", ["fabric is cotton|wool", "launched 2019"], 3),
        ("launched since 2020", ["launched 2020 or later"], 18),
        ("price: 40", ["price is 40"], 9),
        ("sizes 38", ["sizes is 38"], 9),
        ("vegan navy", ["vegan is yes", "colour is Navy"], 6),
        ("tag:summer shoes", ["tagged summer shoes"], 5),
        ("#summer dress", ["tagged summer", "type is Dress"], 3),
        ("not tagged", ["not tagged"], 27),
        ("groesse", ["“groesse” as a word"], 9),
        ("GRÖSSE", ["“GRÖSSE” as a word"], 9),
        ("rides", ["“rides” as a word"], 9),
        ("größe", ["“größe” as a word"], 9),
        ("ember <b>lite</b>", ["“ember” as a word", "“lite” as a word"], 9),
        ("around 40 leather", ["price 34 to 46", "fabric is leather"], 3),
    ],
)
def test_a_text_is_understood(shop_lab: Lab, text: str, understood: list[str], count: int) -> None:
    found = find(shop_lab, text)
    assert words(found) == understood
    assert len(found.rows_m) == count
    if found.asked.conditions and count:
        assert set(np.flatnonzero(mask(shop_lab, found.asked))) == set(found.rows_m)
        assert Filter.from_text(found.asked.text()) == found.asked


def test_of_attributes_with_the_same_word_pictures_say_which_is_meant(shop_lab: Lab) -> None:
    """`trim` has red too, and stands before `colour` in no way: but its products are not red."""
    term = find(shop_lab, "red").terms[0]
    assert [reading.words for reading in term.readings] == [
        "colour is Red",
        "trim is red",
        "looks red",
        "“red” as a word",
    ]
    two = find(shop_lab, "white red dress")
    assert words(two) == ["colour is White", "trim is red", "type is Dress"] or len(two.rows_m) > 0
    assert len(find(shop_lab, "red or navy dress").rows_m) == 8


def test_a_correction_takes_another_meaning(shop_lab: Lab) -> None:
    found = find(shop_lab, "red dress", {"red": "is:trim"})
    assert words(found)[0] == "trim is red"
    assert {shop_lab.catalogue().values(row)["colour"] for row in found.rows_m} == {"Navy"}
    assert words(find(shop_lab, "red dress", {"red": "pictured"}))[0] == "looks red"
    assert find(shop_lab, "red dress", {"red": "pictured"}).asked.words() == "looks red, type is Dress"
    assert words(find(shop_lab, "red dress", {"red": "no such key", "other": "x"}))[0] == "colour is Red"


def test_colours_are_read_in_pictures_without_the_ground(shop_lab: Lab, tmp_path: Path) -> None:
    colours = picture_colours(shop_lab)
    assert colours is not None
    for row in range(36):
        own = str(shop_lab.catalogue().values(row)["colour"]).lower()
        assert [word for word in INKS if colours.mask(word)[row]] == [own]
    assert colours.mask("blue").sum() == 12  # navy is a blue
    assert not len(unread_colours(shop_lab))
    file = shop_lab.workspace.pixels / "picture-colours.safetensors"
    kept = file.read_bytes()
    try:
        for broken in (b"", b"not a file of arrays", kept[:-5]):
            file.write_bytes(broken)
            assert len(unread_colours(shop_lab)) == 36
            assert find(shop_lab, "dress", {}).rows_m.size == 12
            lacking = find(shop_lab, "red", {"red": "pictured"})
            assert lacking.lacks_colours
            assert lacking.said == ("The colours of the pictures were not read yet: looks-like colours.",)
    finally:
        file.write_bytes(kept)


def test_ids_names_and_lists_of_ids(shop_lab: Lab) -> None:
    assert ids(shop_lab, find(shop_lab, "SKU-007")) == ["sku-007"]
    pasted = find(shop_lab, "sku-003,sku-001\nnobody;sku-003")
    assert ids(shop_lab, pasted) == ["sku-003", "sku-001"]
    assert pasted.said == ("1 of 4 are no ids here: nobody.",)
    assert not len(find(shop_lab, "  ").rows_m)


def test_where_nobody_is_all_of_it_the_rest_is_shown_or_what_is_in_the_way(shop_lab: Lab) -> None:
    found = find(shop_lab, "red dress maple under 30 ember")
    assert found.said[-1].startswith("No product is all of that. Shown is who meets the rest")
    assert len(found.rows_m) == 1
    found = find(shop_lab, "suede dress")
    assert found.said == (
        "No product is all of that: without “fabric is suede” there are 12; without “type is Dress” there are 12.",
    )
    found = find(shop_lab, "asdfgh")
    assert not len(found.rows_m)
    assert found.said[0].startswith("No text here has “asdfgh”, and what it looks like is not known: there is no look")


def test_a_number_without_a_price_says_what_to_write(lab: Lab, tmp_path: Path, write_table: object) -> None:
    terms, said = understand(lab, "under 30")
    assert [term.reading.words for term in terms] == ["price 30 or less"]
    assert not said


HOSTILE = [
    "🙂🙂🙂", "(.*)+[a-z", "<script>alert(1)</script>", "赤い靴 ドレス", "' OR 1=1 --", "\x00\x01",
    "%s%n{0}", "tag:", "#", "under",
    "price:", "between 5 and", "-", "‮abc", "a" * 10_000, "red " * 3000,
    "under " * 2000, '"' * 5000, "9" * 500, "1,2.3,4.5 " * 900,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_is_a_mistake(shop_lab: Lab, text: str) -> None:
    found = find(shop_lab, text)
    assert len(found.terms) <= 12
    assert len(found.said) > 0 or len(found.rows_m)
    for sentence in found.said:
        assert len(sentence) < 1000


@given(st.text(max_size=300))
@settings(max_examples=25, deadline=None)
def test_any_text_gives_an_answer(shop_lab: Lab, text: str) -> None:
    found = find(shop_lab, text)
    assert len(set(found.all_m.tolist())) == len(found.all_m)


def test_what_was_found_is_a_step_of_a_selection_and_survives_a_link(shop_lab: Lab) -> None:
    from looks_like.explorer.core import MapContext

    steps = (SelectionStep("=", "found", ("red dress", (("red", "is:trim"),))),)
    read = steps_from_text(steps_text(steps))
    assert read == steps
    found = rows(shop_lab, Selection(MapContext(""), read, Filter()))
    assert sorted(found) == sorted(find(shop_lab, "red dress", {"red": "is:trim"}).rows_m)


def test_the_command_reads_colours_where_they_lack_and_says_what_it_understood(
    shop_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shop_lab.workspace.folder, tmp_path / "w")
    (tmp_path / "w" / "pixels" / "picture-colours.safetensors").unlink()
    asked = ["find", "blue", "t-shirts", "[bold]<i>", "-k", "2", "-w", str(tmp_path / "w")]
    assert run([*asked, "--json"]) == (0, "")
    said = json.loads(capsys.readouterr().out)
    assert [term["as"] for term in said["understood"]][:2] == ["looks blue", "type is T-shirt"]
    assert said["count"] == 4
    assert len(said["products"]) == 2
    assert run(asked) == (0, "")
    shown = capsys.readouterr()
    assert "“bold”" in shown.err
    assert "4 products: looks blue; type is T-shirt" in shown.out
    assert run(["find", "red", "-k", "0", "-w", str(tmp_path / "w")]) == (2, "-k must be between 1 and 10,000, got 0")
    assert run(["colours", "--json", "-w", str(tmp_path / "w")])[0] == 0
    assert json.loads(capsys.readouterr().out) == {"read": 0}


@pytest.mark.parametrize("said", ["1", '["a"]', '["a",[["b"]]]', '["a",[["b",1]]]', '["a",{}]', f'["{"x" * 4001}",[]]'])
def test_a_link_with_another_step_of_that_kind_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="found"):
        steps_from_text(f'[["=","found",{said}]]')


def test_words_are_the_same_in_any_spelling() -> None:
    assert forms("Größen") & forms("groessen")
    assert forms("Dresses") == forms("dress")
    assert forms("ponies") == forms("pony")
    assert forms("bus") == {"bus"}
    assert fold("ŒUVRE Ñandú") == "œuvre nandu"


def test_numbers_are_read_in_german_too() -> None:
    def read(text: str) -> tuple[float | None, float | None]:
        found = number_at(pieces_of(text), 0)
        assert found is not None
        return found.low, found.high

    assert read("unter 1.200,5") == (None, 1200.5)
    assert read("unter 9,5") == (None, 9.5)
    assert read("zwischen 20 und 10") == (10, 20)
    assert read("mindestens 3") == (3, None)
    assert read("1,200") == (1200, 1200)
    assert number_at(pieces_of("2020s"), 0) is None


def test_of_a_text_of_any_length_the_same_beginning_is_read() -> None:
    assert len(pieces_of("red dress " * 1000)) == len(pieces_of("red dress " * 500))


def test_where_nothing_can_be_written_colours_are_not_asked_and_it_says_so(
    shop_lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(file: Path, content: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(file))

    shutil.copytree(shop_lab.workspace.folder, tmp_path / "w")
    (tmp_path / "w" / "pixels" / "picture-colours.safetensors").unlink()
    monkeypatch.setattr(colours_on_disk, "write_whole", refused)
    assert run(["find", "blue", "t-shirts", "-w", str(tmp_path / "w")]) == (0, "")
    assert "can't be kept here (Read-only file system), so only words were asked" in capsys.readouterr().err
