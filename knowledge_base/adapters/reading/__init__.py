"""Reads files that nobody has looked at yet, in a process of its own: `ProcessReader` starts it, `child` is what runs in it."""
