"""The check: what is measured of models, beside what, and a report in which nothing is lost or breaks out."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_like.data.sources import Columns
from looks_like.explorer.check import trial
from looks_like.explorer.check.findings import Chart, Check, Line, Row, Section, Sheet, Strip
from looks_like.explorer.check.measuring import CheckProgress, check
from looks_like.explorer.check.report.charts import figures_json
from looks_like.explorer.check.report.formatting import duration, headlines, listed, number
from looks_like.explorer.check.report.page import picture_uri, report
from looks_like.explorer.check.sections import fidelity, samples, smoothness
from looks_like.explorer.check.trial import CheckRequest, Subject, Trial
from looks_like.explorer.core.encoding import encode
from looks_like.explorer.core.lab import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.interfaces.commands.main import main
from looks_like.explorer.training.running.run import TrainRequest, train
from looks_like.model.errors import ModelError
from looks_like.model.metrics import metrics
from looks_like.model.metrics.codes.active_dimensions import active_in
from looks_like.model.metrics.metric import Score
from looks_like.model.metrics.pictures.reconstruction import reconstruction_mse

HOSTILE = "</script><script>alert(1)</script><b>"
TINY = {"size": 32, "latent": 6, "width": 8, "depth": 0, "batch": 16}


@pytest.fixture(scope="module")
def two(lab: Lab, shop: Any, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The shop again, with `tiny` and an autoencoder beside it."""
    folder = tmp_path_factory.mktemp("two")
    shutil.copytree(lab.workspace.folder, folder, dirs_exist_ok=True)
    both = Lab(folder)
    for _ in train(both, TrainRequest("autoencoder", "plain", TINY, epochs=1)):
        pass
    for _ in encode(both, "plain"):
        pass
    return both


@pytest.fixture(scope="module", autouse=True)
def small() -> Iterator[None]:
    """A check of a shop so small takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "COUNT", 12)
        patch.setattr(smoothness, "PAIRS", 4)
        patch.setattr(fidelity, "PAIRS", 4)
        patch.setattr(smoothness, "FEATURE_PAIRS", 1)
        patch.setattr(smoothness, "CODES", 4)
        yield


@pytest.fixture(scope="module")
def reports(two: Lab) -> list[CheckProgress]:
    return list(check(two, CheckRequest(("tiny",))))


@pytest.fixture(scope="module")
def found(reports: list[CheckProgress]) -> Check:
    last = reports[-1].found
    assert last is not None
    return last


@pytest.fixture(scope="module")
def html(found: Check) -> str:
    return report(found)


def rows(found: Check) -> dict[tuple[str, str], Row]:
    return {(row.metric.key, row.of): row for section in found.sections for row in section.rows}


class Reader(HTMLParser):
    """Notes every tag, and complains of one that is not closed in its turn."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


# -- what is measured --------------------------------------------------------------------------------------------


def test_a_model_is_judged_on_what_it_never_saw(lab: Lab) -> None:
    subject, held_out = Subject(lab, "tiny", 12), set(np.flatnonzero(lab.catalogue().held_out))
    assert set(subject.held_out.rows_n) == held_out
    assert not set(subject.learnt_from.rows_n) & held_out
    assert set(subject.real.rows_n) < set(subject.learnt_from.rows_n)
    assert len(subject.learnt_from) == lab.card("tiny").products


def test_numbers_are_those_of_the_measures_and_of_the_card(found: Check, two: Lab) -> None:
    subject, row, card = Subject(two, "tiny", 12), rows(found), two.card("tiny").measures
    assert row["mse", ""].scores["tiny"].value == reconstruction_mse(subject.space.net, subject.held_out)
    assert row["mse", ""].scores["tiny"].value == pytest.approx(card["mse"], rel=1e-3)
    assert row["mse", ""].baselines["PCA-6"].value == pytest.approx(card["pca_mse"], rel=1e-3)
    assert row["kl_nats", ""].scores["tiny"].value == pytest.approx(card["kl_nats"], rel=1e-3)
    codes_nd = subject.encode(subject.held_out[slice(None)])
    assert row["active", ""].scores["tiny"].value == active_in(codes_nd).sum()


