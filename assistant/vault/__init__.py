"""A library as a vault of Markdown notes (Obsidian's), beside what a person writes in it."""
