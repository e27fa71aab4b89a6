"""Refdesk from Python: ``from refdesk import Desk``; ``python -m refdesk`` is the command.

An `Exchange` is what was asked before and its answer: `Desk.ask` takes some as its history.
"""

from assistant.conversation.rewriting import Exchange
from assistant.desk import Desk

__all__ = ["Desk", "Exchange"]

if __name__ == "__main__":
    from ui.cli.app import main

    main()
