"""Assistant: from a question to an answer or to a person."""
