"""JSON lines: an object per line. Numbers keep their digits: what a double can't hold stays the text that it was."""

import json
from pathlib import Path

from looks_like.data.errors import CatalogueError
from looks_like.data.sheets.numbers import DIGITS_MAX, EXACT_DIGITS_MAX
from looks_like.data.sheets.sheet import Cell, Refused, Sheet, refuse_too_wide

LINE_BYTES_MAX = 10_000_000


def read_json_lines(path: Path) -> Sheet:
    """CatalogueError when none of its lines is an object."""
    objects, sheet = list[dict[str, Cell]](), Sheet([], [], [], typed=True)
    keys, number = dict[str, None](), 0
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE_BYTES_MAX):
                if not line.strip():
                    continue
                number += 1
                found = _object(line)
                if isinstance(found, str):
                    sheet.refused.append(Refused(f"row {number}", found))
                else:
                    objects.append(found)
                    sheet.rows.append(number)
                    keys.update(dict.fromkeys(found))
                    refuse_too_wide(path, len(keys))
    except OSError as reason:
        raise CatalogueError(f"{path}: can't be read as a table ({reason.strerror})") from None
    if number and not objects:
        raise CatalogueError(f"{path}: can't be read as a table (no line of it is a JSON object)")
    sheet.headers.extend(keys)
    sheet.columns.extend([found.get(header) for found in objects] for header in sheet.headers)
    return sheet


def _object(line: bytes) -> dict[str, Cell] | str:
    """What a line holds, or why it can't be read."""
    try:
        found = json.loads(
            line.decode("utf-8-sig"), parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None
        )
    except (ValueError, RecursionError) as reason:
        return f"no JSON ({str(reason).splitlines()[0][:80]})"
    if not isinstance(found, dict):
        return "no JSON object"
    written = json.dumps(found, ensure_ascii=False) if b"\\ud" in line.lower() else ""
    if any(0xD800 <= ord(c) <= 0xDFFF for c in written):
        return "half a character stands in it"
    return found


def _whole(text: str) -> int | str:
    return int(text) if len(text.lstrip("-")) <= DIGITS_MAX else text


def _fraction(text: str) -> float | str:
    digits = len("".join(c for c in text.lower().partition("e")[0] if c.isdigit()).lstrip("0"))
    return float(text) if digits <= EXACT_DIGITS_MAX and abs(float(text)) < float("inf") else text
