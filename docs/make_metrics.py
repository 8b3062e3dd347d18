"""Makes docs/metrics.md, the page of all measures, from what each of them says of itself.

python -m docs.make_metrics
"""

from pathlib import Path

from model.metric import Metric
from model.metrics import metrics_by_file

PAGE = Path(__file__).parent / "metrics.md"
HEAD = """# What is measured

Made by `docs/make_metrics.py` from `model/metrics/`. A score says beside itself its counts, seed and settings.
"""
GROUPS = {
    "Pictures": ("reconstruction", "elbo", "sharpness", "kid"),
    "Codes": ("latent", "total_correlation", "attribute_information", "udr"),
    "Codes, with known factors": (
        "information",
        "mig",
        "sap",
        "dci",
        "modularity",
        "factor_vae_score",
        "beta_vae_score",
    ),
    "The space between products": (
        "cliff",
        "roughness",
        "detour",
        "chasm",
        "reality_gap",
        "ppl",
        "magnification",
    ),
    "Maps": ("trustworthiness", "continuity", "neighbours_kept", "distance_order"),
}
BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": "neither high nor low is better"}


def page() -> str:
    """All measures, grouped by what they judge. ValueError for a file that is in no group yet."""
    found = metrics_by_file()
    if strays := found.keys() - {file for files in GROUPS.values() for file in files}:
        raise ValueError(f"say in GROUPS of docs/make_metrics.py what these judge: {', '.join(sorted(strays))}")
    parts = [HEAD]
    for title, files in GROUPS.items():
        entries = [_entry(metric) for file in files for metric in found.get(file, ())]
        parts += [f"\n## {title}\n", *entries] if entries else []
    return "".join(parts)


def _entry(metric: Metric) -> str:
    facts = [f"`{metric.key}`", metric.unit or "no unit", BETTER[metric.better]]
    facts += [f"ideal: {metric.ideal:g}"] if metric.ideal is not None else []
    return (
        f"\n### {metric.title}\n\n{metric.sentence}\n\n"
        f"- {' · '.join(facts)}\n- How: {metric.protocol}\n- Source: {metric.source}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
