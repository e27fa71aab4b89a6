"""``python -m ui.cli``: the command line."""

from ui.cli.app import main

main()
