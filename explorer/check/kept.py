"""What checks have found and is kept: which settings, of which models, and the same as a check just made. Nothing is
measured here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from looks_like.data.workspace import checked_name
from looks_like.explorer.check.findings import Check
from looks_like.explorer.check.keeping import FOLDER, KeptSection, read_kept, settings_folder
from looks_like.explorer.check.measuring import SECTION_KEYS, model_rows
from looks_like.explorer.check.merging import Part, merged
from looks_like.explorer.core import Lab
from looks_like.explorer.jobs import Job, Jobs

_KEPT_IN_MEMORY = 64


@dataclass(frozen=True)
class CheckSettings:
    """One way of checking, and the models that were checked so, the newest check first."""

    key: str  # of its folders
    said: dict[str, Any]
    models: list[str]
    date: str  # of the newest

    @property
    def words(self) -> str:
        """ "Quick check, seed 1, factors colour and angle" """
        parts = ["Quick check" if self.said.get("quick") else "Full check"]
        if self.said.get("seed"):
            parts.append(f"seed {self.said['seed']}")
        if factors := self.said.get("factors"):
            parts.append("factors " + ", ".join(str(name) for name, _ in factors))
        if self.said.get("split_by"):
            parts.append(f"split by {self.said['split_by']}")
        if self.said.get("views"):
            parts.append(f"views of one {self.said['views']}")
        return ", ".join(parts)


def kept_settings(lab: Lab) -> list[CheckSettings]:
    """All ways in which models of the workspace were checked, the newest first."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for model in lab.models():
        if not lab.decodes(model):
            continue
        for folder in (lab.folder(model) / FOLDER).glob("*-*"):
            kept = next((one for key in reversed(SECTION_KEYS) if (one := _read(lab, folder / f"{key}.json"))), None)
            if kept is None or kept.made_from.get("model") != model:
                continue
            said = kept.made_from.get("settings")
            if (
                isinstance(said, dict)
                and not said.get("baseline")
                and folder.name == settings_folder(folder, said).name
            ):
                found.setdefault(folder.name, []).append((str(kept.about.get("date", "")), model, said))
    ways = [
        CheckSettings(key, every[0][2], [model for _, model, _ in sorted(every, reverse=True)], max(every)[0])
        for key, every in found.items()
    ]
    return sorted(ways, key=lambda way: way.date, reverse=True)


@dataclass(frozen=True)
class KeptCheck:
    """A check as it is kept; `behind`: models of which it was made from an older catalogue, or from other weights."""

    check: Check
    behind: list[str]


def kept_check(lab: Lab, models: Sequence[str], settings: CheckSettings) -> KeptCheck | None:
    """The models side by side; None where nothing is kept of any."""
    parts: dict[str, list[Part]] = {}
    kept: list[KeptSection] = []
    behind, judged = list[str](), dict[str, dict[str, int]]()
    beside = [name for name in lab.models() if name not in models and lab.decodes(name)]
    asked = [(name, False) for name in models] + [(name, True) for name in beside]
    rows = []
    for name, baseline in asked:
        said = {**settings.said, "baseline": baseline}
        folder, card = settings_folder(lab.folder(checked_name(name, "model")), said), lab.card(name)
        sees = (int(card.settings["size"]), int(card.settings.get("channels", 3)))
        own = {key: one for key in SECTION_KEYS if (one := _read(lab, folder / f"{key}.json"))}
        own = {key: one for key, one in own.items() if one.made_from.get("model") == name}
        for key, one in own.items():
            parts.setdefault(key, []).append(Part(name, card.family, sees, one.section))
        if own:
            rows.append((card, baseline))
            kept += own.values()
            judged[name] = next(iter(own.values())).about.get("judged", {})
            if not all(_is_of_now(lab, name, one) for one in own.values()):
                behind.append(name)
    if not any(not baseline for _, baseline in rows):
        return None
    sections = [merged(parts[key]) for key in SECTION_KEYS if key in parts]
    catalogue, newest = lab.catalogue(), max(kept, key=lambda one: str(one.about.get("date", "")))
    check = Check(
        catalogue=lab.workspace.folder.resolve().name,
        products=catalogue.count,
        held_out=int(catalogue.held_out.sum()),
        version=catalogue.version,
        date=str(newest.about.get("date", "")),
        quick=bool(settings.said.get("quick")),
        seed=int(settings.said.get("seed", 0)),
        seconds=sum(float(one.about.get("seconds", 0)) for one in kept),
        machine=newest.about.get("machine", {}),
        models=model_rows(rows),
        sections=[section for section in sections if section.is_told],
        judged={name: counts for name, counts in judged.items() if {"products", "near_copies"} <= counts.keys()},
        split_by=str(settings.said.get("split_by", "")),
    )
    return KeptCheck(check, behind)


def kept_stamp(lab: Lab) -> tuple[tuple[str, int], ...]:
    """Changes whenever a section is kept anew."""
    files = sorted(lab.workspace.models.glob(f"*/{FOLDER}/*/*.json"))
    return tuple((str(file), file.stat().st_mtime_ns) for file in files if file.exists())


def _is_of_now(lab: Lab, model: str, kept: KeptSection) -> bool:
    as_of = kept.made_from.get("catalogue")
    version = as_of[0] if isinstance(as_of, list) and as_of else 0
    return kept.made_from.get("weights") == lab.weights(model) and version == lab.version()


def _read(lab: Lab, file: Path) -> KeptSection | None:
    """Kept in memory until the file changes."""
    try:
        said = file.stat()
    except OSError:
        return None
    key = ("kept section", str(file), said.st_mtime_ns, said.st_size)
    return lab.cache.get_or_make(key, lambda: read_kept(file), max_size=_KEPT_IN_MEMORY)


def start_check(lab: Lab, models: Sequence[str], *, quick: bool, factors: str = "", split_by: str = "") -> Job:
    """A check as a job: what it finds is kept beside the models, and no report is written."""
    words = ["check", *models, "--json", *(["--quick"] if quick else [])]
    words += [f"--factors={factors}"] if factors else []
    words += [f"--split-by={split_by}"] if split_by else []
    return Jobs(lab.workspace.folder).start(words, f"Check of {', '.join(models)}")
