"""A library in Milvus: its collections, what is written to them, what is searched in them."""
