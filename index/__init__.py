"""The second floor: documents and passages become a library that can be searched."""
