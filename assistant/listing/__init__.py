"""A list of the home given back as a file: Markdown as lists of links are written, or OPML."""
