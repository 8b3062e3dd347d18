"""Words on products: give, take, rename, undo, look back; read them from a file; suggest what to tag next."""

from looks_like.explorer.tags.actions import (
    NOBODY,
    TagChange,
    accept,
    add,
    default_who,
    delete,
    other_of,
    reject,
    remove,
    rename,
)
from looks_like.explorer.tags.carried import coverage, mask, masks, stamp, tags
from looks_like.explorer.tags.from_file import REPORT_FILE, TagImport, import_listed_tags, import_tags, import_uploaded
from looks_like.explorer.tags.suggestions import ready, suggestions
from looks_like.explorer.tags.undoing import history, redo, said, undo, words_of

__all__ = [
    "NOBODY",
    "REPORT_FILE",
    "TagChange",
    "TagImport",
    "accept",
    "add",
    "coverage",
    "default_who",
    "delete",
    "history",
    "import_listed_tags",
    "import_tags",
    "import_uploaded",
    "mask",
    "masks",
    "other_of",
    "ready",
    "redo",
    "reject",
    "remove",
    "rename",
    "said",
    "stamp",
    "suggestions",
    "tags",
    "undo",
    "words_of",
]
