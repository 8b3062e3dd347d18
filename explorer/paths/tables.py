"""A path as a table: one line a step, with its nearest product, the distance to it and the code."""

import io
import json

from looks_like.data.tables import write_lines
from looks_like.explorer.core import DecodedPath


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
            "z": [round(float(value), 5) for value in path.z_td[i]],
        }
        for i, product in enumerate(path.nearest)
    ]
    request = path.request
    bent = {"curve": request.curve, "through": request.through}
    return {"model": request.model, "anchors": list(request.anchors), **bent, "steps": steps}


def steps_csv(path: DecodedPath) -> bytes:
    head = ["step", "product_id", "name", "distance", "distance_over_typical"]
    lines: list[list[object]] = [[*head, *(f"z{d}" for d in range(path.z_td.shape[1]))]]
    for i, product in enumerate(path.nearest):
        near = "" if product.typical is None else f"{product.typical:.3f}"
        row = [i + 1, product.product_id, product.name, f"{product.distance:.4f}", near]
        lines.append([*row, *(f"{value:.5f}" for value in path.z_td[i])])
    text = io.StringIO()
    write_lines(text, lines)
    return text.getvalue().encode("utf-8")
