"""The archive: what was fetched or given, byte for byte, in WARC files."""
