"""Follow-ups, put into words that stand alone."""
