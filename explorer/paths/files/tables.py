"""A path as a table: one line a step, with its nearest product, how far that is, what was measured, and the code."""

import io
import json
import math

from looks_like.data.tables import write_lines
from looks_like.explorer.paths.walking import DecodedPath

_MEASURES = ("change", "cliff", "reality_gap", "far", "crowd")


def write_json(path: DecodedPath) -> bytes:
    """`steps_json`, indented."""
    return json.dumps(steps_json(path), ensure_ascii=False, indent=1).encode()


def steps_json(path: DecodedPath) -> dict[str, object]:
    steps = [
        {
            "step": i + 1,
            "product_id": product.product_id,
            "name": product.name,
            "distance": round(product.distance or 0.0, 4),
            "distance_over_typical": None if product.typical is None else round(product.typical, 3),
            **step_measures(path, i),
            "z": [round(float(value), 5) for value in path.z_td[i]],
        }
        for i, product in enumerate(path.nearest)
    ]
    request, detour = path.request, path.measures.detour
    bent = {"curve": request.curve, "through": request.through, "easing": request.easing, "loop": request.loop}
    beside = {"filter": request.filter, "unique": request.unique}
    said = {"model": request.model, "anchors": list(request.anchors), **bent, **beside}
    return {**said, "detour": round(detour, 3) if math.isfinite(detour) else None, "steps": steps}


def step_measures(path: DecodedPath, i: int) -> dict[str, float | bool | None]:
    """What was measured at a step, by name; None for what is not finite."""
    found = path.measures
    gap = float(found.gap_t[i])
    return {
        "change": round(float(found.change_t[i]), 5),
        "cliff": bool(found.cliff_t[i]),
        "reality_gap": round(gap, 3) if math.isfinite(gap) else None,
        "far": bool(found.far_t[i]),
        "crowd": round(float(found.crowd_t[i]), 3),
    }


def steps_csv(path: DecodedPath) -> bytes:
    head = ["step", "product_id", "name", "distance", "distance_over_typical", *_MEASURES]
    lines: list[list[object]] = [[*head, *(f"z{d}" for d in range(path.z_td.shape[1]))]]
    for i, product in enumerate(path.nearest):
        near = "" if product.typical is None else f"{product.typical:.3f}"
        said = step_measures(path, i)
        row = [
            i + 1,
            product.product_id,
            product.name,
            f"{product.distance:.4f}",
            near,
            *(said[key] for key in _MEASURES),
        ]
        lines.append([*row, *(f"{value:.5f}" for value in path.z_td[i])])
    text = io.StringIO()
    write_lines(text, lines)
    return text.getvalue().encode("utf-8")
