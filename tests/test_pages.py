"""Every page without a browser: it runs, shows no error, and an empty workspace says the one command to run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.sources import Columns
from explorer.lab import Lab, open_lab

PAGES = Path(__file__).parent.parent / "explorer" / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.py") if path.stem != "__init__")
Opener = Callable[..., AppTest]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opener]:
    """run(page, workspace, **link) -> the page as it stands after its first run"""

    def opened(page: str, workspace: Path, **link: str) -> AppTest:
        monkeypatch.setenv("LOOKS_LIKE_WORKSPACE", str(workspace))
        open_lab.cache_clear()
        app = AppTest.from_file(PAGES / f"{page}.py", default_timeout=60)
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    yield opened
    open_lab.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_runs_without_an_error(run: Opener, lab: Lab, name: str) -> None:
    app = run(name, lab.workspace.folder)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("looks_like", {"a": "0003", "b": "0040", "curve": "linear", "steps": "24"}),
        ("dimensions", {"from": "0005", "z": "1,0,0,0,0,0.5"}),
    ],
)
def test_a_link_restores_what_it_says(run: Opener, lab: Lab, name: str, link: dict[str, str]) -> None:
    app = run(name, lab.workspace.folder, **link)
    assert not app.exception
    said = {key: app.query_params[key] for key in link}
    assert {key: value if isinstance(value, str) else value[0] for key, value in said.items()} == link


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("looks_like", {"a": "nobody", "b": "<script>alert(1)</script>", "curve": "zigzag", "steps": "x"}),
        ("dimensions", {"from": "nobody", "z": "1,2,nonsense"}),
        ("map", {"model": "../..", "map": "none", "colour": "none", "view": "x,y", "a": "nobody"}),
    ],
)
def test_a_broken_link_opens_the_page_all_the_same(run: Opener, lab: Lab, name: str, link: dict[str, str]) -> None:
    app = run(name, lab.workspace.folder, **link)
    assert not app.exception
    assert not app.error


def test_an_empty_workspace_says_the_command_to_run(run: Opener, tmp_path: Path) -> None:
    app = run("main", tmp_path / "nothing")
    assert not app.exception
    assert "looks-like import" in app.info[0].value


def test_products_without_a_model_say_the_next_command(run: Opener, lab: Lab, shop: object, tmp_path: Path) -> None:
    fresh = Lab(tmp_path / "fresh")
    for _ in fresh.import_products(str(shop.table), Columns(name="title")):  # type: ignore[attr-defined]
        pass
    app = run("main", tmp_path / "fresh")
    assert not app.exception
    assert "looks-like train vae" in app.info[0].value
