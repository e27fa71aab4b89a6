"""Curated lists: read into entries and topics, kept as catalogs, checked, compared."""
