"""The command line."""

from ui.cli.starting import interruptible, require_memory

require_memory()  # before anything that would crash is imported
interruptible()
