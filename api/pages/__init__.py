"""Server-made pages."""
