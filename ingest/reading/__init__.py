"""From a reply to a readable document: HTML, Markdown, PDF, notebooks; what is no page at all."""
