"""``python -m ui.cli``: the command line."""

from ui.cli.app import main

if __name__ == "__main__":
    main()
