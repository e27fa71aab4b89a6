"""The page: Gradio tabs, their HTML, texts and style."""
