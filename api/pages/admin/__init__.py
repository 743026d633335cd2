"""The administrator's console: one module per section, `console.py` holds what they share."""
