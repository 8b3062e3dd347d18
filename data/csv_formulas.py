"""Escape and unescape CSV cells that a spreadsheet would run as a formula (OWASP, CSV injection)."""

import re

import pyarrow as pa
import pyarrow.compute as pc

# Those of other widths are formulas where people write in full-width characters.
# A blank before the sign helps nobody: spreadsheets trim it.
_DANGEROUS = "'*[ \u00a0]*[=+\\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?$"
_FORMULA, _PLAIN_NUMBER = re.compile(_DANGEROUS), re.compile(_NUMBER.removesuffix("$") + r"\Z")
_QUOTED = re.compile(f"'(?={_DANGEROUS})")


def escape_formulas(texts: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Prefixes an apostrophe to text that a spreadsheet would run as a formula; numbers are left unchanged."""
    quoted = pc.replace_substring_regex(texts, pattern=f"^({_DANGEROUS})", replacement=r"'\1")
    return pc.if_else(pc.match_substring_regex(texts, _NUMBER), texts, quoted)


def escape_formula_cell(text: str) -> str:
    """The same of one text, which need not be one that Arrow takes."""
    return f"'{text}" if _FORMULA.match(text) and not _PLAIN_NUMBER.match(text) else text


def unescape_formula(text: str) -> str:
    """A cell without the apostrophe that `escape_formulas` gave it."""
    return text[1:] if _QUOTED.match(text) else text
