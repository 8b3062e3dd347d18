"""The table for people, and the files that keep a run: JSON with every number, Markdown to read."""

import json
import re
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu.form import Figure
from benchmarks.gpu.sprites import ANCHORS, SPREAD
from looks_like.model.device import Device

_CROWDED = (
    "More ran here than there are cores: times are too long, and ratios say nothing. Measure again when it is quiet."
)
_SCORES = ("mig", "sampled_mig", "disentanglement", "completeness", "informativeness", "factor_vae_score")


def machine_name(device: Device, here: dict[str, Any]) -> str:
    """Of the GPU, or of the processor: a name for files."""
    said = torch.cuda.get_device_name() if device.is_gpu else f"{here['cpu'].partition('(')[0]} {here['cores']} cores"
    return re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")


def write(document: dict[str, Any], folder: Path, name: str) -> Path:
    """-> the Markdown file; the JSON lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    path = folder / f"{name}.md"
    path.write_text(markdown(document), "utf-8")
    return path


def markdown(document: dict[str, Any]) -> str:
    """The whole run as a page."""
    here, lines = document["machine"], [f"# {document['name']}: {document['form']['name']} form", ""]
    lines += [document["said"], ""]
    lines += [f"{here['cpu']}, {here['cores']} cores, {here['device']}; load at start {here['load']}. "]
    lines[-1] += f"Python {here['python']}, torch {here['libraries']['torch']}, {here['date']}, commit {here['commit']}"
    lines[-1] += f"; {document['seconds']:.0f} s in all. Written by `python -m benchmarks.gpu`."
    if here["load"] > here["cores"]:
        lines += ["", f"**{_CROWDED}**"]
    lines += ["", *_figures(document["figures"]), "", *_sprites(document)]
    lines += [
        "",
        "Seconds of the parts: " + ", ".join(f"{name} {s:g}" for name, s in document["seconds_of_parts"].items()),
    ]
    lines += ["", "Not measured:", *[f"- {text}" for text in document["missing"]]] if document["missing"] else []
    return "\n".join(lines) + "\n"


def plain(figure: Figure) -> dict[str, Any]:
    return {**vars(figure), "ratio": figure.ratio}


def _figures(figures: list[dict[str, Any]]) -> list[str]:
    rows = ["## Speed", "", "| what | ours | beside | theirs | ratio | more |", "|---|---|---|---|---|---|"]
    for figure in figures:
        theirs = "" if figure["theirs"] is None else f"{_short(figure['theirs'])} {figure['unit']}"
        ratio = "" if figure["ratio"] is None else f"{figure['ratio']:.2f}x"
        more = ", ".join(f"{key.replace('_', ' ')} {value:.6g}" for key, value in figure["more"].items())
        ours = f"{_short(figure['ours'])} {figure['unit']}"
        rows.append(f"| {figure['what']} | {ours} | {figure['beside']} | {theirs} | {ratio} | {more} |")
    return rows


def _sprites(document: dict[str, Any]) -> list[str]:
    rows = document["sprites"]
    if not rows:
        return []
    first = rows[0]
    said = [
        f"{document['form']['sprites']:,} pictures; latent 10, Bernoulli; {first['steps']:,} steps of batch "
        f"{first['batch']} ({first['epochs']:g} epochs) for every family; started from the mean "
        "picture. The mlp, without convolutions, has batches four times as large.",
        "Anchors for -ELBO: 30 epochs of Burgess's net on the published pictures. Theirs are other nets and many more "
        "steps: read them as directions, not as rivals.",
        *[f"{name}: {text} (disentanglement_lib's spread)." for name, text in SPREAD.items()],
    ]
    head = ["family", "seed", "-ELBO", "anchor", "recon", "KL", *_SCORES, "pictures/s"]
    lines = ["## Families on the dSprites re-render", "", "\n".join(said), ""]
    lines += ["| " + " | ".join(word.replace("_", " ") for word in head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        nats = [
            row["negative_elbo"],
            ANCHORS.get(row["family"].partition(", ")[0], float("nan")),
            row["reconstruction_nats"],
            row["kl_nats"],
        ]
        cells = [row["family"], str(row["seed"]), *(f"{value:.1f}" for value in nats)]
        cells += [f"{row['scores'][key]:.3f}" if key in row["scores"] else "" for key in _SCORES]
        lines.append("| " + " | ".join([*cells, f"{row['pictures_per_s']:,}"]) + " |")
    protocols = [f"- {key.replace('_', ' ')}: {text}" for key, text in first["said"].items()]
    return [*lines, "", "How it was measured:", *protocols]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
