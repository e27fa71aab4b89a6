"""The top floor: the terminal, the page, and doors for programs."""
