"""The first floor: lists, pages and files become documents and passages."""
