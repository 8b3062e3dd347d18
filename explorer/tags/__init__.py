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
from looks_like.explorer.tags.carrying import Carried, carry_names
from looks_like.explorer.tags.dimension_cards import (
    PERCENTILES,
    DimensionCard,
    ProductAlong,
    dimension_card,
    dimension_cards,
    products_along,
)
from looks_like.explorer.tags.dimension_words import Shares, Told, attribute_shares, small_title, told_by_dimensions
from looks_like.explorer.tags.directions import ATTRIBUTE, Direction, proposed_direction, proposed_directions
from looks_like.explorer.tags.from_file import REPORT_FILE, TagImport, import_listed_tags, import_tags, import_uploaded
from looks_like.explorer.tags.naming import (
    Ends,
    NamedDimension,
    drop_attribute,
    name_between,
    name_dimension,
    name_direction,
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
    "ATTRIBUTE",
    "NOBODY",
    "PERCENTILES",
    "REPORT_FILE",
    "Carried",
    "DimensionCard",
    "Direction",
    "Ends",
    "NamedDimension",
    "NamingEntry",
    "ProductAlong",
    "Shares",
    "TagChange",
    "TagImport",
    "Told",
    "accept",
    "add",
    "attribute_shares",
    "carry_names",
    "coverage",
    "default_who",
    "delete",
    "dimension_card",
    "dimension_cards",
    "drop_attribute",
    "history",
    "import_listed_tags",
    "import_tags",
    "import_uploaded",
    "mask",
    "masks",
    "name_between",
    "name_dimension",
    "name_direction",
    "named_dimensions",
    "naming_log",
    "other_of",
    "products_along",
    "proposed_direction",
    "proposed_directions",
    "ready",
    "redo",
    "reject",
    "remove",
    "rename",
    "rename_attribute",
    "said",
    "scored",
    "small_title",
    "stamp",
    "suggestions",
    "tags",
    "told_by_dimensions",
    "undo",
    "undo_naming",
    "visual_attributes",
    "words_of",
]
