"""Tags: a log of actions, what holds after it, and files of tags made elsewhere."""

from looks_like.data.tags.files import BETWEEN_TAGS, TagFileRow, read_tag_file
from looks_like.data.tags.log import RENAME, TAGS, Action, NewAction, append, checked_who, tag_key, tag_name
from looks_like.data.tags.replay import Tag
from looks_like.data.tags.state import TagState, read_tags

__all__ = [
    "BETWEEN_TAGS",
    "RENAME",
    "TAGS",
    "Action",
    "NewAction",
    "Tag",
    "TagFileRow",
    "TagState",
    "append",
    "checked_who",
    "read_tag_file",
    "read_tags",
    "tag_key",
    "tag_name",
]
