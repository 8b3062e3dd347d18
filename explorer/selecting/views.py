"""Saved views and saved filters as pages ask for them."""

from looks_like.data import views
from looks_like.data.views import View
from looks_like.explorer.core import Lab
from looks_like.explorer.errors import RequestError
from looks_like.explorer.search import Filter


def list_views(lab: Lab) -> list[View]:
    """By name."""
    return _list(lab, views.VIEWS)


def save_view(lab: Lab, name: str, page: str, link: str, who: str) -> str:
    """-> the name as it is kept; CatalogueError for one that can't be."""
    return views.save_view(lab.workspace, name, page, link, who)


def saved_filters(lab: Lab) -> dict[str, View]:
    """By name; what each asks is in its `link`."""
    return {view.name: view for view in _list(lab, views.FILTERS)}


def save_filter(lab: Lab, name: str, chosen: Filter, who: str) -> str:
    """-> the name as it is kept; replaces one of that name. RequestError for a filter that asks nothing,
    CatalogueError for a name that can't be kept."""
    if not chosen.conditions:
        raise RequestError("there is nothing to save: this filter asks for nothing")
    return views.save_view(lab.workspace, name, "filter", chosen.text(), who, views.FILTERS)


def rename_filter(lab: Lab, old: str, new: str, who: str) -> str:
    """-> the new name as it is kept; CatalogueError for one that is taken or can't be."""
    return views.rename_view(lab.workspace, old, new, who, views.FILTERS)


def _list(lab: Lab, saved: str) -> list[View]:
    key = ("views", saved, lab.workspace.stamp(saved))
    return lab.cache.get_or_make(key, lambda: views.list_views(lab.workspace, saved), max_size=4)
