"""Measures what is deployed."""
