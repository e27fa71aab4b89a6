"""Addresses: their canonical form, and what they point at."""
