"""Hotline work: work orders from draft to close, and the card an operator reads from."""
