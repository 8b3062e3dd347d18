"""Commands about products: import, export, list, similar."""
