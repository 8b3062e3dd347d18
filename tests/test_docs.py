"""Pages that are made from the program are what it would make now."""

import ast
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from docs import make_families, make_site
from docs.make_metrics import PAGE, page
from looks_like.model.families import FAMILIES, Settings
from looks_like.model.metrics import metrics, metrics_by_file
from looks_like.model.metrics.metric import Metric

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path for path in (ROOT / "model/metrics").rglob("*.py") if path.name != "__init__.py")
NOT_OURS = {".venv", ".pytest_cache", "build", "shared", ".git", "node_modules"}
NO_MEASURE = {
    "metric",
    "intervals",
    "ground_truth",
    "boosted_trees",
    "step_lengths",
    "smoothness",
}  # what measures are made with


def test_the_page_of_measures_is_the_one_that_is_made() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m docs.make_metrics"


def test_every_file_of_measures_is_on_the_page() -> None:
    files = {path.stem for path in FILES} - NO_MEASURE
    assert metrics_by_file().keys() == files
    for metric in metrics().values():
        assert page().count(f"- `{metric.key}` ·") == 1


ONE_FILE_EACH = {"data/sources", "data/sneakers", "model/families", "model/maps"}  # the tree says what all of them are


@pytest.mark.parametrize("part", ["data", "model", "explorer"])
def test_the_tree_in_the_readme_names_every_room_and_file_down_to_the_second_floor(part: str) -> None:
    tree = (ROOT / "README.md").read_text("utf-8").split("## The tree")[1]
    named = set(re.findall(r"\w+(?:\.py|/)", re.split(r"\n(?=\S)", tree.split(f"\n{part}/ ")[1])[0]))
    files = [path.relative_to(ROOT) for path in (ROOT / part).rglob("*.py")]
    packages = {f"{path.parent.name}/" for path in files if path.name == "__init__.py" and len(path.parts) in (3, 4)}
    upper = {path.name for path in files if len(path.parts) <= 3 and str(path.parent) not in ONE_FILE_EACH}
    assert not sorted((packages | upper) - {"__init__.py"} - named)
    real = {path.name for path in files} | {f"{path.name}/" for path in (ROOT / part).rglob("*") if path.is_dir()}
    assert not sorted(named - real - {f"{part}/"}), "named, but not there"


@pytest.mark.parametrize("metric", metrics().values(), ids=lambda metric: metric.key)
def test_a_measure_says_all_of_itself(metric: Metric) -> None:
    assert metric.key == metric.key.lower().strip()
    assert metric.key.replace("_", "").isalnum()
    for text in (metric.title, metric.sentence, metric.source, metric.protocol):
        assert text.strip() == text != ""
        assert "  " not in text
    assert metric.sentence.endswith(".")
    assert metric.protocol.endswith(".")
    assert metric.title[0].isupper()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_score_carries_the_key_of_a_measure(path: Path) -> None:
    """Every `Score("key", …)` that is written out in a file."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "Score"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert named <= {metric.key for metric in metrics_by_file().get(path.stem, ())}


def test_the_page_of_families_is_the_one_that_is_made() -> None:
    assert make_families.PAGE.read_text("utf-8") == make_families.page(), "run: python -m docs.make_families"


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_family_says_what_it_minimises_and_what_each_of_its_settings_does(name: str) -> None:
    said = make_families.page().partition(f"## `{name}`: ")[2].partition("\n## ")[0]
    assert f"- Minimises: {FAMILIES[name].objective}\n" in said
    own = {field.name for field in fields(FAMILIES[name].settings_type)} - {field.name for field in fields(Settings)}
    assert all(f"- `{setting}` = " in said for setting in own)


# -- links and the site ------------------------------------------------------------------------------------------------

FOLDERS = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_OURS]
PAGES = sorted(
    path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(page for top in FOLDERS for page in top.rglob("*.md")))
)
every_page = pytest.mark.parametrize("page", PAGES, ids=str)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings: small letters, spaces as hyphens, no other signs; repeated ones numbered."""
    text = re.sub(r"^```.*?^```", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text, re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(next(name for name in (slug, *(f"{slug}-{i}" for i in range(1, 999))) if name not in found))
    return found


@every_page
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in make_site.links((ROOT / page).read_text("utf-8")):
        if not (found := make_site.local(target)):
            continue
        path, anchor = found
        led_to = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert led_to.is_relative_to(ROOT) and led_to.exists(), f"{page}: {target} leads nowhere"  # noqa: PT018
        if anchor:
            assert anchor in anchors(led_to.relative_to(ROOT)), f"{page}: {target} names no heading"


def test_links_are_found_wherever_they_stand_but_in_code() -> None:
    text = '[a](b.md) ![c](d.png "title") `[e](f.md)` <img src="g.gif">\n[h]: i.md\n```\n[j](k.md)\n```\n[](<m.md#n>)\n'
    assert list(make_site.links(text)) == ["b.md", "d.png", "g.gif", "i.md", "m.md#n"]
    assert make_site.local("m.md#n%20o") == ("m.md", "n o")
    assert make_site.local("https://example.org/x") is None


def build(source: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    """The site of a folder, as `make docs` builds it."""
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    settings = settings.replace("build/docs-source", str(source)).replace("build/docs", str(target))
    (source.parent / "mkdocs.yml").write_text(settings, "utf-8")
    words = [sys.executable, "-m", "mkdocs", "build", "-f", str(source.parent / "mkdocs.yml")]
    return subprocess.run(words, capture_output=True, text=True)


def test_the_site_is_built_with_every_page_and_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    make_site.gather(tmp_path / "source")
    done = build(tmp_path / "source", tmp_path / "site")
    assert not done.returncode, done.stderr
    made = {path.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("*.html")}
    for each in make_site.pages():
        assert (each.with_name("index.html") if each.stem == "README" else each.with_suffix(".html")) in made
    for path in made:
        assert not re.findall(r"(?:src|<link [^>]*href)=.https?://", (tmp_path / "site" / path).read_text("utf-8"))


@pytest.mark.parametrize("link", ["[x](gone.md)", "![x](gone.png)", "[x](#gone)"])
def test_a_link_that_leads_nowhere_fails_the_site(link: str, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "index.md").write_text(f"# Page\n\n{link}\n", "utf-8")
    done = build(tmp_path / "source", tmp_path / "site")
    assert done.returncode
    assert "gone" in done.stderr
