"""The command line."""

from ui.cli.memory import require_memory

require_memory()  # before anything that would crash is imported
