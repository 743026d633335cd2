"""From the chat to a person: hand-over, the operator's replies, and what the citizen thought of it."""
