"""Makes docs/metrics.md, the page of all measures, from what each of them says of itself.

python -m docs.make_metrics
"""

from pathlib import Path

from looks_like.model.metrics import metrics
from looks_like.model.metrics.metric import JUDGED, Metric

PAGE = Path(__file__).parent / "metrics.md"
HEAD = """# What is measured

Made by `docs/make_metrics.py` from `model/metrics/`. A score says beside itself its counts, seed and settings.
"""
BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": "neither high nor low is better"}


def page() -> str:
    """All measures, grouped by what they judge."""
    parts = [HEAD]
    for kind, title in JUDGED.items():
        parts += [f"\n## {title}\n", *(_entry(metric) for metric in metrics().values() if metric.judges == kind)]
    return "".join(parts)


def _entry(metric: Metric) -> str:
    facts = [f"`{metric.key}`", metric.unit or "no unit", BETTER[metric.better]]
    facts += [f"formerly `{metric.formerly}`"] if metric.formerly else []
    facts += [f"ideal: {metric.ideal:g}"] if metric.ideal is not None else []
    return (
        f"\n### {metric.title}\n\n{metric.sentence}\n\n"
        f"- {' · '.join(facts)}\n- How: {metric.protocol}\n- Source: {metric.source}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