def test_every_section_of_a_check_is_there(found: Check) -> None:
    assert [section.key for section in found.sections] == [
        *("reconstruction", "code", "fidelity", "samples", "smoothness"),
        *("disentanglement", "neighbours", "traversals", "maps", "learning"),
    ]
    keys = {key for key, _ in rows(found)}
    assert keys >= {"precision", "density", "coverage", "recognised"}
    assert keys >= {"mse", "psnr", "ms_ssim", "sharpness", "negative_elbo", "kl_nats", "active", "kid", "cliff"}
    assert keys >= {
        "roughness",
        "path_length_ratio",
        "density_gap",
        "reality_gap",
        "ppl",
        "stretch_ratio",
        "trustworthiness",
    }


def test_every_number_says_how_it_was_counted_and_what_it_is_held_against(found: Check) -> None:
    alone = {"negative_elbo", "reconstruction_nats", "kl_nats"}  # an autoencoder has none, nor has PCA
    for (key, of), row in rows(found).items():
        assert set(row.scores) == {"tiny"}, (key, of)
        assert all(score.said for score in (*row.scores.values(), *row.baselines.values())), (key, of)
        assert row.baselines or key in alone, (key, of)
        assert row.metric.protocol


def test_the_autoencoder_of_the_workspace_stands_beside_what_was_asked(found: Check) -> None:
    assert [(model.name, model.baseline) for model in found.models] == [("tiny", False), ("plain", True)]
    assert {"PCA-6", "plain"} <= set(rows(found)["mse", ""].baselines)


def test_what_can_not_be_measured_is_said_with_what_to_do(found: Check) -> None:
    said = " ".join(sentence for section in found.sections for sentence in section.missing)
    assert "looks-like train vae --seeds 2" in said
    assert "need the factors that made the products" in said


def test_steps_are_told_in_order_up_to_the_end(reports: list[CheckProgress]) -> None:
    shares = [report.share for report in reports]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert any("tiny: walks" in report.stage for report in reports)


def test_each_section_is_told_as_soon_as_it_is_there(reports: list[CheckProgress]) -> None:
    found = [report.found for report in reports if report.found]
    assert [len(each.ahead) for each in found] == list(range(9, -1, -1))
    assert [section.key for section in found[1].sections] == ["reconstruction", "code"]
    assert "Not finished. Still to come: How real it looks, " in report(found[1])
    assert "Not finished" not in report(found[-1])
    assert all(each.seconds_left is not None for each in reports[1:])


def test_a_quick_check_leaves_out_what_takes_long_and_says_so(two: Lab) -> None:
    quick = list(check(two, CheckRequest(("tiny",), quick=True), (fidelity, samples)))[-1].found
    assert quick is not None
    assert [model.name for model in quick.models] == ["tiny"]
    assert set(rows(quick)) == {("kid", "reconstructions"), ("kid", "mixture")}
    assert any("left out of a quick check" in sentence for section in quick.sections for sentence in section.missing)


def test_the_best_of_a_row_is_marked_by_the_measures_own_direction() -> None:
    def best(key: str, **values: float) -> set[str]:
        return Row(metrics()[key], "", {name: Score(key, value, "") for name, value in values.items()}).best()

    assert best("mse", a=1.0, b=2.0) == {"a"}
    assert best("psnr", a=1.0, b=2.0) == {"b"}
    assert best("psnr", a=2.0, b=2.001, c=1.9) == {"a", "b"}
    assert best("sharpness", a=1.0, b=2.0) == set()
    assert best("mse", a=1.0) == set()
    assert best("mse", a=float("nan"), b=2.0) == {"b"}


def test_a_section_says_what_failed_once_and_goes_on() -> None:
    section, done = Section("x", "X", ""), []

    def fails() -> None:
        raise ModelError("needs more")

    for what in "abcd":
        section.trying(what, fails)
    section.trying("e", lambda: done.append(1))
    section.lacks("no map")
    section.lacks("no map")
    assert (section.missing, done) == (["no map", "a; b; and 2 more: needs more"], [1])


# -- what can't be asked -----------------------------------------------------------------------------------------


def test_a_model_of_another_catalogue_is_refused(lab: Lab, open_shop: Callable[..., Any], tmp_path: Path) -> None:
    shop, other = open_shop(tmp_path / "shop", 50), Lab(tmp_path / "other")
    for _ in other.import_products(str(shop.table), Columns()):
        pass
    shutil.copytree(lab.workspace.folder / "models", tmp_path / "other" / "models")
    for _ in encode(other, "tiny"):
        pass
    with pytest.raises(RequestError, match="is of another catalogue: it learnt from 74 products, and 4"):
        Trial(other, CheckRequest(("tiny",)))


