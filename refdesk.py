"""Refdesk from Python: ``from refdesk import Desk``; ``python -m refdesk`` is the command."""

from assistant.desk import Desk

__all__ = ["Desk"]

if __name__ == "__main__":
    from ui.cli import main

    main()
