"""Commands with words of their own, a file each; `explorer/__main__.py` has the others and the door."""
