"""What a person takes away as a file: threads as Markdown and HTML, and reading them back."""
