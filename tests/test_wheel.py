"""The program from a wheel, in another environment, beside a project whose own modules are called like our folders."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
THEIRS = {
    "model.py": "MINE = 1\n",
    "explorer.py": "MINE = 2\n",
    "data/__init__.py": "MINE = 3\n",
    "tests/__init__.py": "",
}
SHIPPED = ("explorer/training/shipped/sneakers/weights.safetensors", "explorer/training/shipped/sneakers/card.json")
ALONGSIDE = (*SHIPPED, "py.typed", "explorer/interfaces/.streamlit/config.toml")
ANSWERED_WITHIN_S = 120


def run(*words: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([*map(str, words)], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """-> the wheel of the tree, and the wheel of its sdist."""
    source = tmp_path_factory.mktemp("source") / "looks-like"
    for name in run("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        file = ROOT / name
        if name and (file.is_symlink() or file.is_file()):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, source / name, follow_symlinks=False)
    straight, through = source.parent / "straight", source.parent / "through"
    run(sys.executable, "-m", "build", "--wheel", "--outdir", straight, cwd=source)
    run(sys.executable, "-m", "build", "--outdir", through, cwd=source)  # an sdist, and the wheel of that
    return next(straight.glob("*.whl")), next(through.glob("*.whl"))


def files_of(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info/" not in name]


def test_a_wheel_holds_every_file_once_under_one_name(built: tuple[Path, Path]) -> None:
    straight, through = map(files_of, built)
    assert sorted(straight) == sorted(through)
    assert len(straight) == len(set(straight))
    assert {name.split("/")[0] for name in straight} == {"looks_like"}
    endings = (".py", ".js", ".css", ".svg", ".webp", ".toml", ".html")
    tracked = run("git", "ls-files", "data", "model", "explorer", "looks_like", cwd=ROOT).splitlines()
    wanted = {f"looks_like/{name.removeprefix('looks_like/')}" for name in tracked if name.endswith(endings)}
    wanted |= {f"looks_like/{name}" for name in ALONGSIDE}
    assert not sorted(wanted - set(straight))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """-> the folder of the environment's programs, somebody's project, and the variables that a process there has."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home / "venv", with_pip=True)
    own = home / "venv" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    # what we need lies in the environment of the tests; the program itself must come from the wheel
    (own / "needed.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")) + "\n")
    run(home / "venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", built[0], cwd=home)
    for name, text in THEIRS.items():
        (home / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "project" / name).write_text(text)
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "LOOKS_LIKE_WORKSPACE")}
    return home / "venv" / "bin", home / "project", env


def test_it_stands_beside_modules_of_the_same_names(installed: tuple[Path, Path, dict[str, str]]) -> None:
    bin_, project, env = installed
    code = "import looks_like, model, data, explorer; print(looks_like.__file__, model.MINE, data.MINE, explorer.MINE)"
    file, *theirs = run(bin_ / "python", "-c", code, cwd=project, env=env).split()
    assert Path(file).is_relative_to(bin_.parent)
    assert theirs == ["1", "3", "2"]


def test_everything_works_there(installed: tuple[Path, Path, dict[str, str]]) -> None:
    bin_, project, env = installed
    ours = bin_ / "looks-like"
    run(ours, "import", "sneakers:catalogue:40", cwd=project, env=env)
    small = ["--size", "32", "--latent", "4", "--set", "width=8", "--set", "batch=16"]
    run(ours, "train", "vae", "--epochs", "1", *small, cwd=project, env=env)
    run(ours, "map", "--method", "pca", "--encode", cwd=project, env=env)
    listed = json.loads(run(bin_ / "python", "-m", "looks_like", "list", "--json", cwd=project, env=env))
    assert [model["name"] for model in listed["models"]] == ["vae"]
    code = "import looks_like; ws = looks_like.open('workspace'); path = ws.path(ws.products.index[:2], steps=3)"
    code += "; print(path.save('x.gif'))"
    assert run(bin_ / "python", "-c", code, cwd=project, env=env).strip() == "x.gif"
    run(
        ours, "demo", "--products", "40", "--maps", "pca", "--workspace", "demo", cwd=project, env=env
    )  # with the model that is shipped
    assert "MINE" in (project / "model.py").read_text()


def test_the_pages_are_served_there_in_our_colours(installed: tuple[Path, Path, dict[str, str]]) -> None:
    bin_, project, env = installed
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(bin_ / "looks-like"), "app", "--port", str(port), "--workspace", "pages"]
    server = subprocess.Popen(words, cwd=project, env=env)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/api/health")
        with ThreadPoolExecutor(1) as alone:  # Playwright wants a thread in which nothing of its own runs
            picture, colour = alone.submit(welcome_at, address).result()
        assert picture
        assert colour == "rgb(11, 110, 153)", "the theme's own"
    finally:
        server.terminate()
        server.wait(30)


def welcome_at(address: str) -> tuple[bool, str]:
    """Whether the welcome's picture is there, and the colour of its button."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page()
        page.goto(address)
        button = page.get_by_role("button", name="demo").first
        button.wait_for()
        picture = page.locator("img").first.evaluate("image => image.complete && image.naturalWidth > 0")
        colour = button.evaluate("one => getComputedStyle(one).backgroundColor")
        browser.close()
    return picture, colour


def wait_for(address: str) -> None:
    until = time.monotonic() + ANSWERED_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < until, f"{address} does not answer"
            time.sleep(0.2)
