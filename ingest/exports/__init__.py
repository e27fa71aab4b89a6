"""What other programs export, read as lists: a format a module, and which one a file is."""
