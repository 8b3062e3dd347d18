"""Panels above and beside the map: filters, menus, clusters, tags, the selection, finding."""
