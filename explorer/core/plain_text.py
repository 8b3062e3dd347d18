"""Text of the catalogue where Streamlit reads Markdown: shown as it is, never as format."""

_MEANS_SOMETHING = set("\\`*_{}[]()#+-.!|~>$:<&")


def plain(text: str, most: int = 80) -> str:
    """The text with every sign that Markdown reads escaped, on one line, cut at `most` characters."""
    one_line = " ".join(text.split())
    cut = one_line if len(one_line) <= most else one_line[: most - 1] + "…"
    return "".join(f"\\{sign}" if sign in _MEANS_SOMETHING else sign for sign in cut)