def test_a_small_demo_is_the_beginning_of_the_one_that_its_model_learnt_from(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "SHIPPED", lab.folder("tiny"))
    monkeypatch.setattr(lab.space("tiny").card, "products", 10**6)
    monkeypatch.setattr(Lab, "absent_from_source", lambda lab, source: 80)
    with pytest.raises(RequestError, match="is of another catalogue"):
        Subject(lab, "tiny", 12)
    monkeypatch.setattr(Lab, "absent_from_source", lambda lab, source: 0)
    assert Subject(lab, "tiny", 12).held_out


def test_products_without_codes_are_a_mistake_that_says_what_to_do(lab: Lab, tmp_path: Path) -> None:
    shutil.copytree(lab.workspace.folder, tmp_path / "w")
    shutil.rmtree(next((tmp_path / "w").rglob("codes--tiny.lance")))
    with pytest.raises(ModelError, match="looks-like encode tiny"):
        Trial(Lab(tmp_path / "w"), CheckRequest(("tiny",)))


def test_a_catalogue_without_held_out_products_is_a_mistake(
    lab: Lab, open_shop: Callable[..., Any], tmp_path: Path
) -> None:
    shop, few = open_shop(tmp_path / "shop", 4), Lab(tmp_path / "few")
    for _ in few.import_products(str(shop.table), Columns()):
        pass
    shutil.copytree(lab.workspace.folder / "models", tmp_path / "few" / "models")
    with pytest.raises(RequestError, match="2 held-out products or more"):
        Trial(few, CheckRequest(("tiny",)))


# -- the report --------------------------------------------------------------------------------------------------


def test_the_report_is_one_well_formed_page_that_asks_for_nothing(html: str) -> None:
    reader = Reader(html)
    assert html.startswith("<!doctype html>")
    policies = [meta["content"] for meta in reader.all("meta") if "http-equiv" in meta]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
    ]
    assert all(str(image["src"]).startswith("data:image/") for image in reader.all("img"))
    assert not reader.all("link")
    assert [script.get("src") for script in reader.all("script")] == [None, None, None]
    assert html.count("plotly.js v") == 1
    assert len(html) < 12_000_000


def test_pictures_and_charts_are_told_to_those_who_do_not_see_them(html: str) -> None:
    reader = Reader(html)
    assert reader.all("img")
    assert all(image["alt"] for image in reader.all("img"))
    charts = [div for div in reader.all("div") if div.get("class") == "chart"]
    assert charts
    assert all(chart["aria-label"] for chart in charts)
    assert all(cell.get("scope") for cell in reader.all("th"))


def test_contents_lead_to_every_section(html: str) -> None:
    reader = Reader(html)
    links = [str(link["href"]) for link in reader.all("a")]
    assert links == [f"#{section['id']}" for section in reader.all("section")]
    assert len(links) == 12


def test_the_numbers_of_the_page_are_those_of_the_json(found: Check, html: str) -> None:
    document = json.loads(json.dumps(found.plain(), allow_nan=False))
    told = [
        score["value"]
        for section in document["sections"]
        for row in section["rows"]
        for score in (*row["models"].values(), *row["baselines"].values())
    ]
    shown = [float(str(data["value"])) for data in Reader(html).all("data")]
    glance = sum(len(row.scores) + len(row.baselines) for row in headlines(found))
    assert sorted(shown[glance:]) == pytest.approx(sorted(told))
    assert len(told) > 50


def test_json_names_measure_baseline_and_protocol_of_each_number(found: Check) -> None:
    mse = found.plain()["sections"][0]["rows"][0]
    assert mse["key"] == "mse"
    assert {"title", "unit", "better", "sentence", "source", "ideal", "protocol", "best"} <= mse.keys()
    assert set(mse["baselines"]) == {"PCA-6", "plain", "nearest learnt"}
    assert mse["models"]["tiny"]["said"] == "6 held-out products"
    assert found.plain()["machine"]["libraries"]["torch"]
    assert (found.seed, found.quick, found.held_out) == (0, False, 6)


