"""A generation on disk: SQLite, its folder, what it depends on, carrying it elsewhere."""
