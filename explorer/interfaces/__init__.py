"""Where people and programs come in: commands, pages with their widgets, routes. None imports another."""
