"""Written text: sentences, languages, passages and the fragments that point at them."""