def test_hostile_words_stay_words(found: Check) -> None:
    section = Section("reconstruction", HOSTILE, HOSTILE, lacking=[HOSTILE], failed={HOSTILE: [HOSTILE]})
    section.row("mse", HOSTILE).scores[HOSTILE] = Score("mse", 1.0, HOSTILE, {HOSTILE: 2.0})
    section.row("mse", HOSTILE).baselines[HOSTILE + "2"] = Score("mse", 1.0, HOSTILE)
    section.sheets.append(
        Sheet(HOSTILE, HOSTILE, [Strip(HOSTILE, np.zeros((1, 8, 8, 3), np.uint8), '"><b>', (HOSTILE,))])
    )
    line = Line(HOSTILE, [0.0], [1.0], HOSTILE)
    heat = Chart(kind="heat", title=HOSTILE, says=HOSTILE, matrix=[[0.5]], rows=[HOSTILE], columns=[HOSTILE])
    section.charts += [heat, Chart(kind="bars", title=HOSTILE, says='"><b>', lines=[line])]
    model = replace(found.models[0], name=HOSTILE, settings={HOSTILE: HOSTILE}, device=HOSTILE, objective=HOSTILE)
    hostile = replace(found, catalogue=HOSTILE, models=[model], sections=[section])
    page, plain = report(hostile), report(replace(found, sections=[section]))
    reader = Reader(page)
    assert len(reader.all("script")) == 3
    assert not reader.all("b")
    assert HOSTILE not in page
    assert "".join(reader.words).count(HOSTILE) > 10
    assert "<" not in figures_json(hostile)
    assert json.loads(figures_json(hostile))[0]["data"][0]["x"] == [escape(HOSTILE[:24]) + "…"]
    assert len(Reader(plain).all("script")) == 3


def test_pictures_up_to_64_px_are_kept_to_the_pixel_and_larger_ones_made_smaller() -> None:
    import base64
    import io

    from PIL import Image

    def read(uri: str) -> Image.Image:
        return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))

    pixels_nhwc = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    with read(picture_uri(pixels_nhwc)) as image:
        np.testing.assert_array_equal(np.asarray(image), np.concatenate(list(pixels_nhwc), axis=1))
    with read(picture_uri(np.zeros((3, 256, 256, 3), np.uint8))) as image:
        assert image.size == (3 * 128, 128)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0.0, "0"), (32.0, "32"), (0.00064972, "0.000650"), (-0.00376, "−0.00376"), (1.0549, "1.05")),
        *((-21975.3, "−21,975"), (98.09, "98.1"), (0.0000123, "1.23e−5"), (float("nan"), "—"), (None, "—")),
    ],
)
def test_numbers_have_three_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_times_and_lists_read_well() -> None:
    assert [duration(seconds) for seconds in (61, 3467, 7200)] == ["61 s", "58 min", "2 h 0 min"]
    assert [listed(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


# -- the command -------------------------------------------------------------------------------------------------


def typed(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["looks-like", *map(str, words)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_command_writes_the_page_and_answers_json(
    found: Check, two: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("looks_like.explorer.check.check", lambda *_, **__: iter([CheckProgress("done", 1.0, found)]))
    out, home = tmp_path / "new" / "x.html", two.workspace.folder
    assert typed(monkeypatch, "check", "tiny", "--quick", "--out", out, "-w", home, "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(found.plain()))
    assert out.read_text("utf-8") == report(found)
    monkeypatch.chdir(tmp_path)
    assert typed(monkeypatch, "check", "tiny", "--quick", "-w", home) == 0
    said = capsys.readouterr()
    assert "Reconstruction" in said.out
    assert "report.html" in said.err
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["report.html", "x.html"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("gone",), "there is no model 'gone'; there are: "),
        (("tiny", "--out", "x.pdf"), "a report is written as .html"),
        (("tiny", "--out", "/proc/x.html"), "/proc/x.html"),
        (("tiny", "--seed", "-1"), "seed must be between 0 and"),
    ],
)
def test_a_mistake_is_a_line_and_code_2(
    words: tuple[str, ...],
    says: str,
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert typed(monkeypatch, "check", *words, "-w", lab.workspace.folder) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_with_130_and_leaves_the_old_report(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Iterator[CheckProgress]:
        yield CheckProgress("walks", 0.5)
        raise KeyboardInterrupt

    monkeypatch.setattr("looks_like.explorer.check.check", stopped)
    (tmp_path / "x.html").write_text("the old one")
    assert typed(monkeypatch, "check", "tiny", "--out", tmp_path / "x.html", "-w", lab.workspace.folder) == 130
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.html", "the old one")]
