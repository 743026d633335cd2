"""Policy base: what the government has said, and since when."""
