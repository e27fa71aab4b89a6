"""The models that write: in this process, behind a URL, and what each costs."""
