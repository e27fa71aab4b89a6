"""What a person keeps, as files and at the REST door: threads and notes out, and back in again."""
