"""Words on products: give, take, rename, undo, look back; read them from a file; suggest what to tag next.
And words for what products differ in: visual attributes.
"""

from looks_like.data.visual_attributes import NamingEntry
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
from looks_like.explorer.tags.dimension_words import Told, told_by_dimensions
from looks_like.explorer.tags.from_file import REPORT_FILE, TagImport, import_listed_tags, import_tags, import_uploaded
from looks_like.explorer.tags.naming import (
    Ends,
    NamedDimension,
    drop_attribute,
    name_between,
    name_dimension,
    named_dimensions,
    naming_log,
    rename_attribute,
    scored,
    undo_naming,
    visual_attributes,
)
from looks_like.explorer.tags.suggestions import ready, suggestions
from looks_like.explorer.tags.undoing import history, redo, said, undo, words_of

__all__ = [
    "NOBODY",
    "REPORT_FILE",
    "Ends",
    "NamedDimension",
    "NamingEntry",
    "TagChange",
    "TagImport",
    "Told",
    "accept",
    "add",
    "coverage",
    "default_who",
    "delete",
    "drop_attribute",
    "history",
    "import_listed_tags",
    "import_tags",
    "import_uploaded",
    "mask",
    "masks",
    "name_between",
    "name_dimension",
    "named_dimensions",
    "naming_log",
    "other_of",
    "ready",
    "redo",
    "reject",
    "remove",
    "rename",
    "rename_attribute",
    "said",
    "scored",
    "stamp",
    "suggestions",
    "tags",
    "told_by_dimensions",
    "undo",
    "undo_naming",
    "visual_attributes",
    "words_of",
]
