"""What a desk does with a home when it is not asked: opening, taking in, forgetting, checking."""
