"""python -m looks_like: the same as the command looks-like."""

from looks_like.explorer.interfaces.commands.main import main

if __name__ == "__main__":
    main()
