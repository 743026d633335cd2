"""Moves an embedded installation to PostgreSQL."""
