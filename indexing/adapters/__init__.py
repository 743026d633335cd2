"""Adapters: the only place here that imports third-party I/O or ML libraries."""
