"""Makes docs/families.md, what each family minimises and how it is set, from what each says of itself.

python -m docs.make_families

What was measured is taken over from docs/families-measured.md, which `python -m benchmarks.quality.families` writes.
"""

import inspect
from dataclasses import fields
from pathlib import Path

from looks_like.model.families import FAMILIES, Family, Settings
from looks_like.model.family import said_of

PAGE = Path(__file__).parent / "families.md"
MEASURED = Path(__file__).parent / "families-measured.md"
HEAD = """# Families

A family is a way to train an encoder and a decoder. All share their networks, which start as principal components of
the pictures, and one loop. Made by `docs/make_families.py` from `model/families/`.

Settings are given as `--set key=value`. All families have these:
"""


def page() -> str:
    """Settings of all, then each family with what it minimises and what is its own."""
    parts = [HEAD, "\n", *_settings(Settings, set())]
    shared = {(field.name, field.default) for field in fields(Settings)}
    for name, family in sorted(FAMILIES.items()):
        parts.append(f"\n## `{name}`: {family.title}\n\n{_says(family)}\n\n- Minimises: {family.objective}\n")
        parts.append(f"- Source: {family.source}\n")
        parts += _settings(family.settings_type, shared)
    measured = MEASURED.read_text("utf-8") if MEASURED.exists() else ""
    return "".join(parts) + ("\n" + measured if measured else "")


def _says(family: type[Family]) -> str:
    """The file's own words, without the first line's name."""
    text = inspect.getdoc(inspect.getmodule(family)) or ""
    return text.strip()


def _settings(kind: type[Settings], known: set[tuple[str, object]]) -> list[str]:
    """A line for each setting that is new or has another default."""
    here = [field for field in fields(kind) if (field.name, field.default) not in known]
    return [f"- `{each.name}` = {_value(each.default)}: {said_of(kind, each.name).says}\n" for each in here]


def _value(default: object) -> str:
    return f"`{default}`" if isinstance(default, str) else f"{default:g}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
