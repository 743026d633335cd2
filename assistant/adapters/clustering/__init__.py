"""Putting messages about the same matter together, with scikit-learn."""
