"""Model files and the embedding models that run from them."""
