"""Gathers what the site is made of, each file where it stands in the repository, so that links need no rewriting.

python -m docs.make_site, then mkdocs build; `make docs` does both.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "build" / "docs-source"
PAGES = ("*.md", "docs/*.md", "benchmarks/results/*.md")
PART_OF_ANOTHER = {Path("docs/families-measured.md")}
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)=\"([^\"]+)\"", re.M)


def pages(root: Path = ROOT) -> list[Path]:
    """All pages of the site, relative to the root."""
    found = {path.relative_to(root) for pattern in PAGES for path in root.glob(pattern)}
    return sorted(found - PART_OF_ANOTHER)


def links(text: str) -> Iterator[str]:
    """Where a page's links and pictures lead, outside of code."""
    for found in LINK.finditer(CODE.sub("", text)):
        yield next(group for group in found.groups() if group)


def local(target: str) -> tuple[str, str] | None:
    """(path, anchor) of a link that stays in the repository; None for one that leaves it."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I) or target.startswith("//"):
        return None
    path, _, anchor = target.partition("#")
    return unquote(path), unquote(anchor)


def gather(target: Path = SOURCE, root: Path = ROOT) -> None:
    """The pages, and the files that they show or lead to."""
    shutil.rmtree(target, ignore_errors=True)
    for page in pages(root):
        text = (root / page).read_text("utf-8")
        led_to = [found[0] for found in map(local, links(text)) if found and found[0]]
        for file in (root / page, *(root / page.parent / path for path in led_to)):
            inside = file.resolve()
            if inside.is_file() and inside.is_relative_to(root.resolve()):
                place = target / inside.relative_to(root.resolve())
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(inside, place)


if __name__ == "__main__":
    gather()
