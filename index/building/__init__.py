"""Making the next generation from the pages of an archive."""
