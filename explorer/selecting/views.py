"""Saved views as pages ask for them."""

from looks_like.data import views
from looks_like.data.views import View
from looks_like.explorer.core import Lab


def list_views(lab: Lab) -> list[View]:
    """By name."""
    key = ("views", lab.workspace.stamp(views.VIEWS))
    return lab.cache.get_or_make(key, lambda: views.list_views(lab.workspace), max_size=2)


def save_view(lab: Lab, name: str, page: str, link: str, who: str) -> str:
    """-> the name as it is kept; CatalogueError for one that can't be."""
    return views.save_view(lab.workspace, name, page, link, who)
