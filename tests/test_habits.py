"""What is run at every commit is what `make` runs, and nothing of it comes from elsewhere."""

import re
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def will_run(target: str) -> str:
    """The commands of a target, none of which is run."""
    words = ["make", "--no-print-directory", "--dry-run", "--assume-old", ".venv/.installed", target]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_hooks_are_ours_and_call_make() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    hooks = [hook for repo in repos for hook in repo["hooks"]]
    assert [repo["repo"] for repo in repos] == ["local"]
    assert all(hook["language"] == "system" for hook in hooks)
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert {tuple(hook["entry"].split()) for hook in hooks} <= {("make", target) for target in targets}
    assert ("make", "lint") in {tuple(hook["entry"].split()) for hook in hooks}


def test_check_and_test_begin_with_lint() -> None:
    lint = will_run("lint")
    assert re.findall(r"ruff check|ruff format --check|mypy", lint) == ["ruff check", "ruff format --check", "mypy"]
    assert all(will_run(target).startswith(lint) for target in ("check", "test"))


def test_every_extra_of_the_developers_has_its_exact_version_in_the_lock() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    locked = dict(line.split("==") for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines()[1:])
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in locked}
    assert len(names) == len(locked)
    wanted = {re.split(r"[><=\[ ]", each)[0] for each in extras["dev"]}
    assert wanted <= names
    assert set(extras["tensorboard"]) <= set(extras["dev"])
