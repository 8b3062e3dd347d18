"""What a browser shows: one file per page, and `main`, the frame around them. PAGES is the navigation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """How the navigation names a page."""

    title: str
    icon: str  # a name of Material Symbols


# by the name of its file, in the order of the navigation; the first is where the app opens
PAGES = {
    "map": Page("Map", "scatter_plot"),
    "similar": Page("Similar", "image_search"),
    "looks_like": Page("Looks Like", "compare_arrows"),
    "dimensions": Page("Dimensions", "tune"),
    "completion": Page("Completion", "auto_fix_high"),
    "manifold": Page("Manifold", "query_stats"),
    "catalogue": Page("Catalogue", "inventory_2"),
}
