"""Folders of this machine as sources, below those an operator permits."""
