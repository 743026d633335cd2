"""问卷: a few questions after a conversation, a hand-over or a closed order."""
