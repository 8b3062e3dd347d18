"""Tables on their way in: what the catalogue then has, how it is called, and that nothing changes silently."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from looks_like.explorer.core import Lab
from looks_like.explorer.interfaces.commands.main import run
from looks_like.explorer.selecting import export_products

Draw = Callable[..., Image.Image]


@pytest.fixture
def shop(tmp_path: Path, draw_product: Draw) -> Path:
    for letter in "abc":
        draw_product(ord(letter)).save(tmp_path / f"{letter}.png")
    return tmp_path


def write(shop: Path, headers: str, *rows: str, name: str = "t.csv") -> Path:
    (shop / name).write_text("\n".join([headers, *rows]) + "\n", encoding="utf-8")
    return shop / name


def command(shop: Path, *words: object, capsys: Any = None) -> dict[str, Any]:
    code, sentence = run([*map(str, words), "--workspace", str(shop / "w"), "--json"])
    assert (code, sentence) == (0, "")
    return dict(json.loads(capsys.readouterr().out.splitlines()[-1]))


def taken(shop: Path, table: Path, capsys: Any, *more: str) -> dict[str, Any]:
    return command(shop, "import", table, *more, capsys=capsys)


def values(shop: Path, product_id: str = "a") -> dict[str, object]:
    lab = Lab(shop / "w")
    return dict(lab.product(product_id).attributes)


def test_people_see_the_names_that_they_gave(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,über,価格,a b,x.y,price €,name,_picture", "a,a.png,1,2,3,4,5,Boot,7"), capsys)
    assert values(shop) == {"über": 1, "価格": 2, "a b": 3, "x.y": 4, "price €": 5, "_picture (attribute)": 7}


@pytest.mark.parametrize(
    ("one", "other"), [("цвет", "размер"), ("price €", "price $"), ("colour", "Colour"), ("価格", "名前")]
)
def test_columns_are_known_by_their_names_whatever_their_order(shop: Path, capsys: Any, one: str, other: str) -> None:
    taken(shop, write(shop, f"sku,file,{one},{other}", "a,a.png,first,second"), capsys)
    taken(shop, write(shop, f"sku,file,{other},{one}", "a,a.png,second,first", "b,b.png,4,3"), capsys)
    assert values(shop) == {one: "first", other: "second"}
    assert values(shop, "b") == {one: "3", other: "4"}


def test_a_column_stays_of_the_kind_that_the_catalogue_has(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,zip,ean", "a,a.png,01067,0012345678905"), capsys)
    taken(shop, write(shop, "sku,file,zip,ean", "b,b.png,10115,4012345678905"), capsys)
    assert values(shop, "b") == {"zip": "10115", "ean": "4012345678905"}


def test_a_value_of_another_kind_is_named_by_its_row_and_can_be_made_room_for(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,size,launched", "a,a.png,39,2024-01-31"), capsys)
    mixed = write(shop, "sku,file,size,launched", "a,a.png,39,2024-01-31", "b,b.png,M,2024-02-01")
    code, sentence = run(["import", str(mixed), "--workspace", str(shop / "w")])
    assert code == 2
    assert "attribute 'size' is a number in this catalogue, and 'M' (row 2) is no number" in sentence
    assert 'make the attribute text: --as "size=text"' in sentence
    taken(shop, mixed, capsys, "--as", "size=text")
    assert values(shop)["size"] == "39"
    assert values(shop, "b")["size"] == "M"
    taken(shop, mixed, capsys)  # it is remembered
    assert str(values(shop, "b")["launched"]) == "2024-02-01"


def test_money_keeps_its_currency_and_another_one_is_refused(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,price", "a,a.png,€ 12.50"), capsys)
    taken(shop, write(shop, "sku,file,price", "b,b.png,13"), capsys)
    lab = Lab(shop / "w")
    assert lab.catalogue().units == {"price": "€"}
    assert lab.catalogue().rows["price"].to_pylist() == [12.5, 13.0]
    code, sentence = run(["import", str(write(shop, "sku,file,price", "c,c.png,$ 9")), "--workspace", str(shop / "w")])
    assert code == 2
    assert "attribute 'price' is money in this catalogue, in €, and the source says otherwise (in $)" in sentence


def test_money_that_becomes_text_stays_missing_where_it_was(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,price", "a,a.png,€ 12.50", "b,b.png,"), capsys)
    taken(shop, write(shop, "sku,file,price", "c,c.png,soon"), capsys, "--as", "price=text")
    catalogue = Lab(shop / "w").catalogue()
    assert catalogue.rows["price"].to_pylist() == ["€ 12.5", None, "soon"]
    assert catalogue.units == {}


def test_a_table_without_pictures_changes_what_is_there_and_refuses_what_is_new(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,price", "a,a.png,1", "b,b.png,2"), capsys)
    before = Lab(shop / "w").catalogue()
    said = taken(shop, write(shop, "sku,price", "a,1", "b,3", "c,4"), capsys)
    assert (said["added"], said["updated"], said["refused"]) == (0, 2, 1)
    again = taken(shop, write(shop, "sku,price", "a,1", "b,3"), capsys)
    assert (again["updated"], again["unchanged"]) == (0, 2)
    after = Lab(shop / "w").catalogue()
    assert after.sha256 == before.sha256
    assert after.rows["price"].to_pylist() == [1, 3]


def test_a_column_of_tags_is_given_as_tags_unless_one_says_otherwise(shop: Path, capsys: Any) -> None:
    said = taken(shop, write(shop, "sku,file,tags", "a,a.png,summer|beach", "b,b.png,summer"), capsys)
    assert said["tags"].startswith("From its column 'tags': 2 tags given: 3 changes")
    lab = Lab(shop / "w")
    assert lab.catalogue().attributes == []
    assert {tag.name: int(tag.carried.mask().sum()) for tag in lab.tag_state().carried} == {"beach": 1, "summer": 2}
    taken(shop, write(shop, "sku,file,tags", "c,c.png,x"), capsys, "--tags", "")
    assert Lab(shop / "w").catalogue().attributes == ["tags"]


def test_an_export_goes_back_in_as_the_same_catalogue(shop: Path, capsys: Any) -> None:
    table = write(
        shop, "sku,file,name,zip,price,at,sizes,tags",
        'a,a.png,=A1,01234,€ 5,2024-01-05 00:30+02:00,"[38, 39]",summer', "'=b,b.png,Boot,7,€ 6.5,,[38],x|summer",
    )  # fmt: skip
    taken(shop, table, capsys)
    lab = Lab(shop / "w")
    assert lab.catalogue().product_ids == ["a", "=b"]
    for kind in ("csv", "jsonl", "parquet"):
        (shop / f"out.{kind}").write_bytes(export_products(lab, None, kind))
        said = taken(shop, shop / f"out.{kind}", capsys)
        assert (said["added"], said["refused"]) == (0, 0)
        now = Lab(shop / "w")
        assert now.catalogue().rows.drop_columns(["_content_sha256"]) == lab.catalogue().rows.drop_columns(
            ["_content_sha256"]
        )
        assert now.catalogue().units == {"price": "€"}
        assert [(tag.name, tag.carried.mask().tolist()) for tag in now.tag_state().carried] == [
            ("summer", [True, True]), ("x", [False, True]),
        ]  # fmt: skip
    rows = list(csv.reader((shop / "out.csv").read_text().splitlines()))
    assert rows[1][:2] == ["a", "'=A1"]
    assert rows[1][rows[0].index("price")] == "€ 5.00"


def test_a_column_of_results_is_no_attribute_when_it_comes_back(shop: Path, capsys: Any) -> None:
    said = taken(shop, write(shop, "sku,file,cluster shapes:result,size", "a,a.png,boots,39"), capsys)
    assert values(shop) == {"size": 39}
    assert said["notes"] == ["1 columns of results are left out"]


def test_a_preview_says_how_each_column_would_be_read_and_imports_nothing(shop: Path, capsys: Any) -> None:
    table = write(shop, "sku,file,zip,when", "a,a.png,01234,1/2/2024", "b,b.png,7,3/2/2024", "torn")
    said = taken(shop, table, capsys, "--preview", "--as", "when=date, day first")
    assert said["rows"] == 2
    assert said["ours"] == {"id": "sku", "picture": "file", "name": "", "tags": ""}
    assert [(each["column"], each["kind"]) for each in said["columns"]] == [("zip", "text"), ("when", "date")]
    assert said["columns"][0]["examples"] == ["01234", "7"]
    assert "'01234' (row 1) begins with a zero" in said["columns"][0]["notes"][0]
    assert said["refused"][0]["where"] == "row 3"
    assert not (shop / "w" / "tables").exists()
    code, _ = run(["import", str(table), "--preview", "--workspace", str(shop / "w")])
    assert code == 0
    shown = capsys.readouterr().out
    assert "id: sku, picture: file" in shown
    assert "choose “date, day first” or" in " ".join(shown.replace("│", " ").split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--as", "zip"), '--as zip: say COLUMN=KIND, such as zip=text or "launched=date, day first"'),
        (("--as", "zap=text"), "no column 'zap' to read as something else. There are: zip"),
        (("--as", "zip=colour"), "'colour' is no kind of column; there are: text; number"),
        (("--tags", "labels"), "no column 'labels'"),
    ],
)
def test_a_mistake_about_columns_is_a_sentence(shop: Path, words: tuple[str, ...], says: str) -> None:
    code, sentence = run(["import", str(write(shop, "sku,file,zip", "a,a.png,1")), *words, "-w", str(shop / "w")])
    assert code == 2
    assert says in sentence


def test_an_import_of_which_nothing_could_be_taken_is_an_error(shop: Path) -> None:
    code, sentence = run(["import", str(write(shop, "sku,file", "a,gone.png")), "-w", str(shop / "w")])
    assert (code, sentence) == (2, "nothing was imported: every row was refused")


@pytest.mark.parametrize("header", ["_id", "name", "product_id", "_rowid", "NAME"])
def test_a_header_that_is_the_stores_own_is_one_attribute_however_often_it_comes(
    shop: Path, capsys: Any, header: str
) -> None:
    table = write(shop, f"sku,file,title,{header}", "a,a.png,Boot,07", "b,b.png,Clog,8")
    words = ["--id", "sku", "--name", "title"]
    taken(shop, table, capsys, *words)
    again = taken(shop, table, capsys, *words)
    assert (again["updated"], again["unchanged"]) == (0, 2)
    assert Lab(shop / "w").catalogue().attributes == [f"{header} (attribute)"]
    taken(shop, write(shop, f"sku,file,title,{header}", "c,c.png,Boot,9"), capsys, *words)
    assert Lab(shop / "w").catalogue().rows[f"{header} (attribute)"].to_pylist() == ["07", "8", "9"]


def test_what_a_column_cannot_hold_is_a_sentence_before_anything_is_written(shop: Path, capsys: Any) -> None:
    taken(shop, write(shop, "sku,file,sizes", 'a,a.png,"[38, 39]"'), capsys)
    version = Lab(shop / "w").catalogue().version
    for cell in ('"[38.5, 39]"', '"[""S"", ""M""]"'):
        table = write(shop, "sku,file,sizes", f"b,b.png,{cell}")
        code, sentence = run(["import", str(table), "--workspace", str(shop / "w")])
        assert code == 2
        assert "attribute 'sizes' can't hold what the source says" in sentence
    assert Lab(shop / "w").catalogue().version == version


def test_absolute_paths_are_read_where_a_folder_is_allowed_and_nowhere_else(tmp_path: Path, draw_product: Draw) -> None:
    images, secret = tmp_path / "photos" / "shoes", tmp_path / "secret.png"
    images.mkdir(parents=True)
    for i, file in enumerate((images / "1.png", images / "2.png", secret)):
        draw_product(i).save(file)
    table = tmp_path / "tables" / "shop.csv"
    table.parent.mkdir()
    lines = [f"a,{images / '1.png'}", "b,shoes/2.png", f"c,{secret}", "d,../../secret.png"]
    table.write_text("id,image\n" + "\n".join(lines) + "\n", "utf-8")
    workspace = str(tmp_path / "w")
    assert run(["import", str(table), "--workspace", workspace])[0] == 2, "beside the table there is none of them"
    assert run(["import", str(table), "--images", str(tmp_path / "photos"), "--workspace", workspace])[0] == 0
    assert Lab(workspace).catalogue().product_ids == ["a", "b"]
    assert "leaves the source's folder" in (tmp_path / "w" / "import-report.csv").read_text("utf-8")
    code, said = run(["import", str(table), "--images", str(tmp_path / "gone"), "--workspace", workspace])
    assert (code, "not a folder" in said) == (2, True)
