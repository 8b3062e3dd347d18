"""python -m docs.make_api: docs/api.md, from the API's own description."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("api.md")
_HEAD = """# The JSON API

For other programs, at `/api/v1` of a running app; its description is at `/api/v1/openapi.json` (OpenAPI 3.1), from
which clients are generated. This page is written from it by `python -m docs.make_api`.

```
curl 'http://127.0.0.1:8501/api/v1/similar?id=sku-1&k=5'
curl 'http://127.0.0.1:8501/api/v1/similar' --data-binary @shoe.jpg -H 'content-type: application/octet-stream'
curl 'http://127.0.0.1:8501/api/v1/tags' --json '{"tag": "summer", "ids": ["sku-1", "sku-2"]}'
curl 'http://127.0.0.1:8501/api/v1/tags/feed?after=0'    # then after= the last number that came
```

"""


def page(described: dict[str, Any]) -> str:
    """As Markdown, a part for each way."""
    parts = [_HEAD, described["info"]["description"].strip(), "\n"]
    for path, ways in described["paths"].items():
        for method, way in ways.items():
            parts.append(f"\n## {method.upper()} /api/v1{path}\n\n{way.get('description', '').strip()}\n")
            if rows := [_row(each) for each in way.get("parameters", [])]:
                parts.append("\n| | | |\n|---|---|---|\n" + "\n".join(rows) + "\n")
            if "requestBody" in way:
                parts.append(f"\nBody: {_content(described, way['requestBody'])}\n")
            parts.append(f"\nAnswer: {_content(described, way['responses']['200'])}\n")
    return "".join(parts)


def _row(said: dict[str, Any]) -> str:
    schema = said["schema"]
    kinds = [schema, *schema.get("anyOf", [])]
    kind = next(each["type"] for each in kinds if "type" in each)
    usual = schema.get("default")
    need = "needed" if said.get("required") else f"{json.dumps(usual)} unless said" if usual is not None else ""
    limits = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    values = f"one of {', '.join(schema['enum'])}" if "enum" in schema else ""
    text = "; ".join(each for each in (said.get("description", ""), " ".join(limits), values, need) if each)
    return f"| `{said['name']}` | {kind} | {text} |"


def _content(described: dict[str, Any], said: dict[str, Any]) -> str:
    kind, content = next(iter(said["content"].items()))
    schema = content.get("schema", {})
    many = schema.get("type") == "array"
    reference = (schema.get("items", {}) if many else schema).get("$ref", "")
    if not reference:
        return f"`{kind}`"
    fields = described["components"]["schemas"][reference.rpartition("/")[2]]["properties"]
    return f"`{kind}`, {'a list of ' if many else ''}`{{{', '.join(fields)}}}`"


def main() -> None:
    from looks_like.explorer.core import Lab
    from looks_like.explorer.interfaces.routes.v1 import api

    FILE.write_text(page(api(lambda: Lab("workspace")).openapi()), "utf-8")


if __name__ == "__main__":
    main()
