"""Trials of the whole installation under load and faults: real servers, real questions, everything on loopback."""
