"""Searching: vectors, words, their fusion, behind the one door `library`."""
