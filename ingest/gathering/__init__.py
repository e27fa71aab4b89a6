"""What an ingest fetches: which pages are due, and what came of each."""
