"""Commands that need a file of their own; `explorer/__main__.py` registers them."""
