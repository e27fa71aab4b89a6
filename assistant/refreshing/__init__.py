"""A library that stays fresh by itself: what changed since the last look, and for whom."""
